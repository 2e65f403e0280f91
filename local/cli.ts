/** Finds the Pulumi CLI that runs the local engine, and makes one where the machine has none. */
import { realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { pinnedVersion } from "./cli-version";
import { findOnPath, isExecutable } from "./executables";
import type { GoTool } from "./go-build";
import { findTool } from "./go-tool";
import { checkout } from "./paths";

/** A Pulumi CLI, ready to be spawned. */
export interface Cli {
  readonly command: string;
  /** Whether a real Node.js language host comes with it; without one, the engine is given the stand-in. */
  readonly hasLanguageHost: boolean;
}

/** The CLI as a Go module. */
export const pulumiCli: GoTool = {
  command: "pulumi",
  title: "Pulumi CLI",
  version: pinnedVersion,
  versionWords: ["version"],
  module: checkout.cliModule,
  package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  // The module proxy has no release binaries, and `go build` alone would leave the version empty.
  linkerFlags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${pinnedVersion}`,
  buildTime: "3 to 6 minutes",
  howToInstall: (reason) =>
    [
      `The local engine needs the Pulumi CLI, version ${pinnedVersion} or newer, and ${reason}`,
      "",
      "Do one of these, then run the same command again:",
      "  * install Pulumi:  https://www.pulumi.com/docs/install/",
      "      Linux:  curl -fsSL https://get.pulumi.com | sh     macOS:  brew install pulumi/tap/pulumi",
      "  * or install Go (https://go.dev/dl/), and the CLI is built from local/cli/go.mod by itself.",
      "No Pulumi account, login or AWS account is needed.",
    ].join("\n"),
};

const languageHost = "pulumi-language-nodejs";

/** The CLI on `PATH` when it is new enough, else the cached build, else a build made now (minutes, once). */
export async function findCli(): Promise<Cli> {
  const command = await findTool(pulumiCli);
  return { command, hasLanguageHost: hasLanguageHost(command) };
}

/** The engine looks for a language host on `PATH`, then beside its own binary. */
function hasLanguageHost(command: string): boolean {
  return (
    findOnPath(languageHost) !== undefined || isExecutable(join(dirname(realpathSync(command)), languageHost))
  );
}
