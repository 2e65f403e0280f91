import { z } from "zod";

import { OperatorError } from "../shared/errors";

/** Bucket of a copy, and where in it the objects are. */
const place = z.strictObject({ bucket: z.string().min(3), prefix: z.string().min(1) });

const schema = z.strictObject({ copies: z.strictObject({ events: place, erasures: place }) });

/** What the deployment tells the function: which copies there are. */
export type CopyCheckSettings = z.output<typeof schema>;
export type Copy = keyof CopyCheckSettings["copies"];

/** @throws OperatorError for a text that is no JSON of settings */
export function parseSettings(text: string | undefined): CopyCheckSettings {
  try {
    return schema.parse(JSON.parse(text ?? ""));
  } catch {
    throw new OperatorError(
      "InvalidEnvironment",
      "The function's environment has a fault: SETTINGS is not what the deployment writes.",
      "deploy the stack again; nothing was looked at.",
    );
  }
}
