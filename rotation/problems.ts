import type { z } from "zod";

/** Every problem of a text or object that a schema refused, with its path and without any value. */
export function problemsOf(error: z.ZodError): string[] {
  return error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
}
