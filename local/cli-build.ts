/** Builds the Pulumi CLI from its Go module, for machines that have Go but no Pulumi. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pinnedVersion } from "./cli-version";
import { findOnPath } from "./executables";
import { checkout } from "./paths";
import { Problem, say } from "./problem";

const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const progressEverySeconds = 20;

/** The arguments of `go` that build the CLI into `output`. */
export function buildArguments(output: string): readonly string[] {
  // The module proxy has no release binaries, and `go build` alone would leave the version empty.
  const linker = `-s -w -X ${versionVariable}=v${pinnedVersion}`;
  // -mod=readonly: a build must never rewrite the committed go.mod and go.sum.
  return [
    "build",
    "-mod=readonly",
    "-ldflags",
    linker,
    "-o",
    output,
    "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  ];
}

/**
 * Builds the pinned CLI as `command`. The build happens in a directory of its own and is moved into place in one step,
 * so two first runs at the same time both end with a whole binary.
 *
 * @throws Problem when Go is missing or the build fails, saying how to get a CLI.
 */
export async function buildCli(command: string): Promise<void> {
  const go = findOnPath("go");
  if (go === undefined) throw new Problem(howToInstall("there is no Go toolchain to build one with"));
  mkdirSync(dirname(command), { recursive: true });
  const workshop = mkdtempSync(join(dirname(command), ".build-"));
  const abandon = (): void => {
    rmSync(workshop, { recursive: true, force: true });
  };
  process.once("exit", abandon);
  try {
    const output = join(workshop, basename(command));
    const failure = await runGo(go, output);
    if (failure !== undefined) throw new Problem(howToInstall(`building one failed:\n${failure}`));
    renameSync(output, command);
  } finally {
    process.off("exit", abandon);
    abandon();
  }
}

/** Runs the build with a line of progress now and then; gives the last lines of its output when it fails. */
async function runGo(go: string, output: string): Promise<string | undefined> {
  const start = Date.now();
  const seconds = (): string => `${Math.round((Date.now() - start) / 1000)} s`;
  say(
    `No Pulumi CLI ${pinnedVersion} found: building one from its Go module, once (3 to 6 minutes on 2 cores) …`,
  );
  const timer = setInterval(() => {
    say(`  … still building the Pulumi CLI (${seconds()})`);
  }, progressEverySeconds * 1000);
  const lines: string[] = [];
  const child = spawn(go, buildArguments(output), {
    cwd: checkout.cliModule,
    // A go.work or build flags of the user's must not change what is built.
    env: { ...process.env, GOWORK: "off", GOFLAGS: "" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => lines.push(text));
  const code = await new Promise<number>((resolve) => {
    child.once("error", (error) => {
      lines.push(error.message);
      resolve(1);
    });
    child.once("close", (status) => {
      resolve(status ?? 1);
    });
  });
  clearInterval(timer);
  if (code === 0) {
    say(`  … built in ${seconds()}.`);
    return undefined;
  }
  return lines.join("").trim().split("\n").slice(-8).join("\n");
}

/** The one error text for "no CLI": why, and what to do. */
export function howToInstall(reason: string): string {
  return [
    `The local engine needs the Pulumi CLI, version ${pinnedVersion} or newer, and ${reason}`,
    "",
    "Do one of these, then run the same command again:",
    "  * install Pulumi:  https://www.pulumi.com/docs/install/",
    "      Linux:  curl -fsSL https://get.pulumi.com | sh     macOS:  brew install pulumi/tap/pulumi",
    "  * or install Go (https://go.dev/dl/), and the CLI is built from local/cli/go.mod by itself.",
    "No Pulumi account, login or AWS account is needed.",
  ].join("\n");
}
