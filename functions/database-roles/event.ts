import { z } from "zod";

import { invalidEvent } from "../shared/invalid-event";

/** Extensions that may be made: each is known to Aurora PostgreSQL and needs nothing outside the database. */
export const ALLOWED_EXTENSIONS = [
  "btree_gin",
  "btree_gist",
  "citext",
  "hstore",
  "pg_stat_statements",
  "pg_trgm",
  "pgaudit",
  "pgcrypto",
  "unaccent",
  "uuid-ossp",
] as const;

/** The schema of this function's own tables. */
export const PLATFORM_SCHEMA = "platform";

/** Words that are no names to PostgreSQL, and schemas that are not ours. */
const TAKEN = ["public", "none", "user", "current_role", "current_user", "session_user", PLATFORM_SCHEMA];

const name = z
  .string()
  // PostgreSQL would shorten a longer name silently; only lower case needs no quotes in other people's SQL.
  .regex(
    /^[a-z_][a-z0-9_]{0,62}$/,
    "1 to 63 lower-case letters, digits and underscores, not starting with a digit",
  )
  .refine(
    (text) => !/^(pg_|rds)/.test(text),
    "no name that starts with pg_ or rds: those belong to the server",
  )
  .refine((text) => !TAKEN.includes(text), `none of ${TAKEN.join(", ")}`);

const secretArn = z
  .string()
  .regex(/^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+$/, "the ARN of a Secrets Manager secret");

const host = z
  .string()
  .max(253)
  .regex(
    /^(?!\d+(\.\d+){3}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/,
    "a DNS name, since the certificate is checked for it",
  );

const unique = (values: readonly string[]) => new Set(values).size === values.length;

const schema = z
  .strictObject({
    version: z.string().min(1, "a text that changes when the function has to run again"),
    cluster: z.strictObject({
      host,
      port: z.int().min(1).max(65535),
      database: name,
    }),
    masterSecretArn: secretArn,
    ownerRole: name,
    readerRole: name,
    schemas: z.array(name).min(1, "at least one schema").refine(unique, "no schema twice"),
    applications: z
      .array(
        z.strictObject({
          users: z.tuple([name, name], "a pair of user names, for rotation to alternate between"),
          secretArn,
        }),
      )
      .min(1, "at least one application"),
    iamUsers: z
      .array(z.strictObject({ user: name, access: z.enum(["owner", "reader", "granted"]) }))
      .default([]),
    verifier: z.strictObject({ user: name, secretArn: secretArn.optional() }),
    extensions: z.array(z.enum(ALLOWED_EXTENSIONS)).refine(unique, "no extension twice").default([]),
    resetPasswords: z.array(name).default([]),
  })
  .superRefine((event, context) => {
    const names = allRoles(event);
    for (const twice of new Set(names.filter((role, index) => names.indexOf(role) !== index))) {
      context.addIssue({
        code: "custom",
        path: [],
        message: `role ${twice} is named twice; each role has one purpose`,
      });
    }
    const withPassword = event.applications.flatMap((application) => application.users);
    if (event.verifier.secretArn !== undefined) withPassword.push(event.verifier.user);
    event.resetPasswords.forEach((role, index) => {
      if (withPassword.includes(role)) return;
      const message = `one of the users with a secret: ${withPassword.join(", ")}`;
      context.addIssue({ code: "custom", path: ["resetPasswords", index], message });
    });
  });

/** What the deployment sends. Users without a secret sign in with IAM. */
export type DatabaseRolesEvent = z.input<typeof schema>;

/** A checked event, its defaults filled in. */
export type RolesSpec = z.output<typeof schema>;

/** Every role that the event names. */
function allRoles(event: z.output<typeof schema>): string[] {
  return [
    event.ownerRole,
    event.readerRole,
    ...event.applications.flatMap((application) => application.users),
    ...event.iamUsers.map((entry) => entry.user),
    event.verifier.user,
  ];
}

/**
 * Checks an event.
 *
 * @throws OperatorError that lists every problem with its path and what is allowed, but no value
 */
export function parseEvent(event: unknown): RolesSpec {
  const result = schema.safeParse(event);
  if (result.success) return result.data;
  throw invalidEvent(
    result.error,
    "correct the specification that the deployment sends; nothing was read or changed.",
  );
}
