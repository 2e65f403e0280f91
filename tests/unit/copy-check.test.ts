import assert from "node:assert/strict";

import { Bucket } from "../../components/bucket";
import { CopyCheck, type CopyCheckMetrics } from "../../components/copy-check";
import { copyCheckAlarms } from "../../components/monitoring/rows/copies";
import { record, type Registration } from "./mocks";
import { countByType, ofType, only, PLACE, statementsOf } from "./registrations";

const bucketOf = (what: string) => `streamflix-${what}-unit-111122223333-eu-central-1`;

describe("CopyCheck", () => {
  let all: readonly Registration[];
  let metrics: CopyCheckMetrics | undefined;
  before(async () => {
    const { registrations } = await record(() => {
      const bucket = (what: string) =>
        new Bucket(what, { ...PLACE, kind: "access-log", what, protect: false });
      metrics = new CopyCheck("check", {
        ...PLACE,
        buckets: { events: bucket("events"), erasures: bucket("erasures") },
        vpcId: "vpc",
        subnetIds: ["private-1"],
        s3PrefixListId: "pl-s3",
        keyArns: { logs: "key-logs", messaging: "key-messaging" },
      }).metrics;
    });
    all = registrations.filter(({ name }) => name.startsWith("check"));
  });

  it("registers exactly these resources", () => {
    assert.deepEqual(countByType(all), {
      "aws:cloudwatch/logGroup:LogGroup": 1,
      "aws:ec2/securityGroup:SecurityGroup": 1,
      "aws:iam/role:Role": 2,
      "aws:iam/rolePolicy:RolePolicy": 2,
      "aws:lambda/function:Function": 1,
      "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": 1,
      "aws:scheduler/schedule:Schedule": 1,
      "aws:sqs/queue:Queue": 1,
      "aws:sqs/queuePolicy:QueuePolicy": 1,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 1,
      "streamflix:copies:CopyCheck": 1,
      "streamflix:function:FailureQueue": 1,
      "streamflix:function:Schedule": 1,
      "streamflix:function:VpcFunction": 1,
    });
  });

  it("may list and read what is copied, under the key of each copy, and nothing else", () => {
    const statements = statementsOf(only(all, "RolePolicy", "check").inputs["policy"]).filter(
      ({ Sid = "" }) => !["WriteOwnLog", "NetworkInterfaces", "NotFromOwnCode"].includes(Sid),
    );
    const decrypt = (Sid: string, what: string, alias: string) => ({
      Sid,
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: "arn:aws:kms:eu-central-1:111122223333:key/*",
      Condition: {
        StringEquals: {
          "kms:ViaService": "s3.eu-central-1.amazonaws.com",
          "kms:EncryptionContext:aws:s3:arn": `arn:aws:s3:::${bucketOf(what)}`,
        },
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": `alias/streamflix-${alias}-unit` },
      },
    });
    assert.deepEqual(statements.slice(0, 4), [
      {
        Sid: "ListCopies",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: ["events", "erasures"].map((it) => `arn:aws:s3:::${bucketOf(it)}`),
        Condition: { StringLike: { "s3:prefix": ["events/*", "erasures/*"] } },
      },
      {
        Sid: "ReadCopies",
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: ["events", "erasures"].map((it) => `arn:aws:s3:::${bucketOf(it)}/${it}/*`),
      },
      decrypt("DecryptEvents", "events", "viewer-data"),
      decrypt("DecryptErasures", "erasures", "audit"),
    ]);
    // What it failed on is kept.
    assert.deepEqual(
      statements.slice(4).map(({ Sid }) => Sid),
      ["KeepFailures", "UseMessagingKey"],
    );
  });

  it("reaches S3 alone", () => {
    const rules = ofType(all, "SecurityGroupEgressRule").map(({ inputs }) => [
      inputs["prefixListId"],
      inputs["fromPort"],
      inputs["toPort"],
    ]);
    assert.deepEqual(rules, [["pl-s3", 443, 443]]);
  });

  it("looks twice a day, at what the deployment names", () => {
    assert.equal(only(all, "scheduler/schedule:Schedule").inputs["scheduleExpression"], "rate(12 hours)");
    const { environment } = only(all, "lambda/function:Function").inputs as {
      environment: { variables: Record<string, string> };
    };
    assert.deepEqual(JSON.parse(environment.variables["SETTINGS"] ?? ""), {
      copies: {
        events: { bucket: bucketOf("events"), prefix: "events/" },
        erasures: { bucket: bucketOf("erasures"), prefix: "erasures/" },
      },
    });
  });

  it("has an alarm on each copy that can't be used, and on events that don't arrive; silence sets them off", () => {
    assert.ok(metrics);
    const rows = copyCheckAlarms(metrics).map(({ what, signal, threshold, periods, missing }) => ({
      what,
      figure: "name" in signal ? [signal.namespace, signal.name, signal.statistic] : [],
      threshold,
      periods,
      missing: missing.as,
    }));
    const periods = { seconds: 43_200, wrong: 1, of: 1 };
    const failed = ["StreamFlix/Copies", "ObjectsFailed", "Maximum"];
    assert.deepEqual(rows, [
      { what: "copy-events-unusable", figure: failed, threshold: 0, periods, missing: "breaching" },
      {
        what: "copy-events-old",
        figure: ["StreamFlix/Copies", "NewestAgeHours", "Minimum"],
        threshold: 24,
        periods,
        missing: "breaching",
      },
      { what: "copy-erasures-unusable", figure: failed, threshold: 0, periods, missing: "breaching" },
    ]);
  });
});
