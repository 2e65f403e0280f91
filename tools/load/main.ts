/** `npm run load -- premiere --stack dev --local`: load tests with k6. See load/README.md. */
import { writeFileSync } from "node:fs";

import { runTool, userPath } from "../tool";
import { bundle } from "./bundle";
import { HELP, readCommandLine } from "./command";
import { compareLocally, runLocally } from "./local";
import { runScript } from "./run";

async function run(words: readonly string[]): Promise<number> {
  const { script, settings, local, write } = readCommandLine(words, process.env);
  if (write !== undefined) {
    const file = userPath(write);
    writeFileSync(file, bundle(script, settings));
    console.log(`${file}: k6 run ${write}`);
    return 0;
  }
  if (local) return script === "saturation" ? compareLocally(settings) : runLocally(script, settings);
  return (await runScript(script, settings)).code;
}

void runTool({ help: HELP, run });
