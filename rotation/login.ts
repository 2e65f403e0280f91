import { z } from "zod";

import { OperatorError } from "../functions/shared/errors";
import { problemsOf } from "./problems";

/** Longest name of a role, in bytes; PostgreSQL shortens longer ones without an error. */
export const NAME_BYTES = 63;

const text = z.string("a text").min(1, "a text that is not empty");

const roleName = text.refine(
  (name) => Buffer.byteLength(name) <= NAME_BYTES,
  `at most ${NAME_BYTES} bytes: PostgreSQL would shorten it to the name of another role`,
);

const secretArn = z
  .string("a text")
  .regex(/^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+$/, "the ARN of a secret");

const schema = z.looseObject({
  engine: z.enum(["postgres", "aurora-postgresql"], "postgres or aurora-postgresql"),
  host: text,
  // Some tools store the port as text.
  port: z.preprocess(
    (value) => (typeof value === "string" && /^\d{1,5}$/.test(value) ? Number(value) : value),
    z.int("a whole number").min(1, "at least 1").max(65535, "at most 65535").default(5432),
  ),
  dbname: text.default("postgres"),
  username: roleName,
  password: text,
  ssl: z
    .union([z.literal(true), z.literal("true")], "true or absent: a connection without TLS is never made")
    .exactOptional(),
  masterarn: secretArn.exactOptional(),
  usernames: z
    .tuple([roleName, roleName], "two different names")
    .refine(([first, second]) => first !== second, "two different names")
    .exactOptional(),
  strategy: z.enum(["alternating-users", "single-user"], "alternating-users or single-user").exactOptional(),
});

/** The text of a secret that is rotated, checked and with its defaults. */
export interface Login {
  readonly engine: string;
  readonly host: string;
  readonly port: number;
  readonly dbname: string;
  readonly username: string;
  readonly password: string;
  /** Secret of a user who may set the password of this one. */
  readonly masterarn?: string;
  /** The two users who take turns. */
  readonly usernames?: readonly [string, string];
  readonly strategy: Strategy;
  /** The JSON object as it is stored, other keys and their order included. */
  readonly document: Readonly<Record<string, unknown>>;
}

export type Strategy = "alternating-users" | "single-user";

/**
 * Reads a secret's JSON. Without `strategy` a secret that names a master's secret has two users, as with AWS's own
 * rotation functions.
 *
 * @param which said in the error, such as `version AWSCURRENT of secret arn:…`
 * @throws OperatorError that lists every problem and shows no value
 */
export function parseLogin(which: string, text: string): Login {
  const document = parseObject(which, text);
  const result = schema.safeParse(document);
  const problems = result.success ? [] : problemsOf(result.error);
  if (result.success) {
    const { masterarn, usernames, username } = result.data;
    const strategy = result.data.strategy ?? (masterarn === undefined ? "single-user" : "alternating-users");
    if (strategy === "alternating-users" && masterarn === undefined) {
      problems.push("masterarn: the ARN of the master's secret, who sets the other user's password");
    }
    if (usernames !== undefined && !usernames.includes(username)) {
      problems.push("usernames: the two users, of whom username is one");
    }
    if (problems.length === 0) return { ...result.data, strategy, document };
  }
  throw unusable(which, problems.join("; "));
}

/** What a master's secret says: RDS's own have nothing but name and password. */
export interface MasterLogin {
  readonly username: string;
  readonly password: string;
  /** Absent in a secret that RDS manages. */
  readonly host?: string;
  readonly port?: number;
}

/** @throws OperatorError that shows no value */
export function parseMaster(which: string, text: string): MasterLogin {
  const result = schema
    .pick({ username: true, password: true, port: true })
    .extend({ host: schema.shape.host.exactOptional() })
    .safeParse(parseObject(which, text));
  if (result.success) {
    const { username, password, host, port } = result.data;
    return { username, password, ...(host === undefined ? {} : { host, port }) };
  }
  throw unusable(which, problemsOf(result.error).join("; "));
}

/** The text of the next version: the stored document with another user and password, all else as it was. */
export function successorText(login: Login, changes: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...login.document, ...changes });
}

function parseObject(which: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own words quote the text.
    throw unusable(which, "its text is no JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw unusable(which, "its JSON is no object");
  }
  return value as Record<string, unknown>;
}

function unusable(which: string, problems: string): OperatorError {
  return new OperatorError(
    "SecretUnusable",
    `${which} can't be used: ${problems}.`,
    "store the JSON object that rotation/README.md describes.",
  );
}
