import { readWords, UsageError } from "../command-line";

/** Experiments in the order in which they run: those that end at once first, a zone last. */
export const EXPERIMENTS = [
  "task-kill",
  "spot-interruption",
  "database-failover",
  "cache-power",
  "zone-network",
] as const;

export type ExperimentName = (typeof EXPERIMENTS)[number];

/** What is asked for. */
export interface Command {
  readonly stack: string;
  /** @default all that the stack has */
  readonly only?: readonly ExperimentName[];
  /** File with the stack's outputs. @default they are asked of the state */
  readonly outputs?: string;
  /** File that the results are added to. */
  readonly record: string;
  /** Whether viewers may feel it. */
  readonly allowProd: boolean;
}

const OPTIONS = {
  stack: { type: "string" },
  only: { type: "string" },
  outputs: { type: "string" },
  record: { type: "string" },
  "allow-prod": { type: "boolean" },
} as const;

export const HELP = `npm run test:dr -- --stack <name> [options]

  --stack <name>      a stack with game days, deployed
  --only <names>      these experiments alone, of ${EXPERIMENTS.join(",")}
  --record <file>     where results are added, for "npm run checklist -- --tests <file>"; recovery-tests-<name>.json by itself
  --outputs <file>    what "pulumi stack output --json" printed, where the state can't be reached from here
  --allow-prod        viewers may feel it

SIGINT and SIGTERM end the experiment that runs. Exit status: 0 when every experiment passed, 1 when one failed, 2 for a
wrong command line or what may not be started, 3 when one could not be run and none failed.`;

/** @throws UsageError that lists every problem */
export function readCommandLine(words: readonly string[]): Command {
  const { problems, text, has, stackName, listOf } = readWords(words, OPTIONS);
  const stack = stackName();
  const only = listOf("only", EXPERIMENTS);
  const outputs = text("outputs");
  const record = text("record");
  if (problems.length > 0 || stack === undefined) throw new UsageError(problems);
  return {
    stack,
    ...(only && { only }),
    ...(outputs !== undefined && { outputs }),
    record: record ?? `recovery-tests-${stack}.json`,
    allowProd: has("allow-prod"),
  };
}
