import { z } from "zod";

import { readSettings } from "../shared/settings";

/** Text of a flag that isn't set: a parameter can't be empty. */
export const NO_FLAG = "none";

const mode = z.enum(["act", "dryRun"]);

/** One line of a capacity provider strategy. */
const capacity = z.strictObject({
  capacityProvider: z.enum(["FARGATE", "FARGATE_SPOT"]),
  base: z.int().min(0),
  weight: z.int().min(0),
});

const schema = z.strictObject({
  accountId: z.string(),
  region: z.string(),
  /** Tags that a resource has to carry to be ours. */
  tags: z.record(z.string(), z.string()),
  /** Who is told, by how soon they have to look. */
  topicArns: z.strictObject({ critical: z.string(), warning: z.string() }).exactOptional(),
  cases: z.strictObject({
    keys: z.strictObject({ mode }).exactOptional(),
    rotation: z
      .strictObject({ mode, coolDownMinutes: z.int().min(1), parameter: z.string() })
      .exactOptional(),
    capacity: z
      .strictObject({
        mode,
        clusterArn: z.string(),
        serviceArn: z.string(),
        /** What the service runs on when all is well. */
        wanted: z.array(capacity).min(1),
        interruptions: z.int().min(1),
        withinMinutes: z.int().min(1),
        shiftMinutes: z.int().min(1),
        parameter: z.string(),
      })
      .exactOptional(),
    failover: z.strictObject({ clusterArn: z.string() }).exactOptional(),
  }),
});

/** What the deployment tells the function: which cases there are, and what each may touch. */
export type Settings = z.output<typeof schema>;
/** Whether a case changes anything, or only says what it would. */
export type Mode = z.output<typeof mode>;
/** One line of a capacity provider strategy. */
export type CapacityItem = z.output<typeof capacity>;

/** @throws OperatorError for a text that is no JSON of settings */
export function parseSettings(text: string | undefined): Settings {
  return readSettings(schema, text, "nothing was read or changed");
}
