/** Builds a command-line tool from its Go module, for machines that have Go but not the tool. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { findOnPath } from "./executables";
import { Problem, say } from "./problem";

/** A tool written in Go that this checkout runs, pinned by a `go.mod` of its own. */
export interface GoTool {
  /** Name of the executable. */
  readonly command: string;
  /** As people call it. */
  readonly title: string;
  /** The version that is built, and the oldest one on `PATH` that is used. */
  readonly version: string;
  /** The first version on `PATH` that is too new. @default any is used */
  readonly before?: string;
  /** Arguments that make it print its version. */
  readonly versionWords: readonly string[];
  /** Directory of the `go.mod` that pins it. */
  readonly module: string;
  /** Go package of its main program. */
  readonly package: string;
  /** More flags for the linker. @default none */
  readonly linkerFlags?: string;
  /** How long a build takes, for people. */
  readonly buildTime: string;
  /** What there is to do where it is missing, and what it is for; told why it is missing. */
  readonly howToInstall: (reason: string) => string;
}

const progressEverySeconds = 20;

/** The arguments of `go` that build `tool` into `output`. */
export function buildArguments(tool: GoTool, output: string): readonly string[] {
  const linker = ["-s", "-w", ...(tool.linkerFlags === undefined ? [] : [tool.linkerFlags])].join(" ");
  // -mod=readonly: a build must never rewrite the committed go.mod and go.sum.
  return ["build", "-mod=readonly", "-ldflags", linker, "-o", output, tool.package];
}

/**
 * Builds the pinned version as `command`. The build happens in a directory of its own and is moved into place in one
 * step, so two first runs at the same time both end with a whole binary.
 *
 * @throws Problem when Go is missing or the build fails, saying how to get the tool.
 */
export async function buildTool(tool: GoTool, command: string): Promise<void> {
  const go = findOnPath("go");
  if (go === undefined) throw new Problem(tool.howToInstall("there is no Go toolchain to build one with"));
  mkdirSync(dirname(command), { recursive: true });
  const workshop = mkdtempSync(join(dirname(command), ".build-"));
  const abandon = (): void => {
    rmSync(workshop, { recursive: true, force: true });
  };
  process.once("exit", abandon);
  try {
    const output = join(workshop, basename(command));
    const failure = await runGo(tool, go, output);
    if (failure !== undefined) throw new Problem(tool.howToInstall(`building one failed:\n${failure}`));
    renameSync(output, command);
  } finally {
    process.off("exit", abandon);
    abandon();
  }
}

/** Runs the build with a line of progress now and then; gives the last lines of its output when it fails. */
async function runGo(tool: GoTool, go: string, output: string): Promise<string | undefined> {
  const start = Date.now();
  const seconds = (): string => `${Math.round((Date.now() - start) / 1000)} s`;
  say(
    `No ${tool.title} ${tool.version} found: building one from its Go module, once (${tool.buildTime} on 2 cores) …`,
  );
  const timer = setInterval(() => {
    say(`  … still building the ${tool.title} (${seconds()})`);
  }, progressEverySeconds * 1000);
  const lines: string[] = [];
  const child = spawn(go, buildArguments(tool, output), {
    cwd: tool.module,
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
