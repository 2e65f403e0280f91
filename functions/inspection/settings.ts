import { z } from "zod";

import { readSettings } from "../shared/settings";

const schema = z.strictObject({
  /** ARNs of the secrets that are rotated, by what they are. */
  secrets: z.record(z.string(), z.string().startsWith("arn:")),
  /** ARNs of the stack's keys, by data class. */
  keys: z.record(z.string(), z.string().startsWith("arn:")),
});

/** What the deployment tells the function: what there is to look at. */
export type InspectionSettings = z.output<typeof schema>;

/** @throws OperatorError for a text that is no JSON of settings */
export function parseSettings(text: string | undefined): InspectionSettings {
  return readSettings(schema, text, "nothing was looked at");
}
