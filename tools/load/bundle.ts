import { join } from "node:path";

import { buildSync } from "esbuild";

import type { Settings } from "../../load/settings";
import { repositoryRoot } from "../../local/paths";

/** The scripts, each a test of its own. */
export const SCRIPTS = ["viewers", "premiere", "saturation"] as const;

export type Script = (typeof SCRIPTS)[number];

/** One file that any k6 runs: the script with all it imports, and its settings. It holds no credentials. */
export function bundle(script: Script, settings: Settings): string {
  const [file] = buildSync({
    entryPoints: [join(repositoryRoot, "load", `${script}.ts`)],
    bundle: true,
    format: "esm",
    target: "es2022",
    external: ["k6", "k6/*"],
    define: { LOAD_SETTINGS: JSON.stringify(settings) },
    legalComments: "none",
    logLevel: "error",
    write: false,
  }).outputFiles;
  if (file === undefined) throw new Error(`nothing was made of ${script}`);
  return file.text;
}
