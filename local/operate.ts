/** Runs an operation of the engine, in a run directory of its own. */
import type { Invocation } from "./arguments";
import { runInTerminal } from "./pulumi";
import type { Pulumi } from "./pulumi";
import { takeRunDirectory } from "./run-directory";

/** Settings of the simulation that a command line gives. */
export type SimulationFlags = Pick<Invocation, "fault" | "latency">;

/** Runs the CLI with `words` and gives its exit code. */
export async function operate(
  pulumi: Pulumi,
  words: readonly string[],
  { fault, latency }: SimulationFlags,
): Promise<number> {
  const directory = takeRunDirectory(pulumi.paths);
  try {
    const simulation = { fault, latency, runDirectory: directory.path };
    return await runInTerminal(pulumi, words, simulation, directory.workedOnBy);
  } finally {
    directory.release();
  }
}
