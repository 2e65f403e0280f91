import { z } from "zod";

import { readSettings } from "../shared/settings";

/** Bucket of a copy, and where in it the objects are. */
const place = z.strictObject({ bucket: z.string().min(3), prefix: z.string().min(1) });

const schema = z.strictObject({ copies: z.strictObject({ events: place, erasures: place }) });

/** What the deployment tells the function: which copies there are. */
export type CopyCheckSettings = z.output<typeof schema>;
export type Copy = keyof CopyCheckSettings["copies"];

/** @throws OperatorError for a text that is no JSON of settings */
export function parseSettings(text: string | undefined): CopyCheckSettings {
  return readSettings(schema, text, "nothing was looked at");
}
