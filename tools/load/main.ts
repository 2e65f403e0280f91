/**
 * `npm run load -- premiere --stack dev --local`: load tests with k6. See load/README.md.
 *
 * Exit status: 0 when the stack's objectives held, k6's own otherwise, 2 for a wrong command line.
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";

import { Problem } from "../../local/problem";
import { bundle } from "./bundle";
import { HELP, readCommandLine, UsageError } from "./command";
import { compareLocally, runLocally } from "./local";
import { runScript } from "./run";

async function main(words: readonly string[]): Promise<number> {
  if (words.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  try {
    const { script, settings, local, write } = readCommandLine(words, process.env);
    if (write !== undefined) {
      // npm runs scripts in the package's directory and tells in INIT_CWD where the user stood.
      const file = resolve(process.env["INIT_CWD"] ?? process.cwd(), write);
      writeFileSync(file, bundle(script, settings));
      console.log(`${file}: k6 run ${write}`);
      return 0;
    }
    if (local)
      return await (script === "saturation" ? compareLocally(settings) : runLocally(script, settings));
    return (await runScript(script, settings)).code;
  } catch (error) {
    if (error instanceof UsageError) {
      console.error(`The load test can't start:\n${error.message}\n\n${HELP}`);
      return 2;
    }
    if (!(error instanceof Problem)) throw error;
    console.error(error.message);
    return 1;
  }
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
