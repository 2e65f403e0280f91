import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { checklist, POINTS } from "../../tools/checklist/checklist";
import { Inventory } from "../../tools/checklist/inventory";
import type { Context, Verdict } from "../../tools/checklist/point";
import { readRecoveryTests, type RecoveryTest } from "../../tools/checklist/recovery-tests";
import { renderJson, renderMarkdown } from "../../tools/checklist/render";
import { readStackResources } from "../../tools/policy/stack-resources";
import { copiesOf } from "../../tools/checklist/copies";
import { exportText, made, type Made, soundStack } from "./support/stack";

const TESTED: RecoveryTest = { on: "2026-11-20", what: "database", result: "passed", evidence: "run 17" };

/** What the points say of the sound stack after a change. */
function verdicts(
  change: (stack: Made[]) => Made[] = (it) => it,
  context: Partial<Context> = {},
): readonly Verdict[] {
  return checklist({
    stack: new Inventory(readStackResources(exportText(change(soundStack())), "the sound stack")),
    adopted: new Set(),
    recoveryTests: [TESTED],
    today: new Date("2026-11-26"),
    ...context,
  });
}

function without(...types: readonly string[]) {
  return (stack: Made[]) => stack.filter(({ type }) => !types.some((it) => type === `aws:${it}`));
}

/** Changes the first resource of a type. */
function changed(type: string, change: (resource: Made) => void) {
  return (stack: Made[]) => {
    const found = stack.find((it) => it.type === `aws:${type}`);
    assert.ok(found, `the sound stack has no ${type}`);
    change(found);
    return stack;
  };
}

const set = (type: string, field: string, value: unknown) =>
  changed(type, ({ inputs }) => {
    inputs[field] = value;
  });

const failing = (list: readonly Verdict[]) => list.filter(({ state }) => state === "fail");

describe("npm run checklist", () => {
  it("has sixteen points, all of which a sound stack passes, with evidence", () => {
    const list = verdicts();
    assert.deepEqual(
      list.map(({ number, state }) => [number, state]),
      Array.from({ length: 16 }, (_, index) => [index + 1, "pass"]),
    );
    assert.deepEqual(
      list.filter(({ evidence }) => evidence.length === 0).map(({ title }) => title),
      [],
    );
    assert.equal(new Set(POINTS.map(({ title }) => title)).size, 16);
  });

  const policy = (...actions: string[]) =>
    JSON.stringify({ Statement: { Effect: "Allow", Action: actions, Resource: "arn" } });

  for (const [number, what, change, reason] of [
    [
      1,
      "a role without a boundary",
      set("iam/role:Role", "permissionsBoundary", undefined),
      /Role task has no permissions boundary/,
    ],
    [
      1,
      "every right of a service",
      set("iam/rolePolicy:RolePolicy", "policy", policy("s3:GetObject", "s3:*")),
      /RolePolicy task allows everything/,
    ],
    [
      1,
      "every right",
      set("iam/rolePolicy:RolePolicy", "policy", policy("*")),
      /RolePolicy task allows everything/,
    ],
    [
      2,
      "a bucket without versions",
      set("s3/bucketVersioning:BucketVersioning", "versioningConfiguration", { status: "Suspended" }),
      /Bucket archive keeps no versions/,
    ],
    [
      2,
      "evidence without a lock",
      without("s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"),
      /Bucket evidence holds evidence/,
    ],
    [
      2,
      "evidence that AWS Config does not deliver, without a lock",
      without("cfg/deliveryChannel:DeliveryChannel"),
      /Bucket configuration holds evidence/,
    ],
    [
      3,
      "a topic that reaches nobody",
      without("sns/topicSubscription:TopicSubscription"),
      /Topic alerts reaches nobody/,
    ],
    [4, "no dashboard", without("cloudwatch/dashboard:Dashboard"), /there is no dashboard/],
    [
      4,
      "a dashboard without the cache",
      set("cloudwatch/dashboard:Dashboard", "dashboardBody", "AWS/RDS AWS/ECS"),
      /no dashboard shows AWS\/ElastiCache/,
    ],
    [5, "no recorder", without("cfg/recorder:Recorder"), /there is no recorder/],
    [5, "a recorder without rules", without("cfg/rule:Rule"), /the recorder has no rule/],
    [5, "a recorder that is off", without("cfg/recorderStatus:RecorderStatus"), /not switched on/],
    [6, "no detector", without("guardduty/detector:Detector"), /there is no detector/],
    [
      6,
      "a detector that is off",
      set("guardduty/detector:Detector", "enable", false),
      /Detector detector is switched off/,
    ],
    [7, "no trail", without("cloudtrail/trail:Trail"), /there is no trail/],
    [
      7,
      "a trail of one region",
      set("cloudtrail/trail:Trail", "isMultiRegionTrail", false),
      /one region only/,
    ],
    [
      7,
      "a trail that nobody can check",
      set("cloudtrail/trail:Trail", "enableLogFileValidation", false),
      /not validated/,
    ],
    [
      7,
      "a trail without a key",
      set("cloudtrail/trail:Trail", "kmsKeyId", undefined),
      /no key of the platform/,
    ],
    [
      8,
      "an alarm without a runbook",
      set("cloudwatch/metricAlarm:MetricAlarm", "alarmDescription", "Busy."),
      /streamflix-database-cpu-prod names no runbook/,
    ],
    [
      8,
      "a runbook without that section",
      set(
        "cloudwatch/metricAlarm:MetricAlarm",
        "alarmDescription",
        "Busy. Runbook: docs/runbooks/database.md#nowhere",
      ),
      /database\.md#nowhere, which isn't there/,
    ],
    [
      8,
      "a runbook that isn't there",
      set(
        "cloudwatch/metricAlarm:MetricAlarm",
        "alarmDescription",
        "Busy. Runbook: docs/runbooks/nowhere.md#cpu",
      ),
      /nowhere\.md#cpu, which isn't there/,
    ],
    [
      9,
      "a database with few backups",
      set("rds/cluster:Cluster", "backupRetentionPeriod", 1),
      /Cluster database: 1 days/,
    ],
    [9, "files in no plan", without("backup/plan:Plan"), /FileSystem files is in no backup plan/],
    [
      9,
      "a plan that keeps little",
      set("backup/plan:Plan", "rules", [{ ruleName: "Daily", lifecycle: { deleteAfter: 3 } }]),
      /Plan daily, Daily: 3 days/,
    ],
    [
      11,
      "a key that stays the same",
      set("kms/key:Key", "enableKeyRotation", false),
      /Key viewer-data is not rotated/,
    ],
    [
      11,
      "a key that changes every other year",
      set("kms/key:Key", "rotationPeriodInDays", 730),
      /Key viewer-data is not rotated/,
    ],
    [
      12,
      "a resource without a cost center",
      changed("kms/key:Key", ({ outputs }) => {
        outputs["tagsAll"] = { project: "streamflix", environment: "prod", owner: "platform-team" };
      }),
      /Key viewer-data lacks cost-center/,
    ],
    [13, "no budget", without("budgets/budget:Budget"), /there is no budget/],
    [
      13,
      "a budget that warns nobody",
      set("budgets/budget:Budget", "notifications", [{ threshold: 80 }]),
      /Budget month warns nobody/,
    ],
    [
      14,
      "a bucket without logs",
      (stack: Made[]) =>
        stack.filter(({ type, name }) => !(type.endsWith(":BucketLogging") && name === "archive")),
      /Bucket archive logs nothing/,
    ],
    [
      14,
      "a load balancer without logs",
      set("lb/loadBalancer:LoadBalancer", "accessLogs", { enabled: false }),
      /LoadBalancer service logs nothing/,
    ],
    [
      14,
      "an API without logs",
      set("apigateway/stage:Stage", "accessLogSettings", undefined),
      /Stage api logs nothing/,
    ],
    [
      14,
      "a firewall without logs",
      without("wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"),
      /WebAcl api logs nothing/,
    ],
    [
      14,
      "a database without logs",
      set("rds/cluster:Cluster", "enabledCloudwatchLogsExports", []),
      /Cluster database logs nothing/,
    ],
    [
      14,
      "a cache without logs",
      set("elasticache/replicationGroup:ReplicationGroup", "logDeliveryConfigurations", []),
      /ReplicationGroup cache logs nothing/,
    ],
    [
      15,
      "a way in from the internet",
      set("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cidrIpv4", "0.0.0.0/0"),
      /SecurityGroupIngressRule app is open to the internet/,
    ],
    [
      15,
      "a way in over IPv6",
      set("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "cidrIpv6", "::/0"),
      /open to the internet/,
    ],
    [
      15,
      "a rule inside a group",
      set("ec2/securityGroup:SecurityGroup", "ingress", [{}]),
      /SecurityGroup app has rules of its own/,
    ],
    [
      15,
      "the default group in use",
      set("ec2/defaultSecurityGroup:DefaultSecurityGroup", "ingress", [{}]),
      /DefaultSecurityGroup network admits somebody/,
    ],
    [
      15,
      "the default group as AWS made it",
      without("ec2/defaultSecurityGroup:DefaultSecurityGroup"),
      /default group is as AWS made it/,
    ],
    [16, "a VPC without a log", without("ec2/flowLog:FlowLog"), /Vpc network has no log/],
    [
      16,
      "a log of refusals only",
      set("ec2/flowLog:FlowLog", "trafficType", "REJECT"),
      /Vpc network has no log of all traffic/,
    ],
  ] as const) {
    it(`point ${number} fails for ${what}, and no other does`, () => {
      const list = failing(verdicts(change));
      assert.deepEqual(
        list.map((it) => it.number),
        [number],
      );
      assert.match(list[0]?.reason ?? "", reason);
    });
  }

  for (const [what, recoveryTests, reason] of [
    ["an empty record", [], /the record has no test/],
    [
      "a failure after a success",
      [TESTED, { ...TESTED, on: "2026-11-25", result: "failed" }],
      /database: the last test failed, on 2026-11-25/,
    ],
    ["a test of last spring", [{ ...TESTED, on: "2026-04-01" }], /database: the last test was 239 days ago/],
    [
      "one of two things untested for long",
      [TESTED, { ...TESTED, what: "files", on: "2026-08-01" }],
      /^files: the last test was 117 days ago/,
    ],
  ] as const) {
    it(`point 10 fails for ${what}, and no other does`, () => {
      const list = failing(verdicts(undefined, { recoveryTests }));
      assert.deepEqual(
        list.map((it) => it.number),
        [10],
      );
      assert.match(list[0]?.reason ?? "", reason);
    });
  }

  it("leaves to a person what no export tells, with the reason", () => {
    const pending = changed("sns/topicSubscription:TopicSubscription", ({ outputs }) => {
      outputs["pendingConfirmation"] = true;
    });
    const tried = (stack: Made[]) => {
      changed("s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", () => undefined)(stack);
      return without("s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")(stack).map((it) =>
        it.name === "evidence" ? { ...it, inputs: { ...it.inputs, forceDestroy: true } } : it,
      );
    };
    const gone = without("cfg/recorder:Recorder", "guardduty/detector:Detector", "cloudtrail/trail:Trail");
    for (const [numbers, list] of [
      [[3], verdicts(pending)],
      [[2], verdicts(tried)],
      [[10], verdicts(undefined, { recoveryTests: undefined })],
      [[5, 6, 7], verdicts(gone, { adopted: new Set(["trail", "detector", "recorder"]) })],
    ] as const) {
      assert.deepEqual(
        list.filter(({ state }) => state === "manual").map((it) => it.number),
        numbers,
      );
      assert.deepEqual(failing(list), []);
    }
  });

  it("is rendered whole, without anybody's address", () => {
    const list = verdicts(without("kms/key:Key"));
    const data = JSON.parse(renderJson("prod", list)) as { stack: string; points: Verdict[] };
    assert.deepEqual([data.stack, data.points.length], ["prod", 16]);
    const text = renderMarkdown("prod", list);
    assert.match(text, /16 points: 1 fail, 0 manual, 15 pass/);
    assert.match(text, /\| 11 \| KMS rotation \| fail \| there is no key \|/);
    assert.doesNotMatch(text + renderJson("prod", list), /person@example\.org/);
  });
});

describe("copies in other regions", () => {
  const VAULT = "arn:aws:backup:eu-west-1:444455556666:backup-vault:vault-dr";
  const copying = (copiedDays: number, status = "Enabled") => [
    made("rds/globalCluster:GlobalCluster", "database", { globalClusterIdentifier: "global-prod" }),
    made("backup/plan:Plan", "backup", {
      rules: [
        {
          ruleName: "daily",
          lifecycle: { deleteAfter: 30 },
          copyActions: [{ destinationVaultArn: VAULT, lifecycle: { deleteAfter: copiedDays } }],
        },
      ],
    }),
    made("s3/bucketReplicationConfig:BucketReplicationConfig", "copies-events", {
      bucket: "events",
      rules: [
        {
          status,
          destination: { bucket: "arn:aws:s3:::events-dr", replicationTime: { time: { minutes: 15 } } },
        },
      ],
    }),
    made("secretsmanager/secret:Secret", "master", { replicas: [{ region: "eu-west-1" }] }),
  ];
  const of = (resources: Made[]) =>
    copiesOf(new Inventory(readStackResources(exportText(resources), "the stack")));

  it("are those of database, backups, buckets and secrets, with where they go and how late", () => {
    assert.deepEqual(of(copying(30)), [
      {
        what: "database",
        name: "database",
        to: "global-prod",
        behind: "a second, typically; nothing where no cluster has joined",
      },
      {
        what: "backups",
        name: "backup",
        to: "vault-dr in eu-west-1",
        behind: "with each backup",
        days: 30,
      },
      { what: "bucket", name: "events", to: "events-dr", behind: "15 minutes at most" },
      { what: "secret", name: "master", to: "eu-west-1", behind: "with each new value" },
    ]);
  });

  it("are none where they are switched off, and none in a stack of one region", () => {
    assert.deepEqual(
      of(copying(30, "Disabled")).map(({ what }) => what),
      ["database", "backups", "secret"],
    );
    assert.deepEqual(of(soundStack()), []);
  });

  it("are evidence of backups, and a fault of theirs when they end too soon", () => {
    const backups = (copiedDays: number) =>
      verdicts((stack) => [...stack, ...copying(copiedDays)]).find(({ number }) => number === 9);
    const kept = backups(30);
    assert.equal(kept?.state, "pass");
    assert.ok(
      kept.evidence.includes("copy of backup to vault-dr in eu-west-1: with each backup, 30 days"),
      kept.evidence.join("\n"),
    );
    const short = backups(3);
    assert.equal(short?.state, "fail");
    assert.match(short.reason, /copy of backup to vault-dr in eu-west-1: 3 days/);
  });
});

describe("npm run checklist, as a command", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "streamflix-checklist-"));
  const write = (name: string, text: string) => {
    fs.writeFileSync(path.join(folder, name), text);
    return name;
  };
  const sound = write("sound.json", exportText(soundStack()));
  const broken = write("broken.json", exportText(without("kms/key:Key")(soundStack())));
  const today = new Date().toISOString().slice(0, 10);
  const record = write("tests.json", JSON.stringify([{ ...TESTED, on: today }]));

  after(() => {
    fs.rmSync(folder, { recursive: true });
  });

  const run = (...words: string[]) =>
    spawnSync(
      process.execPath,
      ["--require", path.resolve("tools/typescript.cjs"), path.resolve("tools/checklist/main.ts"), ...words],
      { encoding: "utf8", env: { ...process.env, INIT_CWD: folder } },
    );

  it("tells success and failure by its exit status", () => {
    const passed = run("--stack", "prod", "--file", sound, "--tests", record);
    assert.equal(passed.status, 0, passed.stderr);
    assert.match(passed.stdout, /16 points: 0 fail, 0 manual, 16 pass/);
    const failed = run("--stack", "prod", "--file", broken, "--tests", record, "--json");
    assert.equal(failed.status, 1, failed.stderr);
    assert.equal((JSON.parse(failed.stdout) as { points: Verdict[] }).points[10]?.state, "fail");
  });

  for (const [what, words, status, message] of [
    ["no stack", [], 2, /--stack <name>: a stack of this program/],
    ["an unknown flag", ["--stack", "prod", "--fast"], 2, /--fast/],
    ["no such stack", ["--stack", "nowhere", "--file", sound], 1, /there is no Pulumi\.nowhere\.yaml/],
    ["no such file", ["--stack", "prod", "--file", "nowhere.json"], 1, /nowhere\.json can't be read/],
    ["something else than an export", ["--stack", "prod", "--file", record], 1, /is no export/],
    [
      "a record that is none",
      ["--stack", "prod", "--file", sound, "--tests", sound],
      1,
      /no record of recovery tests/,
    ],
  ] as const) {
    it(`${what} is one clear error`, () => {
      const done = run(...words);
      assert.equal(done.status, status);
      assert.match(done.stderr, message);
      assert.doesNotMatch(done.stderr, /\n\s+at /);
      assert.equal(done.stdout, "");
    });
  }

  it("takes no record with a wrong result", () => {
    const file = path.join(folder, write("odd.json", JSON.stringify([{ ...TESTED, result: "so so" }])));
    assert.throws(() => readRecoveryTests(file), /is no record of recovery tests/);
  });
});
