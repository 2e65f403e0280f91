import { z } from "zod";

import { OperatorError } from "../shared/errors";

const name = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, "1 to 63 lower-case letters, digits and underscores");
const days = z.int().min(1);

const table = z.strictObject({
  table: name,
  subjectColumn: name.exactOptional(),
  expiry: z.strictObject({ timeColumn: name, days }).exactOptional(),
});

const schema = z.strictObject({
  port: z.int().min(1).max(65535),
  database: name,
  user: name,
  schema: name,
  batchRows: z.int().min(1),
  subjectKeys: z.strictObject({ table: name, subjectColumn: name }),
  tables: z.array(table),
  keptDays: z.strictObject({ backup: days, events: days, evidence: days }),
});

/** What is deleted and where: the part of the configuration that is known before anything is deployed. */
export type RetentionPlan = z.infer<typeof schema>;

/** One table of the plan. */
export type PlannedTable = z.infer<typeof table>;

/** All that the function's environment says. */
export interface Settings {
  readonly plan: RetentionPlan;
  /** Writer endpoint. */
  readonly host: string;
  readonly region: string;
  /** Bucket of the erasure log; absent where there is none, and nobody can be erased. */
  readonly logBucket: string | undefined;
  /** Secret whose text is the key of the digests in that log. */
  readonly digestKeyArn: string;
}

/**
 * Reads the function's environment.
 *
 * @throws OperatorError that says which variable is at fault
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const variable = (key: string) => {
    const value = environment[key];
    if (value === undefined || value === "") throw unfit(`${key} is not set`);
    return value;
  };
  return {
    plan: parsePlan(variable("RETENTION_PLAN")),
    host: variable("DATABASE_HOST"),
    region: variable("AWS_REGION"),
    logBucket: environment["ERASURE_LOG_BUCKET"],
    digestKeyArn: variable("DIGEST_KEY_ARN"),
  };
}

function parsePlan(text: string): RetentionPlan {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw unfit(
      error instanceof z.ZodError ? `RETENTION_PLAN: ${z.prettifyError(error)}` : "RETENTION_PLAN is no JSON",
    );
  }
}

function unfit(what: string): OperatorError {
  return new OperatorError(
    "InvalidEnvironment",
    `The function's environment has a fault: ${what}.`,
    "deploy again; nothing was read or changed.",
  );
}
