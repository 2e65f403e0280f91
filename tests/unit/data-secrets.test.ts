import assert from "node:assert/strict";

import { counterpart } from "../../config";
import { ofType, only, type Registered, stack, statementsOf } from "./data-mocks";
import { database } from "./data-stack";

describe("secrets of the database", () => {
  let all: readonly Registered[];
  before(async () => {
    all = await database("dev");
  });

  it("lie under the platform's key and can be restored for a week, in prod for a month", async () => {
    const expected = (stack: string, days: number) =>
      ["master", "service"].map((what) => ({
        namePrefix: `streamflix/${stack}/database/${what}-`,
        kmsKeyId: "key-secrets",
        recoveryWindowInDays: days,
        tags: { "data-classification": "confidential" },
      }));
    const secrets = (registered: readonly Registered[]) =>
      ofType(registered, "Secret").map(({ inputs: { description, ...rest } }) => {
        assert.match(String(description), /^(Master|Service) user of the database: /);
        return rest;
      });
    assert.deepEqual(secrets(all), expected("dev", 7));
    assert.deepEqual(secrets(await database("prod")), expected("prod", 30));
  });

  it("have copies in the standby region, under its key, where a stack stands by", async () => {
    const { aws } = stack("prod").config;
    const standby = counterpart(aws, { region: "eu-west-1", suffix: "prod-dr" });
    const copied = ofType(await database("prod", {}, { standby }), "Secret");
    const replicas = [
      {
        region: "eu-west-1",
        kmsKeyId: "arn:aws:kms:eu-west-1:444455556666:alias/streamflix-secrets-prod-dr",
      },
    ];
    assert.deepEqual(
      copied.map(({ inputs }) => inputs["replicas"]),
      [replicas, replicas],
    );
  });

  it("are used over TLS and by the own account only", () => {
    const policies = ofType(all, "SecretPolicy");
    assert.equal(policies.length, 2);
    for (const { inputs } of policies) {
      assert.equal(inputs["blockPublicPolicy"], true);
      const { TlsOnly, OwnAccountOnly, ...rest } = statementsOf(inputs["policy"]);
      assert.deepEqual(
        [TlsOnly?.["Effect"], TlsOnly?.["Action"], TlsOnly?.["Condition"]],
        ["Deny", "secretsmanager:*", { Bool: { "aws:SecureTransport": "false" } }],
      );
      assert.deepEqual(
        [OwnAccountOnly?.["Effect"], OwnAccountOnly?.["Action"], OwnAccountOnly?.["Condition"]],
        [
          "Deny",
          "secretsmanager:*",
          {
            StringNotEquals: { "aws:PrincipalAccount": "111122223333" },
            Bool: { "aws:PrincipalIsAWSService": "false" },
          },
        ],
      );
      assert.deepEqual(rest, {});
    }
  });

  it("are seeded once, with a label that keeps the first version", () => {
    const versions = ofType(all, "SecretVersion");
    assert.deepEqual(
      versions.map(({ name, inputs, secret, ignoreChanges }) => ({
        name,
        secretId: inputs["secretId"],
        versionStages: inputs["versionStages"],
        secret,
        ignoreChanges,
      })),
      ["master", "service"].map((what) => ({
        name: `database-secrets-${what}`,
        secretId: `Secret/database-secrets-${what}#id`,
        versionStages: ["AWSCURRENT", "streamflix-seed"],
        secret: ["secretString"],
        ignoreChanges: ["secretString", "versionStages"],
      })),
    );
    const values = versions.map(({ inputs }) => JSON.parse(String(inputs["secretString"])) as unknown);
    const server = {
      engine: "postgres",
      host: "Cluster/database#endpoint",
      port: 5432,
      dbname: "streamflix",
      ssl: true,
    };
    assert.deepEqual(values, [
      { ...server, username: "streamflix_master", password: "RandomPassword/database-master#result" },
      {
        ...server,
        username: "streamflix_service_a",
        password: "RandomPassword/database-secrets-service#result",
        usernames: ["streamflix_service_a", "streamflix_service_b"],
        masterarn: "SecretVersion/database-secrets-master#secretArn",
      },
    ]);
  });

  it("start with long passwords of characters that RDS and URLs take", () => {
    for (const { inputs } of ofType(all, "RandomPassword")) {
      assert.deepEqual(inputs, {
        length: 32,
        overrideSpecial: "-_.~",
        minLower: 1,
        minUpper: 1,
        minNumeric: 1,
        minSpecial: 1,
      });
    }
  });

  it("never show outside of secret inputs", () => {
    const shown = all.flatMap(({ type, name, inputs, secret }) =>
      Object.entries(inputs)
        .filter(([key, value]) => !secret.includes(key) && JSON.stringify(value).includes("#result"))
        .map(([key]) => `${type} ${name} ${key}`),
    );
    assert.deepEqual(shown, []);
    assert.deepEqual(only(all, "Invocation").secret, []);
  });
});
