import assert from "node:assert/strict";

import {
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";

import {
  type Case,
  check,
  create,
  createEmpty,
  get,
  move,
  put,
  rotate,
  serviceOf,
  tokenOf,
} from "./support/cases";
import { AwsError, type CallPhase, SecretsManagerFake } from "./support/secrets-manager";

const PENDING = ["AWSPENDING"];
const DAY = 24 * 60 * 60 * 1000;

describe("the fake Secrets Manager", () => {
  let fake: SecretsManagerFake;
  let client: SecretsManagerClient;
  let arn: string;
  beforeEach(async () => {
    fake = await SecretsManagerFake.start();
    client = fake.client();
    arn = fake.createSecret({ name: "app", value: "first", token: tokenOf("one") });
  });
  afterEach(() => fake.stop());

  /** Calls without the SDK, which would fill in what is missing; gives `ok` or the error's name, and its message. */
  const call = async (operation: string, input: object | string, service = "secretsmanager") => {
    const response = await fetch(fake.url, {
      method: "POST",
      headers: { "x-amz-target": `${service}.${operation}` },
      body: typeof input === "string" ? input : JSON.stringify(input),
    });
    const answer = (await response.json()) as { readonly __type?: string; readonly message?: string };
    return { name: answer.__type ?? "ok", status: response.status, message: answer.message ?? "", answer };
  };
  const putPending = (id: string, value: string) =>
    client.send(
      new PutSecretValueCommand({
        SecretId: arn,
        ClientRequestToken: tokenOf(id),
        SecretString: value,
        VersionStages: PENDING,
      }),
    );
  const read = (id: string) =>
    client.send(new GetSecretValueCommand({ SecretId: arn, VersionId: tokenOf(id) })).then(
      ({ SecretString }) => SecretString,
      (error: unknown) => (error instanceof Error ? error.name : error),
    );

  describe("versions and labels, beyond what moto can confirm", () => {
    const cases: readonly Case[] = [
      {
        title: "an empty pending version that loses its label is no rotation under way",
        given: [create("one"), rotate("two"), move("AWSPENDING", { from: "two" })],
        when: rotate("three"),
        then: "ok",
        labels: { one: "CURRENT", three: "PENDING" },
      },
      {
        title: "a token whose rotation has ended starts nothing",
        given: [create("one"), rotate("two"), put("two")],
        when: rotate("two"),
        then: "ok",
        labels: { one: "PREVIOUS", two: "CURRENT PENDING" },
      },
      {
        title: "a token of an older version can't rotate",
        given: [create("one"), put("two")],
        when: rotate("one"),
        then: "InvalidRequestException",
        labels: { one: "PREVIOUS", two: "CURRENT" },
      },
      {
        title: "an empty version is filled once",
        given: [create("one"), rotate("two"), put("two", PENDING)],
        when: put("two", PENDING, "other"),
        then: "ResourceExistsException",
      },
      {
        title: "an empty version is filled although another version has become the pending one",
        given: [create("one"), rotate("two"), put("three", PENDING)],
        when: put("two", PENDING),
        then: "ok",
        labels: { one: "CURRENT", two: "PENDING" },
      },
      {
        title: "a secret without versions can rotate, and has no current version then",
        given: [createEmpty],
        when: rotate("two"),
        then: "ok",
        labels: { two: "PENDING" },
      },
      {
        title: "where no version is current, none has to be named",
        given: [createEmpty, rotate("two"), put("two", PENDING)],
        when: move("AWSCURRENT", { to: "two" }),
        then: "ok",
        labels: { two: "CURRENT PENDING" },
      },
      {
        title: "a label may be put where it is",
        when: move("AWSCURRENT", { to: "one" }),
        then: "ok",
        labels: { one: "CURRENT" },
      },
      { title: "a move needs a version", when: move("AWSCURRENT", {}), then: "InvalidParameterException" },
      {
        title: "a deprecated version can be made current",
        given: [create("one"), put("two"), put("three")],
        when: move("AWSCURRENT", { from: "three", to: "one" }),
        then: "ok",
        labels: { one: "CURRENT", three: "PREVIOUS" },
      },
      {
        title:
          "a version can't be read while its secret is scheduled for deletion, nor a secret of its name made",
        given: [],
        when: async (subject) => {
          await create("one")(subject);
          await call("DeleteSecret", { SecretId: subject.secretId });
          const again = await call("CreateSecret", {
            Name: subject.secretId,
            ClientRequestToken: tokenOf("two"),
          });
          return `${again.name} ${await get()(subject).catch((error: unknown) => (error as Error).name)}`;
        },
        then: "InvalidRequestException InvalidRequestException",
      },
    ];
    for (const each of cases) it(`${each.title}: ${each.then}`, () => check(each, serviceOf(fake)));

    it("bytes are values too", async () => {
      const token = tokenOf("two");
      const SecretBinary = Buffer.from([0, 255, 1]);
      await client.send(
        new PutSecretValueCommand({ SecretId: arn, ClientRequestToken: token, SecretBinary }),
      );
      const answer = await client.send(new GetSecretValueCommand({ SecretId: arn }));
      assert.deepEqual(Buffer.from(answer.SecretBinary ?? []), SecretBinary);
      assert.equal(answer.SecretString, undefined);
      assert.equal(fake.value(arn, "AWSCURRENT"), undefined);
    });

    it("a secret goes by its ARN, its ARN without the end, and its name", async () => {
      assert.match(arn, /^arn:aws:secretsmanager:eu-central-1:\d{12}:secret:app-[A-Za-z0-9]{6}$/);
      for (const id of [arn, arn.slice(0, -7), "app"]) {
        assert.equal((await call("DescribeSecret", { SecretId: id })).name, "ok");
      }
      assert.equal(
        (await call("DescribeSecret", { SecretId: arn.slice(0, -1) })).name,
        "ResourceNotFoundException",
      );
    });

    it("versions are listed in pages, deprecated ones on demand, and tell their age by date alone", async () => {
      for (const id of ["d", "c", "b", "a"]) {
        await client.send(
          new PutSecretValueCommand({ SecretId: arn, ClientRequestToken: tokenOf(id), SecretString: id }),
        );
      }
      const list = async (options: object) => {
        const listed = [];
        let NextToken: string | undefined;
        do {
          const command = new ListSecretVersionIdsCommand({
            SecretId: arn,
            MaxResults: 2,
            NextToken,
            ...options,
          });
          const page = await client.send(command);
          assert.ok((page.Versions?.length ?? 0) <= 2);
          listed.push(...(page.Versions ?? []));
          ({ NextToken } = page);
        } while (NextToken !== undefined);
        return listed;
      };
      const name = (id = "") => id.replace(/-+$/, "");
      const all = await list({ IncludeDeprecated: true });
      assert.deepEqual(
        all.map(({ VersionId, VersionStages }) => [name(VersionId), VersionStages]),
        [
          ["a", ["AWSCURRENT"]],
          ["b", ["AWSPREVIOUS"]],
          ["c", undefined],
          ["d", undefined],
          ["one", undefined],
        ],
      );
      const byAge = all.toSorted((a, b) => Number(a.CreatedDate) - Number(b.CreatedDate));
      assert.equal(byAge.map(({ VersionId }) => name(VersionId)).join(" "), "one d c b a");
      assert.deepEqual(
        (await list({})).map(({ VersionId }) => name(VersionId)),
        ["a", "b"],
      );
      const { VersionIdsToStages } = (await call("DescribeSecret", { SecretId: arn })).answer as {
        readonly VersionIdsToStages?: object;
      };
      assert.deepEqual(Object.keys(VersionIdsToStages ?? {}).map(name), ["a", "b"]);
      const broken = await call("ListSecretVersionIds", { SecretId: arn, NextToken: "x" });
      assert.equal(broken.name, "InvalidNextTokenException");
    });

    it("a managed secret is read by anybody, and changed through its service alone", async () => {
      const managed = fake.createSecret({ name: "rds!cluster-1", value: "{}", owningService: "rds" });
      const token = { SecretId: managed, ClientRequestToken: tokenOf("two") };
      const outcomes = {
        GetSecretValue: [{ SecretId: managed }, "ok"],
        PutSecretValue: [{ ...token, SecretString: "x" }, "InvalidRequestException"],
        UpdateSecretVersionStage: [
          { SecretId: managed, VersionStage: "x", MoveToVersionId: tokenOf("one") },
          "InvalidRequestException",
        ],
        CancelRotateSecret: [{ SecretId: managed }, "InvalidRequestException"],
        DeleteSecret: [{ SecretId: managed }, "InvalidRequestException"],
        RotateSecret: [{ ...token, RotationLambdaARN: "arn" }, "InvalidRequestException"],
      } as const;
      for (const [operation, [input, expected]] of Object.entries(outcomes)) {
        assert.equal((await call(operation, input)).name, expected, operation);
      }
      const { answer } = await call("DescribeSecret", { SecretId: managed });
      assert.equal((answer as { OwningService?: string }).OwningService, "rds");
      assert.equal((await call("RotateSecret", token)).name, "ok");
    });

    it("a deletion can be at once", async () => {
      await call("DeleteSecret", { SecretId: arn, ForceDeleteWithoutRecovery: true });
      assert.equal((await call("DescribeSecret", { SecretId: arn })).name, "ResourceNotFoundException");
    });

    it("a deletion has a date", async () => {
      await call("DeleteSecret", { SecretId: arn, RecoveryWindowInDays: 7 });
      const { answer } = await call("DescribeSecret", { SecretId: arn });
      const days = (((answer as { DeletedDate?: number }).DeletedDate ?? 0) * 1000 - Date.now()) / DAY;
      assert.equal(Math.round(days), 7);
    });
  });

  describe("limits", () => {
    const token = tokenOf("two");
    const base: Readonly<Record<string, object>> = {
      CreateSecret: { Name: "other", ClientRequestToken: token, SecretString: "x" },
      PutSecretValue: { SecretId: "app", ClientRequestToken: token, SecretString: "x" },
      GetSecretValue: { SecretId: "app" },
      UpdateSecretVersionStage: { SecretId: "app", VersionStage: "x", MoveToVersionId: tokenOf("one") },
      RotateSecret: { SecretId: "app", ClientRequestToken: token, RotationLambdaARN: "arn" },
      ListSecretVersionIds: { SecretId: "app" },
      DeleteSecret: { SecretId: "app" },
      GetRandomPassword: { RequireEachIncludedType: false },
    };
    const x = (length: number) => "x".repeat(length);
    const labels = (count: number) => Array.from({ length: count }, (_, index) => `label-${index}`);
    const bytes = (length: number) => Buffer.alloc(length).toString("base64");

    /** Operation, member, what is taken, what is not. */
    const limits: readonly (readonly [string, string, readonly unknown[], readonly unknown[]])[] = [
      ["CreateSecret", "Name", ["a/b_c+d=e.f@g-h", x(512)], ["", "a b", "ä", "rds!x", x(513), 1]],
      ["CreateSecret", "ClientRequestToken", [x(32), x(64)], ["", x(31), x(65), 1]],
      ["PutSecretValue", "ClientRequestToken", [x(32), x(64)], ["", x(31), x(65)]],
      ["PutSecretValue", "SecretId", ["app"], ["", x(2049)]],
      [
        "PutSecretValue",
        "SecretString",
        ["x", x(65536), "ä".repeat(32768)],
        ["", x(65537), "ä".repeat(32769), {}],
      ],
      ["PutSecretValue", "VersionStages", [[x(256)], labels(19)], [[], labels(21), [""], [x(257)], "x", [1]]],
      [
        "PutSecretValue",
        "RotationToken",
        [x(36), x(256), `${x(30)}-ABC09`],
        [x(35), x(257), `${x(36)}_`, `${x(36)}\n`],
      ],
      ["GetSecretValue", "VersionId", [tokenOf("one")], [x(31), x(65)]],
      ["GetSecretValue", "VersionStage", ["AWSCURRENT"], ["", x(257)]],
      ["UpdateSecretVersionStage", "VersionStage", ["x", x(256)], ["", x(257)]],
      ["UpdateSecretVersionStage", "MoveToVersionId", [tokenOf("one")], [x(31), x(65)]],
      ["UpdateSecretVersionStage", "RemoveFromVersionId", [], [x(31), x(65)]],
      ["RotateSecret", "ClientRequestToken", [x(32), x(64)], [x(31), x(65)]],
      ["RotateSecret", "RotationLambdaARN", ["", x(2048)], [x(2049)]],
      ["RotateSecret", "RotateImmediately", [true, false], ["false"]],
      [
        "RotateSecret",
        "RotationRules",
        [
          {},
          { AutomaticallyAfterDays: 1, Duration: "3h" },
          { AutomaticallyAfterDays: 1000 },
          { ScheduleExpression: "cron(0 8 1 * ? *)" },
        ],
        [
          { AutomaticallyAfterDays: 0 },
          { AutomaticallyAfterDays: 1001 },
          { AutomaticallyAfterDays: 1.5 },
          { Duration: "h" },
          { Duration: "3 m" },
          { ScheduleExpression: "" },
          { ScheduleExpression: "rate(1 day);" },
          { AutomaticallyAfterDays: 1, ScheduleExpression: "rate(1 day)" },
          "daily",
        ],
      ],
      ["ListSecretVersionIds", "MaxResults", [1, 100], [0, 101, "1"]],
      ["ListSecretVersionIds", "IncludeDeprecated", [true], ["true"]],
      ["DeleteSecret", "RecoveryWindowInDays", [7, 30], [6, 31]],
      ["GetRandomPassword", "PasswordLength", [1, 4096], [0, 4097]],
      ["GetRandomPassword", "ExcludeCharacters", ["", x(4096)], [x(4097)]],
    ];
    for (const [operation, member, taken, refused] of limits) {
      it(`of ${member} in ${operation}`, async () => {
        for (const value of taken) {
          await fake.stop();
          fake = await SecretsManagerFake.start();
          fake.createSecret({ name: "app", value: "first", token: tokenOf("one") });
          assert.equal((await call(operation, { ...base[operation], [member]: value })).name, "ok");
        }
        for (const value of refused) {
          const { name, status, message } = await call(operation, { ...base[operation], [member]: value });
          assert.deepEqual([name, status], ["InvalidParameterException", 400], `${member} ${String(value)}`);
          assert.match(message, new RegExp(member === "RotationRules" ? "RotationRules|Schedule" : member));
          assert.doesNotMatch(message, /xxx/);
        }
      });
    }

    it("of bytes", async () => {
      const put = (SecretBinary: unknown, more = {}) =>
        call("PutSecretValue", { SecretId: "app", ClientRequestToken: token, SecretBinary, ...more });
      for (const value of [bytes(0), bytes(65537), "?", 1]) {
        assert.equal((await put(value)).name, "InvalidParameterException");
      }
      assert.equal((await put(bytes(1), { SecretString: "x" })).name, "InvalidParameterException");
      assert.equal((await put(undefined)).name, "InvalidParameterException");
      assert.equal((await put(bytes(65536))).name, "ok");
    });

    it("are all told at once", async () => {
      const { message } = await call("PutSecretValue", { ClientRequestToken: "x", VersionStages: [] });
      for (const each of ["SecretId is missing", "ClientRequestToken has 1 ", "VersionStages has 0 "]) {
        assert.ok(message.includes(each), message);
      }
    });

    for (const operation of ["CreateSecret", "PutSecretValue", "RotateSecret"]) {
      it(`a token is needed to ${operation}`, async () => {
        const { name } = await call(operation, { ...base[operation], ClientRequestToken: undefined });
        assert.equal(name, "InvalidRequestException");
      });
    }

    it("of labels: 20 on all versions of a secret", async () => {
      const label = (count: number) => ({ ...base.PutSecretValue, VersionStages: labels(count) });
      const move = (label: string) =>
        call("UpdateSecretVersionStage", { ...base.UpdateSecretVersionStage, VersionStage: label });
      assert.equal((await call("PutSecretValue", label(20))).name, "LimitExceededException");
      assert.deepEqual([...fake.versions(arn).keys()], [tokenOf("one")]);
      assert.equal((await call("PutSecretValue", label(19))).name, "ok");
      assert.equal((await move("one-more")).name, "LimitExceededException");
      assert.throws(() => fake.startRotation(arn), { name: "LimitExceededException" });
    });

    it("of versions: 100 a day, of which the deprecated ones may go", async () => {
      const put = async (index: number) =>
        (await call("PutSecretValue", { ...base.PutSecretValue, ClientRequestToken: tokenOf(String(index)) }))
          .name;
      for (let index = 1; index < 100; index += 1) assert.equal(await put(index), "ok");
      assert.equal(await put(100), "LimitExceededException");
      assert.throws(() => fake.startRotation(arn), { name: "LimitExceededException" });
      fake.passTime(DAY);
      await call("UpdateSecretVersionStage", { ...base.UpdateSecretVersionStage, VersionStage: "kept" });
      assert.equal(await put(100), "ok");
      assert.equal(fake.versions(arn).size, 100);
      assert.deepEqual(
        [await read("one"), await read("1"), await read("2")],
        ["first", "ResourceNotFoundException", "x"],
      );
    });

    it("of the protocol", async () => {
      assert.equal((await call("ListSecrets", {})).name, "UnknownOperationException");
      assert.equal((await call("toString", {})).name, "UnknownOperationException");
      assert.equal((await call("GetSecretValue", {}, "ssm")).name, "UnknownOperationException");
      const { name, message } = await call("GetSecretValue", "hunter2");
      assert.equal(name, "SerializationException");
      assert.doesNotMatch(message, /hunter2/);
    });
  });

  describe("a rotation, as AWS goes about it", () => {
    const two = tokenOf("two");
    const promote = () =>
      client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: arn,
          VersionStage: "AWSCURRENT",
          MoveToVersionId: two,
          RemoveFromVersionId: tokenOf("one"),
        }),
      );

    it("starts with an empty version", () => {
      assert.equal(fake.startRotation(arn, two), two);
      assert.deepEqual(fake.versions(arn).get(two), { stages: PENDING });
      assert.equal(fake.value(arn, "AWSPENDING"), undefined);
      assert.equal(fake.versionOf(arn, "AWSPENDING"), two);
      assert.deepEqual(fake.journal, []);
    });

    it("makes a token of its own", () => {
      const token = fake.startRotation(arn);
      assert.match(token, /^[0-9a-f-]{36}$/);
      assert.equal(fake.versionOf(arn, "AWSPENDING"), token);
    });

    it("is tried again with its token, and with no other", async () => {
      fake.startRotation(arn, two);
      await putPending("two", "second");
      assert.throws(
        () => fake.startRotation(arn),
        (error) => error instanceof AwsError && error.name === "InvalidRequestException",
      );
      assert.equal(fake.startRotation(arn, two), two);
      assert.equal(fake.value(arn, "AWSPENDING"), "second");
    });

    it("ends when the function has promoted its version, and not before", async () => {
      fake.startRotation(arn, two);
      await putPending("two", "second");
      assert.throws(() => {
        fake.completeRotation(arn);
      }, /has not ended/);
      await promote();
      fake.completeRotation(arn);
      assert.deepEqual(
        [fake.value(arn, "AWSCURRENT"), fake.value(arn, "AWSPREVIOUS"), fake.versionOf(arn, "AWSPENDING")],
        ["second", "first", undefined],
      );
      const { answer } = await call("DescribeSecret", { SecretId: arn });
      assert.ok((answer as { LastRotatedDate?: number }).LastRotatedDate);
      fake.startRotation(arn);
    });

    it("that is cancelled keeps its version and turns rotation off", async () => {
      fake.startRotation(arn, two);
      fake.cancelRotation(arn);
      assert.equal(fake.versionOf(arn, "AWSPENDING"), two);
      const { answer } = await call("DescribeSecret", { SecretId: arn });
      assert.equal((answer as { RotationEnabled?: boolean }).RotationEnabled, false);
      assert.throws(() => fake.startRotation(arn), { name: "InvalidRequestException" });
    });

    it("that is stuck is cleared by an operator, and its value can still be read", async () => {
      fake.startRotation(arn, two);
      await putPending("two", "second");
      fake.clearPending(arn);
      fake.clearPending(arn);
      assert.equal(await read("two"), "second");
      assert.deepEqual(fake.versions(arn).get(two), { value: "second", stages: [] });
      fake.startRotation(arn);
    });

    it("that is a mere test of the function has the current value", () => {
      const token = fake.startTestOnlyRotation(arn);
      assert.deepEqual(fake.versions(arn).get(token), { value: "first", stages: PENDING });
      fake.clearPending(arn);
      assert.equal(fake.value(arn, "AWSCURRENT"), "first");
    });
  });

  describe("faults", () => {
    const token = tokenOf("two");

    it("strike before the effect, and the client tries again", async () => {
      fake.faults.failNext({
        operation: "PutSecretValue",
        error: "ThrottlingException",
        times: 2,
        when: "before",
      });
      const { $metadata } = await putPending("two", "second");
      assert.equal($metadata.attempts, 3);
      assert.deepEqual(
        fake.journal.map(({ operation }) => operation),
        Array(3).fill("PutSecretValue"),
      );
    });

    for (const error of ["DecryptionFailure", "AccessDeniedException"]) {
      it(`such as ${error} are not tried again`, async () => {
        fake.faults.failNext({ error, when: "before" });
        await assert.rejects(putPending("two", "second"), { name: error });
        assert.equal(fake.journal.length, 1);
        assert.equal(fake.versions(arn).has(token), false);
      });
    }

    it("strike the operation that is named, and no more often than asked for", async () => {
      fake.faults.failNext({ operation: "GetSecretValue", error: "AccessDeniedException", when: "before" });
      await putPending("two", "second");
      assert.equal(await read("two"), "AccessDeniedException");
      assert.equal(await read("two"), "second");
    });

    it("of the service itself have HTTP status 500", async () => {
      fake.faults.failNext({ error: "InternalServiceError", when: "before" });
      assert.equal((await call("GetRandomPassword", {})).status, 500);
    });

    for (const error of ["InternalServiceError", "connection-reset"]) {
      it(`strike after the effect: ${error}`, async () => {
        fake.faults.failNext({ operation: "PutSecretValue", error, times: 3, when: "after" });
        await assert.rejects(putPending("two", "second"));
        assert.equal(fake.journal.length, 3);
        assert.equal(fake.value(arn, "AWSPENDING"), "second");
      });
    }

    it("cut the connection before the effect", async () => {
      fake.faults.failNext({ error: "connection-reset", times: 3, when: "before" });
      await assert.rejects(putPending("two", "second"), { code: "ECONNRESET" });
      assert.equal(fake.versions(arn).has(token), false);
    });

    it("hide a new value for some reads, and none that was there", async () => {
      fake.startRotation(arn, token);
      fake.faults.staleReads(2);
      await putPending("two", "second");
      assert.equal(await read("one"), "first");
      assert.equal(await read("two"), "ResourceNotFoundException");
      assert.equal(await read("two"), "ResourceNotFoundException");
      assert.equal(await read("two"), "second");
    });
  });

  describe("the hook around calls", () => {
    it("sees each call twice, and waits", async () => {
      const seen: CallPhase[] = [];
      fake.onCall = async (each) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        seen.push(each);
      };
      await read("two");
      assert.deepEqual(seen, [
        { operation: "GetSecretValue", phase: "before" },
        { operation: "GetSecretValue", phase: "after" },
      ]);
    });

    for (const [when, effect] of [
      ["before", undefined],
      ["after", "second"],
    ] as const) {
      it(`cuts the connection ${when} the effect when it throws`, async () => {
        fake.onCall = ({ phase }) => {
          if (phase === when) throw new Error("crash");
        };
        await assert.rejects(putPending("two", "second"), { code: "ECONNRESET" });
        assert.equal(fake.value(arn, "AWSPENDING"), effect);
        fake.onCall = undefined;
        await putPending("two", "second");
      });
    }
  });
});
