import { z } from "zod";

import { OperatorError } from "../shared/errors";

const name = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, "1 to 63 lower-case letters, digits and underscores");

const schema = z.strictObject({
  /** Restore tests of the stack; a continuous backup is restored to its newest second. */
  plans: z.array(z.strictObject({ name: z.string().regex(/^\w+$/), isContinuous: z.boolean() })).min(1),
  database: name,
  port: z.int().min(1).max(65_535),
  masterUser: name,
  /** Owns the tables; the master can be it. */
  ownerRole: name,
  schema: name,
  /** What has to be there, and at least how many rows of it. */
  tables: z
    .array(
      z.strictObject({
        table: name,
        minimumRows: z.int().min(0),
        /** The newest row may be so much older than the backup. */
        newest: z.strictObject({ timeColumn: name, maximumHours: z.int().min(1) }).exactOptional(),
      }),
    )
    .min(1),
  instanceClass: z.string().regex(/^db\.[a-z0-9.]+$/),
  /** From the start of the restore until somebody can work with it. */
  objectiveSeconds: z.int().min(1),
});

/** What a restored database has to hold, and in which time. */
export type Expectations = z.infer<typeof schema>;

/**
 * Reads variable `EXPECTATIONS`.
 *
 * @throws OperatorError that says what is wrong with it
 */
export function readExpectations(environment: Readonly<Record<string, string | undefined>>): Expectations {
  const text = environment["EXPECTATIONS"];
  if (text === undefined || text === "") throw unfit("it is not set");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unfit("it is no JSON");
  }
  const result = schema.safeParse(value);
  if (!result.success) throw unfit(z.prettifyError(result.error).replaceAll("\n", " "));
  return result.data;
}

function unfit(problem: string): OperatorError {
  return new OperatorError(
    "InvalidEnvironment",
    `The variable EXPECTATIONS does not fit: ${problem}.`,
    "deploy the function again; its component writes the variable.",
  );
}
