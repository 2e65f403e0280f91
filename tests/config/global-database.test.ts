import assert from "node:assert/strict";

import { type Case, checkCases, one, prod, standby } from "./cases";
import { parseJson, set, validConfig } from "./helpers";

const DB = "streamflix:database";
const GLOBAL = `${DB}.global`;
const SECRET =
  "arn:aws:secretsmanager:eu-west-1:444455556666:secret:streamflix/prod/database/service-00000000000000000000000001-AbCdEf";
const OWN_SECRET = "arn:aws:secretsmanager:eu-west-1:444455556666:secret:streamflix/prod/database/service-…";
const SECONDARY =
  "in the standby region only, the streamflix:environment.suffix of a stack in the same account";
const provisioned = (instanceClass: string, max: number) => ({
  [`${DB}.engine`]: { provisioned: { instanceClass } },
  [`${DB}.readers`]: { provisioned: { min: 1, max } },
});

const CASES: readonly Case[] = [
  {
    id: "a primary in dev",
    change: { [`${DB}.engine`]: { serverless: { minCapacity: 8, maxCapacity: 16 } }, [GLOBAL]: {} },
    problems: [],
  },
  prod("prod in one region only", GLOBAL, undefined),
  prod(
    "global as a word",
    GLOBAL,
    true,
    `${GLOBAL} | true | {} in the home region, an object with secondaryOf in the standby region`,
  ),
  prod("an unknown key", GLOBAL, { primary: {} }, `${GLOBAL}.primary | an unknown key | remove it`),
  prod(
    "a copy in the home region",
    GLOBAL,
    { secondaryOf: "dev" },
    `${GLOBAL}.secondaryOf | "dev" | write global: {} for the primary`,
    ...[
      `streamflix:rotation | {"masterDays":30,"serviceDays":30,"runtime":"nodejs24.x"} | remove it; it runs in the primary's stack, and its work arrives by replication`,
      `streamflix:dataRetention | {"window":"02:00-03:00","batchRows":1000,"subjectKeys":{"table":"subject_keys","… | remove it; it runs in the primary's stack, and its work arrives by replication`,
    ],
  ),
  standby(
    "a copy of nothing known",
    `${GLOBAL}.secondaryOf`,
    "Prod",
    `${GLOBAL}.secondaryOf | "Prod" | ${SECONDARY}`,
  ),
  standby(
    "a copy of itself",
    `${GLOBAL}.secondaryOf`,
    "prod-dr",
    `${GLOBAL}.secondaryOf | "prod-dr" | another suffix than streamflix:environment.suffix`,
  ),
  standby(
    "a copy of another stack than it stands by for",
    GLOBAL,
    { secondaryOf: "prod2", serviceSecretArn: SECRET.replace("/prod/", "/prod2/") },
    `${GLOBAL}.secondaryOf | "prod2" | "prod", since streamflix:standby.suffix says so`,
  ),
  standby(
    "a primary in the standby region",
    GLOBAL,
    {},
    `${GLOBAL}.secondaryOf | nothing | the suffix of the primary's stack, in eu-west-1`,
  ),
  standby(
    "a database of its own in the standby region",
    GLOBAL,
    undefined,
    `${GLOBAL}.secondaryOf | nothing | the suffix of the primary's stack, in eu-west-1`,
  ),
  {
    id: "a standby without a database",
    stack: "prod-dr",
    change: { [DB]: undefined, "streamflix:service": undefined },
    problems: [],
  },
  standby(
    "a service in a standby without a database",
    DB,
    undefined,
    `${DB} | nothing | leave the service out, too, until prod's database is global`,
  ),
  standby(
    "a service that can't sign in at the copy",
    `${GLOBAL}.serviceSecretArn`,
    undefined,
    `${GLOBAL}.serviceSecretArn | nothing | an ARN, since streamflix:service is there`,
  ),
  {
    id: "a copy without service and its secret",
    stack: "prod-dr",
    change: Object.fromEntries(
      [
        `${GLOBAL}.serviceSecretArn`,
        "streamflix:service",
        "streamflix:api",
        "streamflix:monitoring.canary",
      ].map((path) => [path, undefined]),
    ),
    problems: [],
  },
  standby(
    "a secret of another region",
    `${GLOBAL}.serviceSecretArn`,
    SECRET.replace("eu-west-1", "eu-central-1"),
    `${GLOBAL}.serviceSecretArn | "arn:aws:secretsmanager:eu-central-1:444455556666:secret:streamflix/prod/databas… | ${OWN_SECRET}`,
  ),
  standby(
    "the master's secret for the service",
    `${GLOBAL}.serviceSecretArn`,
    SECRET.replace("service-", "master-"),
    `${GLOBAL}.serviceSecretArn | "arn:aws:secretsmanager:eu-west-1:444455556666:secret:streamflix/prod/database/m… | ${OWN_SECRET}`,
  ),
  standby(
    "a secret's name",
    `${GLOBAL}.serviceSecretArn`,
    "streamflix/prod/database/service",
    `${GLOBAL}.serviceSecretArn | "streamflix/prod/database/service" | ARN of a secret of this account and region whose name starts as the primary's does`,
  ),
  prod(
    "a primary with a copied secret",
    GLOBAL,
    { serviceSecretArn: SECRET },
    `${GLOBAL}.serviceSecretArn | "arn:aws:secretsmanager:eu-west-1:444455556666:secret:streamflix/prod/database/s… | remove it`,
  ),
  one(
    "a primary that pauses",
    GLOBAL,
    {},
    `${DB}.engine.serverless.minCapacity | 0 | 0.5 or more, since ${GLOBAL} is there`,
  ),
  standby(
    "a copy that pauses",
    `${DB}.engine.serverless.minCapacity`,
    0,
    `${DB}.engine.serverless.minCapacity | 0 | 0.5 or more in prod`,
  ),
  {
    id: "a primary on burstable instances",
    stack: "prod",
    change: provisioned("db.t4g.large", 1),
    problems: [
      `${DB}.engine.provisioned.instanceClass | "db.t4g.large" | a class of db.r6g, db.r7g or db.r8g, since ${GLOBAL} is there`,
    ],
  },
  {
    id: "a primary that scales its readers",
    stack: "prod",
    change: provisioned("db.r8g.large", 3),
    problems: [],
  },
  {
    id: "a copy that scales its readers",
    stack: "prod-dr",
    change: provisioned("db.r8g.large", 3),
    problems: [
      `${DB}.readers.provisioned.max | 3 | the same number as min, since ${GLOBAL}.secondaryOf is set`,
    ],
  },
  {
    id: "a copy with a fixed number of readers",
    stack: "prod-dr",
    change: provisioned("db.r8g.large", 1),
    problems: [],
  },
  prod(
    "a major version of one member",
    `${DB}.allowMajorVersionUpgrade`,
    true,
    `${DB}.allowMajorVersionUpgrade | true | follow docs/database-changes.md`,
  ),
];

checkCases("configuration rules: global database", CASES);

describe("the database of prod and its copy", () => {
  const [home, there] = (["prod", "prod-dr"] as const).map((stack) => parseJson(validConfig(stack)).config);
  assert.ok(home?.database && there?.database);
  const [primary, copy] = [home.database, there.database];

  it("belong together, at the same version", () => {
    assert.deepEqual([primary.global, copy.global?.secondaryOf], [{}, home.environment.suffix]);
    assert.equal(copy.engineVersion, primary.engineVersion);
    assert.deepEqual(copy.auditClasses, primary.auditClasses);
    assert.equal(copy.backupRetentionDays, primary.backupRetentionDays);
  });

  it("can do the same once they have changed places", () => {
    assert.equal(copy.engine.serverless?.maxCapacity, primary.engine.serverless?.maxCapacity);
  });

  it("are never in maintenance together", () => {
    assert.notEqual(copy.maintenanceWindow, primary.maintenanceWindow);
  });
});

describe("a primary below what AWS advises", () => {
  const warned = (stack: "prod" | "prod-dr", minCapacity: number) => {
    const config = validConfig(stack);
    set(config, `${DB}.engine.serverless.minCapacity`, minCapacity);
    return parseJson(config).warnings;
  };

  it("is named; a copy isn't", () => {
    assert.deepEqual(warned("prod", 7.5), [
      `${DB}.engine.serverless.minCapacity is 7.5: AWS advises 8 or more for the primary of a global database, whose copy may fall behind otherwise.`,
    ]);
    assert.deepEqual(warned("prod", 8), []);
    assert.deepEqual(warned("prod-dr", 2), []);
  });
});
