import assert from "node:assert/strict";

import type { RetentionReport } from "../../functions/data-retention/run";
import { SecretsManagerFake } from "../rotation/support/secrets-manager";
import { LambdaProcess } from "../support/lambda-process";
import { BucketServer } from "./support/bucket-server";
import { HOST } from "./support/postgres-server";
import { addSubject, DIGEST_KEY, digest, RetentionWorld, subject, USER } from "./support/retention-world";

describe("data retention: the bundle, on real PostgreSQL with the real clients of AWS", () => {
  let world: RetentionWorld;
  let bucket: BucketServer;
  let secrets: SecretsManagerFake;
  let lambda: LambdaProcess<RetentionReport>;
  let digestKeyArn: string;
  before(async () => {
    world = await RetentionWorld.start();
    bucket = await BucketServer.start();
    secrets = await SecretsManagerFake.start();
    digestKeyArn = secrets.createSecret({ name: "digest-key", value: DIGEST_KEY });
    lambda = await LambdaProcess.of("functions/data-retention/handler.ts");
    lambda.put("database-ca.pem", world.roles.server.ca);
    for (const number of [1, 2]) await addSubject(world, subject(number), [1, 40]);
  });
  after(async () => {
    lambda.remove();
    await secrets.stop();
    await bucket.stop();
    await world.roles.end();
  });

  const invoke = (event: unknown, environment: Readonly<Record<string, string>> = {}) =>
    lambda.invoke(
      event,
      {
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
        AWS_ENDPOINT_URL_S3: bucket.url,
        AWS_LAMBDA_FUNCTION_NAME: "streamflix-data-retention-test",
        RETENTION_PLAN: JSON.stringify(world.plan()),
        DATABASE_HOST: HOST,
        ERASURE_LOG_BUCKET: "evidence",
        DIGEST_KEY_ARN: digestKeyArn,
        ...environment,
      },
      60_000,
    );
  /** As RDS does for users of IAM: the server asks for the token itself and lets AWS check it. Here everybody is right. */
  const asIam = (work: () => Promise<void>) =>
    world.roles.server.withAccessRule(`hostssl all ${USER} 127.0.0.1/32 trust`, work);

  it("says which variable is at fault", async () => {
    const cases = [
      [{ RETENTION_PLAN: "" }, "RETENTION_PLAN is not set"],
      [{ RETENTION_PLAN: "{" }, "RETENTION_PLAN is no JSON"],
      [
        { RETENTION_PLAN: JSON.stringify({ ...world.plan(), batchRows: 0 }) },
        "Too small: expected number to be >=1",
      ],
      [{ DIGEST_KEY_ARN: "" }, "DIGEST_KEY_ARN is not set"],
    ] as const;
    for (const [environment, text] of cases) {
      const { error } = await invoke({ action: "holds" }, environment);
      assert.equal(error?.name, "InvalidEnvironment");
      assert.ok(error.message.includes(text), error.message);
    }
  });

  it("signs in with a token, deletes, and writes its metrics on a line of their own", async () => {
    await asIam(async () => {
      const { report, error } = await invoke({ action: "expire" });
      assert.deepEqual([error, report?.action], [undefined, "expire"]);
    });
    const line =
      lambda.printed
        .at(-1)
        ?.split("\n")
        .find((text) => text.includes("CloudWatchMetrics")) ?? "";
    const { FunctionName, RowsDeleted, _aws } = JSON.parse(line) as {
      FunctionName: string;
      RowsDeleted: number;
      _aws: { CloudWatchMetrics: { Namespace: string; Metrics: { Name: string }[] }[] };
    };
    assert.deepEqual([FunctionName, RowsDeleted], ["streamflix-data-retention-test", 2]);
    assert.equal(_aws.CloudWatchMetrics[0]?.Namespace, "StreamFlix/DataRetention");
    assert.equal(_aws.CloudWatchMetrics[0].Metrics.length, 7);
  });

  it("gives a token to a server that asks for it, over verified TLS only", async () => {
    // This server knows a password, so it refuses the token: that shows that it got it.
    await world.roles.server.withAccessRule(`hostssl all ${USER} 127.0.0.1/32 password`, async () => {
      assert.equal((await invoke({ action: "holds" })).error?.name, "SignInRefused");
    });
    await world.roles.server.withSettings({ ssl: "off" }, async () => {
      assert.equal((await invoke({ action: "holds" })).error?.name, "TlsRefused");
    });
  });

  it("keeps the log in the bucket: once for each subject, and read page by page", async () => {
    await asIam(async () => {
      for (const number of [2, 2, 5, 6]) {
        const event = { action: "erase", subjectId: subject(number), reference: `DSR-${number}` };
        assert.equal((await invoke(event)).error, undefined);
      }
      assert.deepEqual(
        [...bucket.objects.keys()].sort(),
        [2, 5, 6].map((number) => `erasures/${digest(subject(number))}.json`).sort(),
      );
      await addSubject(world, subject(5), [1]);
      await world.rows("DELETE FROM erasures");
      bucket.journal.length = 0;
      const { report } = await invoke({ action: "replay" });
      assert.ok(report?.action === "replay");
      assert.deepEqual([report.entries, report.erased.map((it) => it.digest)], [3, [digest(subject(5))]]);
      assert.equal(
        bucket.journal.filter((call) => call === "GET /evidence" || call === "GET /evidence/").length,
        2,
      );
    });
  });

  it("erases nothing while the log can't be written, and names nobody", async () => {
    await asIam(async () => {
      bucket.refusal = "AccessDenied";
      const event = { action: "erase", subjectId: subject(1), reference: "DSR-1" };
      const { error } = await invoke(event);
      bucket.refusal = undefined;
      assert.equal(error?.name, "ErasureLogUnusable");
      assert.match(
        error.message,
        /^The erasure log can't be written: AccessDenied: said the bucket\. What to do: /,
      );
      assert.deepEqual(await world.lines("SELECT count(*) FROM profiles WHERE id = $1", [subject(1)]), ["1"]);
    });
    for (const printed of lambda.printed)
      assert.ok(!printed.includes(subject(1)) && !printed.includes(DIGEST_KEY));
  });
});
