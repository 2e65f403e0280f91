import assert from "node:assert/strict";

import { type DatabaseRolesEvent, parseEvent } from "../../functions/database-roles/event";

const ARN = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:streamflix-";

const GOOD: DatabaseRolesEvent = {
  version: "1",
  cluster: { host: "db.cluster-abc.eu-central-1.rds.amazonaws.com", port: 5432, database: "streamflix" },
  masterSecretArn: `${ARN}master-AAAAAA`,
  ownerRole: "streamflix_owner",
  readerRole: "streamflix_reader",
  schemas: ["streamflix"],
  applications: [{ users: ["streamflix_app", "streamflix_app_clone"], secretArn: `${ARN}app-BBBBBB` }],
  verifier: { user: "streamflix_verifier" },
};

const NAME = "1 to 63 lower-case letters, digits and underscores, not starting with a digit";
const TAKEN = "none of public, none, user, current_role, current_user, session_user, platform";
const SERVER = "no name that starts with pg_ or rds: those belong to the server";
const cluster = (part: object) => ({ cluster: { ...GOOD.cluster, ...part } });

const bad: readonly (readonly [string, object, string])[] = [
  ["no version", { version: "" }, "version: a text that changes when the function has to run again"],
  ["an unknown key", { iamUser: [] }, 'event: Unrecognized key: "iamUser"'],
  [
    "an address as host",
    cluster({ host: "10.0.0.1" }),
    "cluster.host: a DNS name, since the certificate is checked for it",
  ],
  [
    "a URI as host",
    cluster({ host: "a:b@c" }),
    "cluster.host: a DNS name, since the certificate is checked for it",
  ],
  [
    "a port as text",
    cluster({ port: "5432" }),
    "cluster.port: Invalid input: expected number, received string",
  ],
  ["port 0", cluster({ port: 0 }), "cluster.port: Too small: expected number to be >=1"],
  ["a database in capitals", cluster({ database: "Streamflix" }), `cluster.database: ${NAME}`],
  [
    "a secret's name",
    { masterSecretArn: "streamflix-master" },
    "masterSecretArn: the ARN of a Secrets Manager secret",
  ],
  ["a name of 64 bytes", { ownerRole: "a".repeat(64) }, `ownerRole: ${NAME}`],
  ["a name with a quote", { ownerRole: 'a"; DROP ROLE b' }, `ownerRole: ${NAME}`],
  ["a name with an umlaut", { ownerRole: "köln" }, `ownerRole: ${NAME}`],
  ["a name of the server", { readerRole: "pg_read_all_data" }, `readerRole: ${SERVER}`],
  ["a name of RDS", { readerRole: "rds_superuser" }, `readerRole: ${SERVER}`],
  ["a word that is no name", { readerRole: "current_user" }, `readerRole: ${TAKEN}`],
  ["the own schema", { schemas: ["platform"] }, `schemas.0: ${TAKEN}`],
  ["no schema", { schemas: [] }, "schemas: at least one schema"],
  ["a schema twice", { schemas: ["a", "a"] }, "schemas: no schema twice"],
  ["no application", { applications: [] }, "applications: at least one application"],
  [
    "a single user",
    { applications: [{ users: ["a"], secretArn: `${ARN}x` }] },
    "applications.0.users: a pair of user names, for rotation to alternate between",
  ],
  [
    "a user twice",
    { applications: [{ users: ["a", "a"], secretArn: `${ARN}x` }] },
    "event: role a is named twice; each role has one purpose",
  ],
  [
    "one role for two purposes",
    { verifier: { user: "streamflix_owner" } },
    "event: role streamflix_owner is named twice; each role has one purpose",
  ],
  [
    "an unknown access",
    { iamUsers: [{ user: "a", access: "admin" }] },
    'iamUsers.0.access: Invalid option: expected one of "owner"|"reader"|"granted"',
  ],
  [
    "an extension that is not allowed",
    { extensions: ["dblink"] },
    'extensions.0: Invalid option: expected one of "btree_gin"|"btree_gist"|"citext"|"hstore"|"pg_stat_statements"|"pg_trgm"|"pgaudit"|"pgcrypto"|"unaccent"|"uuid-ossp"',
  ],
  [
    "a reset for a user without a secret",
    { resetPasswords: ["streamflix_verifier"] },
    "resetPasswords.0: one of the users with a secret: streamflix_app, streamflix_app_clone",
  ],
];

describe("database roles: the event", () => {
  it("is taken with its defaults", () => {
    assert.deepEqual(parseEvent(GOOD), { ...GOOD, iamUsers: [], extensions: [], resetPasswords: [] });
  });

  for (const [what, part, problem] of bad) {
    it(`is refused with ${what}`, () => {
      assert.throws(() => parseEvent({ ...GOOD, ...part }), {
        name: "InvalidEvent",
        message:
          `The event has 1 problem: ${problem}. ` +
          "What to do: correct the specification that the deployment sends; nothing was read or changed.",
      });
    });
  }

  it("is told all its problems at once", () => {
    assert.throws(
      () => parseEvent({ ...GOOD, version: "", schemas: [] }),
      /^InvalidEvent: The event has 2 problems: version: .*; schemas: /,
    );
  });

  for (const value of [undefined, null, "text", []]) {
    it(`is refused when it is ${JSON.stringify(value)}`, () => {
      assert.throws(() => parseEvent(value), { name: "InvalidEvent" });
    });
  }
});
