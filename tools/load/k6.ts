import { join } from "node:path";

import type { GoTool } from "../../local/go-build";
import { repositoryRoot } from "../../local/paths";

const VERSION = "1.8.1";

/** k6 as a Go module. */
export const k6: GoTool = {
  command: "k6",
  title: "k6",
  version: VERSION,
  // The next major version may do without what is used here.
  before: "2.0.0",
  versionWords: ["version"],
  module: join(repositoryRoot, "load", "k6"),
  package: "go.k6.io/k6",
  buildTime: "1 to 3 minutes",
  howToInstall: (reason) =>
    [
      `Load tests need k6, version ${VERSION} or newer, and ${reason}`,
      "",
      "Do one of these, then run the same command again:",
      "  * install k6:  https://grafana.com/docs/k6/latest/set-up/install-k6/",
      "  * or install Go (https://go.dev/dl/), and k6 is built from load/k6/go.mod by itself.",
    ].join("\n"),
};
