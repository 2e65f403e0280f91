/** Load on this machine alone: the service as a process, real PostgreSQL and Valkey, a stand-in for Kinesis. */
import { cpus } from "node:os";

import type { Settings } from "../../load/settings";
import { freePort } from "../../tests/support/free-port";
import { ServiceWorld } from "../../tests/service/support/service-world";
import type { Script } from "./bundle";
import { type Measured, ratioTable } from "./ratios";
import { runScript } from "./run";

/** Runs a script against one task of the service; the exit status is k6's. */
export async function runLocally(script: Script, settings: Settings): Promise<number> {
  return inWorld(async (startTask) => {
    const { code } = await runScript(script, { ...settings, targets: [await startTask()] });
    return code;
  });
}

/** Many short ones: what else the machine does changes within seconds. */
const ROUNDS = 7;

/**
 * Saturates the service in several configurations, in turn and several times, and prints what each does against the
 * first. Exit status 1 when a request failed: then the figures say nothing.
 */
export async function compareLocally(settings: Settings): Promise<number> {
  return inWorld(async (startTask) => {
    const first = await startTask();
    const configurations: Readonly<Record<string, Partial<Settings>>> = {
      "one task": { targets: [first] },
      "two tasks": { targets: [first, await startTask()] },
      // Nobody listens there.
      "one task, cache away": { targets: [await startTask({ CACHE_PORT: String(await freePort()) })] },
      "one task, clients × 4": { targets: [first], hands: settings.hands * 4 },
    };
    let prepared = false;
    const measured: Measured = Object.fromEntries(Object.keys(configurations).map((name) => [name, []]));
    // The first round warms up.
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const [name, changes] of Object.entries(configurations)) {
        const { code, figures } = await runScript(
          "saturation",
          { ...settings, ...changes },
          { quiet: true, prepared },
        );
        prepared = true;
        if (code !== 0 || figures === undefined) {
          console.error(
            `${name}: no figures, since requests failed or none was sent (k6 ended with ${code})`,
          );
          return 1;
        }
        if (round > 0) measured[name]?.push(figures);
      }
    }
    console.log(
      `Saturation with ${settings.hands} clients, ${ROUNDS} rounds of ${settings.seconds} s in turn, generator and all servers ` +
        `on the same ${cpus().length} cores. Ratios are medians over rounds; only they can be compared between machines.`,
    );
    console.log(ratioTable(measured));
    return 0;
  });
}

type StartTask = (overrides?: Readonly<Record<string, string>>) => Promise<string>;

/** Ends all that it starts, whatever happens. */
async function inWorld(use: (startTask: StartTask) => Promise<number>): Promise<number> {
  const world = await ServiceWorld.start();
  const ends: (() => Promise<void>)[] = [() => world.end()];
  try {
    return await use(async (overrides) => {
      const task = await world.startService(overrides);
      ends.unshift(() => task.kill());
      return task.url;
    });
  } finally {
    for (const end of ends) await end();
  }
}
