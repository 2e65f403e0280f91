import type { z } from "zod";

import { OperatorError } from "./errors";

/**
 * Reads what the deployment tells a function in its variable `SETTINGS`.
 *
 * @param undone what has not happened, for the operator
 * @throws OperatorError for a text that is no JSON of settings; what is in it stays unsaid
 */
export function readSettings<Schema extends z.ZodType>(
  schema: Schema,
  text: string | undefined,
  undone: string,
): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(text ?? ""));
  } catch {
    throw new OperatorError(
      "InvalidEnvironment",
      "The function's environment has a fault: SETTINGS is not what the deployment writes.",
      `deploy the stack again; ${undone}.`,
    );
  }
}
