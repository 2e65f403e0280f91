import { z } from "zod";

import { OperatorError } from "../shared/errors";

const name = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, "1 to 63 lower-case letters, digits and underscores");

/** From the start of the restore until somebody can work with it. */
const objectiveSeconds = z.int().min(1);

const database = z.strictObject({
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
  objectiveSeconds,
});

const files = z.strictObject({
  minimumFiles: z.int().min(1),
  /** The newest file may be so much older than the backup. */
  newestMaximumDays: z.int().min(1).exactOptional(),
  /** User whose files they are. */
  ownerId: z.int().min(0),
  objectiveSeconds,
});

const schema = z.strictObject({
  /** Restore tests of the stack; a continuous backup is restored to its newest second. */
  plans: z.array(z.strictObject({ name: z.string().regex(/^\w+$/), isContinuous: z.boolean() })).min(1),
  /** Restored databases are looked into where this is there, restored files where that is. */
  database: database.exactOptional(),
  files: files.exactOptional(),
});

const mounting = z.strictObject({
  /** Subnets of the function that looks: each needs a way to the files. */
  subnetIds: z.array(z.string().min(1)).min(1),
  /** Group of those ways. */
  securityGroupId: z.string().min(1),
  functionName: z.string().min(1),
});

/** What a restored database has to hold, and in which time. */
export type DatabaseExpectations = z.infer<typeof database>;
/** What restored files have to be, and in which time. */
export type FileExpectations = z.infer<typeof files>;
/** What is expected of what the tests restore. */
export type Expectations = z.infer<typeof schema>;
/** How the function that looks gets to restored files. */
export type Mounting = z.infer<typeof mounting>;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads variable `EXPECTATIONS`.
 *
 * @throws OperatorError that says what is wrong with it
 */
export function readExpectations(environment: Environment): Expectations {
  return read(environment, "EXPECTATIONS", schema);
}

/**
 * Reads variable `MOUNTING`, which only the function has that makes the way to restored files.
 *
 * @throws OperatorError that says what is wrong with it
 */
export function readMounting(environment: Environment): Mounting {
  return read(environment, "MOUNTING", mounting);
}

function read<Value>(environment: Environment, variable: string, fit: z.ZodType<Value>): Value {
  const text = environment[variable];
  if (text === undefined || text === "") throw unfit(variable, "it is not set");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unfit(variable, "it is no JSON");
  }
  const result = fit.safeParse(value);
  if (!result.success) throw unfit(variable, z.prettifyError(result.error).replaceAll("\n", " "));
  return result.data;
}

function unfit(variable: string, problem: string): OperatorError {
  return new OperatorError(
    "InvalidEnvironment",
    `The variable ${variable} does not fit: ${problem}.`,
    "deploy the function again; its component writes the variable.",
  );
}
