import assert from "node:assert/strict";

import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";

import {
  type Case,
  check,
  create,
  get,
  motoService,
  move,
  put,
  randomPassword,
  remove,
  rotate,
  type Service,
  serviceOf,
  tokenOf,
  valueOf,
} from "../support/cases";
import { MotoServer } from "../support/moto";
import { SecretsManagerFake } from "../support/secrets-manager";

const PENDING = ["AWSPENDING"];
const created = [create("one"), rotate("two"), put("two", PENDING)];
const finished = [...created, move("AWSCURRENT", { from: "one", to: "two" })];

/** A case as AWS has it, and what moto makes of it. */
interface Divergence extends Case {
  /** What AWS is documented to do. */
  readonly aws: string;
  readonly moto: Pick<Case, "then" | "labels">;
}

/**
 * Where moto is not to be trusted. A case that fails for moto alone says that moto has been mended: move it to the
 * conformance table.
 */
const DIVERGENCES: readonly Divergence[] = [
  {
    title: "another value under the token of a pending version",
    aws: "PutSecretValue can't modify a version, it only makes new ones",
    given: created,
    when: put("two", PENDING, "other"),
    then: "ResourceExistsException",
    moto: { then: "ok" },
  },
  {
    title: "the same value under the token of a pending version, with another label",
    aws: "PutSecretValue with the data that is there succeeds and does nothing",
    given: created,
    when: put("two", ["other"]),
    then: "ok",
    labels: { one: "CURRENT", two: "PENDING" },
    moto: { then: "ok", labels: { one: "CURRENT", two: "other" } },
  },
  {
    title: "reading without a label after a promotion",
    aws: "GetSecretValue gives the version with AWSCURRENT by default",
    given: [create("one"), put("two", PENDING), move("AWSCURRENT", { from: "one", to: "two" })],
    when: get(),
    then: valueOf("two"),
    moto: { then: valueOf("one") },
  },
  {
    title: "reading without a label while a rotation is under way",
    aws: "GetSecretValue gives the version with AWSCURRENT by default",
    given: [create("one"), rotate("two")],
    when: get(),
    then: valueOf("one"),
    moto: { then: "ResourceNotFoundException" },
  },
  {
    title: "moving AWSPENDING without saying from where",
    aws: "UpdateSecretVersionStage fails for any label that another version has; a label is on one version only",
    given: [...created, put("three", ["other"])],
    when: move("AWSPENDING", { to: "three" }),
    then: "InvalidParameterException",
    labels: { one: "CURRENT", two: "PENDING", three: "other" },
    moto: { then: "ok", labels: { one: "CURRENT", two: "PENDING", three: "PENDING other" } },
  },
  {
    title: "taking AWSCURRENT off",
    aws: "AWSCURRENT can only move to another version, it can't be removed",
    when: move("AWSCURRENT", { from: "one" }),
    then: "InvalidParameterException",
    labels: { one: "CURRENT" },
    moto: { then: "ok", labels: { one: "PREVIOUS" } },
  },
  {
    title: "a move that fails",
    aws: "a call that fails has no effect",
    given: created,
    when: move("AWSCURRENT", { from: "one", to: "three" }),
    then: "InvalidParameterException",
    labels: { one: "CURRENT", two: "PENDING" },
    moto: { then: "InvalidParameterException", labels: { two: "PENDING" } },
  },
  {
    title: "rotating without ever having named a function",
    aws: "RotateSecret fails for a secret that has no function and is given none",
    when: rotate("two", { RotationLambdaARN: undefined }),
    then: "InvalidRequestException",
    labels: { one: "CURRENT" },
    moto: { then: "ok", labels: { one: "PREVIOUS", two: "CURRENT" } },
  },
  {
    title: "rotating again with the function that was named before",
    aws: "RotateSecret takes what it is not given from the secret",
    given: [...finished, move("AWSPENDING", { from: "two" })],
    when: rotate("three", { RotationLambdaARN: undefined, RotationRules: undefined }),
    then: "ok",
    labels: { one: "PREVIOUS", two: "CURRENT", three: "PENDING" },
    moto: { then: "ok", labels: { two: "PREVIOUS", three: "CURRENT" } },
  },
  {
    title: "rotating while another rotation is under way",
    aws: "AWSPENDING on a version without AWSCURRENT means that a rotation is in progress: RotateSecret fails",
    given: created,
    when: rotate("three"),
    then: "InvalidRequestException",
    labels: { one: "CURRENT", two: "PENDING" },
    moto: { then: "ok", labels: { one: "CURRENT", three: "PENDING" } },
  },
  {
    title: "rotating while AWSPENDING is still on the current version",
    aws: "AWSPENDING may stay on the version with AWSCURRENT after a rotation",
    given: finished,
    when: rotate("three"),
    then: "ok",
    labels: { one: "PREVIOUS", two: "CURRENT", three: "PENDING" },
    moto: { then: "InvalidRequestException" },
  },
  {
    title: "starting the same rotation again after createSecret",
    aws: "the value that the version has stays",
    given: [...created, rotate("two")],
    when: get({ id: "two" }),
    then: valueOf("two"),
    moto: { then: "ResourceNotFoundException" },
  },
  {
    title: "storing in a secret that is scheduled for deletion",
    aws: "a secret that is scheduled for deletion can't be changed",
    given: [create("one"), remove()],
    when: put("two"),
    then: "InvalidRequestException",
    labels: { one: "CURRENT" },
    moto: { then: "ok" },
  },
  {
    title: "moving a label in a secret that is scheduled for deletion",
    aws: "a secret that is scheduled for deletion can't be changed",
    given: [create("one"), put("two", PENDING), remove()],
    when: move("AWSCURRENT", { from: "one", to: "two" }),
    then: "InvalidRequestException",
    labels: { one: "CURRENT", two: "PENDING" },
    moto: { then: "ok" },
  },
  {
    title: "a password of 4097 characters",
    aws: "GetRandomPassword has no error InvalidParameterValue",
    when: randomPassword({ PasswordLength: 4097 }),
    then: "InvalidParameterException",
    moto: { then: "InvalidParameterValue" },
  },
];

describe("where moto diverges from AWS, the fake", () => {
  let fake: SecretsManagerFake;
  before(async () => {
    fake = await SecretsManagerFake.start();
  });
  after(() => fake.stop());

  for (const divergence of DIVERGENCES) {
    it(`has AWS's way. ${divergence.title}: ${divergence.aws}`, () => check(divergence, serviceOf(fake)));
  }
});

describe("where it diverges from AWS, moto", () => {
  let fake: SecretsManagerFake;
  let moto: MotoServer;
  let services: { readonly fake: Service; readonly moto: Service };
  before(async function () {
    this.timeout(MotoServer.startTimeoutMs);
    fake = await SecretsManagerFake.start();
    moto = await MotoServer.start();
    services = { fake: serviceOf(fake), moto: await motoService(moto) };
  });
  after(async () => {
    await fake.stop();
    await moto.stop();
  });

  for (const divergence of DIVERGENCES) {
    it(`has its own way. ${divergence.title}`, () =>
      check({ ...divergence, labels: undefined, ...divergence.moto }, services.moto));
  }

  let secrets = 0;
  /** What both answer to a call, on a secret whose first version is deprecated. */
  async function both<Answer>(ask: (client: SecretsManagerClient, secretId: string) => Promise<Answer>) {
    const given = [create("one"), put("two"), put("three")];
    const subjects = Object.entries(services).map(async ([name, service]) => {
      const secretId = `deprecated-${(secrets += 1)}`;
      for (const step of given) await step({ ...service, secretId });
      return [name, await ask(service.client, secretId)] as const;
    });
    return Object.fromEntries(await Promise.all(subjects)) as Record<keyof typeof services, Answer>;
  }
  it("an error's HTTP status: AWS has 400 for every fault of a client", async () => {
    const status = async (label: string) =>
      both((client, secretId) =>
        client
          .send(
            new GetSecretValueCommand({ SecretId: secretId, VersionId: tokenOf("one"), VersionStage: label }),
          )
          .then(
            () => undefined,
            (error: unknown) =>
              (error as { $metadata: { httpStatusCode?: number } }).$metadata.httpStatusCode,
          ),
      );
    assert.deepEqual(await status("AWSCURRENT"), { fake: 400, moto: 404 });
  });

  it("deprecated versions: AWS lists them only on demand, and never in DescribeSecret", async () => {
    const described = await both(async (client, secretId) => {
      const { VersionIdsToStages } = await client.send(new DescribeSecretCommand({ SecretId: secretId }));
      return Object.keys(VersionIdsToStages ?? {}).length;
    });
    assert.deepEqual(described, { fake: 2, moto: 3 });
    const listed = (includeDeprecated: boolean) =>
      both(async (client, secretId) => {
        const command = new ListSecretVersionIdsCommand({
          SecretId: secretId,
          IncludeDeprecated: includeDeprecated,
        });
        return (await client.send(command)).Versions?.length;
      });
    assert.deepEqual(await listed(false), { fake: 2, moto: 3 });
    assert.deepEqual(await listed(true), { fake: 3, moto: 3 });
  });

  it("the ARN in a list of versions: AWS gives the ARN, moto the name", async () => {
    const arns = await both(async (client, secretId) => {
      const { ARN } = await client.send(new ListSecretVersionIdsCommand({ SecretId: secretId }));
      return ARN?.startsWith("arn:");
    });
    assert.deepEqual(arns, { fake: true, moto: false });
  });
});

describe("the secret that Amazon RDS manages, in moto", () => {
  let moto: MotoServer;
  before(async function () {
    this.timeout(MotoServer.startTimeoutMs);
    moto = await MotoServer.start();
  });
  after(() => moto.stop());

  it("is named, tagged and owned as AWS documents it", async () => {
    const answer = await moto.query("rds", "2014-10-31", "CreateDBCluster", {
      DBClusterIdentifier: "streamflix",
      Engine: "aurora-postgresql",
      MasterUsername: "master",
      ManageMasterUserPassword: "true",
    });
    const [secretArn, clusterArn] = ["SecretArn", "DBClusterArn"].map(
      (tag) => new RegExp(`<${tag}>(.*)</${tag}>`).exec(answer)?.[1],
    );
    const secret = await moto.client().send(new DescribeSecretCommand({ SecretId: secretArn }));
    assert.match(secret.Name ?? "", /^rds!cluster-[0-9a-f-]{36}$/);
    assert.equal(secret.OwningService, "rds");
    const tag = secret.Tags?.find(({ Key }) => Key?.toLowerCase() === "aws:rds:primarydbclusterarn");
    assert.equal(tag?.Value, clusterArn);
    assert.match(clusterArn ?? "", /:cluster:streamflix$/);
    const { SecretString } = await moto.client().send(new GetSecretValueCommand({ SecretId: secretArn }));
    assert.deepEqual(Object.keys(JSON.parse(SecretString ?? "") as object).sort(), ["password", "username"]);
    // AWS lets only Amazon RDS change it.
    const put = new PutSecretValueCommand({ SecretId: secretArn, SecretString: "{}" });
    assert.equal((await moto.client().send(put)).ARN, secretArn);
    assert.match(answer, /<Endpoint>streamflix\.cluster-.*<ReaderEndpoint>streamflix\.cluster-ro-/);
  });
});
