import assert from "node:assert/strict";

import { RestoreVerification } from "../../components/backup/restore-verification";
import { readExpectations } from "../../functions/restore-verification/settings";
import { countByType, only, registered, type Registered, section, stack, statementsOf } from "./data-mocks";

const PLACE = "eu-central-1:444455556666";
const ARN = `arn:aws:states:${PLACE}:stateMachine:streamflix-restore-verification-prod`;
const RULE_ARN = `arn:aws:events:${PLACE}:rule/streamflix-restore-verification-prod`;
const RESTORED = [
  `arn:aws:rds:${PLACE}:cluster:awsbackup-restore-test-*`,
  `arn:aws:rds:${PLACE}:db:awsbackup-restore-test-*`,
];

describe("restore verification", () => {
  let all: readonly Registered[];
  before(async () => {
    const { config, ...place } = stack("prod");
    const verification = section(config, "backup").restoreTests?.database;
    assert.ok(verification);
    all = await registered(
      () =>
        new RestoreVerification("it", {
          ...place,
          verification,
          plans: [{ name: "streamflix_nightly_prod", isContinuous: false }],
          vpcId: "vpc",
          subnetIds: ["private-1", "private-2"],
          endpointsSecurityGroupId: "group-endpoints",
          databaseSecurityGroupId: "group-data",
          keyArns: { logs: "key-logs", messaging: "key-messaging" },
        }),
    );
  });
  const rightsOf = (name: string) => statementsOf(only(all, "RolePolicy", name).inputs["policy"]);

  it("makes exactly these resources", () => {
    assert.deepEqual(countByType(all), {
      "aws:cloudwatch/eventRule:EventRule": 1,
      "aws:cloudwatch/eventTarget:EventTarget": 1,
      "aws:cloudwatch/logGroup:LogGroup": 3,
      "aws:ec2/securityGroup:SecurityGroup": 1,
      "aws:iam/role:Role": 4,
      "aws:iam/rolePolicy:RolePolicy": 4,
      "aws:lambda/function:Function": 2,
      "aws:sfn/stateMachine:StateMachine": 1,
      "aws:sqs/queue:Queue": 1,
      "aws:sqs/queuePolicy:QueuePolicy": 1,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 2,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 2,
    });
  });

  it("gives both functions expectations that the code understands, and only one of them the VPC", () => {
    const expectations = ["it", "it-checks"].map((name) => {
      const { environment } = only(all, "Function", name).inputs;
      return readExpectations((environment as { variables: Record<string, string> }).variables);
    });
    const [expected] = expectations;
    assert.deepEqual(expected, {
      plans: [{ name: "streamflix_nightly_prod", isContinuous: false }],
      database: "streamflix",
      port: 5432,
      masterUser: "streamflix_master",
      ownerRole: "streamflix_owner",
      schema: "streamflix",
      tables: [
        { table: "profiles", minimumRows: 1 },
        {
          table: "playback_positions",
          minimumRows: 1,
          newest: { timeColumn: "recorded_at", maximumHours: 24 },
        },
        { table: "subject_keys", minimumRows: 1 },
      ],
      instanceClass: "db.t4g.medium",
      objectiveSeconds: 7200,
    });
    assert.deepEqual(expectations[1], expected);
    assert.equal(only(all, "Function", "it").inputs["vpcConfig"], undefined);
    assert.deepEqual(only(all, "Function", "it-checks").inputs["vpcConfig"], {
      subnetIds: ["private-1", "private-2"],
      securityGroupIds: ["SecurityGroup/it-checks#id"],
    });
  });

  it("may make, change and delete what restore tests have made, and nothing else", () => {
    const worker = rightsOf("it");
    assert.deepEqual(Object.keys(worker), [
      "WriteOwnLog",
      "Jobs",
      "MakeInstances",
      "SeeRestored",
      "TakeAway",
      "LookAtKeys",
      "LendKeys",
    ]);
    assert.deepEqual(worker["TakeAway"], {
      Sid: "TakeAway",
      Effect: "Allow",
      Action: ["rds:DeleteDBCluster", "rds:DeleteDBInstance"],
      Resource: RESTORED,
    });
    assert.deepEqual(worker["Jobs"]?.["Action"], [
      "backup:DescribeRestoreJob",
      "backup:PutRestoreValidationResult",
    ]);
    const checker = rightsOf("it-checks");
    assert.deepEqual(Object.keys(checker), [
      "WriteOwnLog",
      "NetworkInterfaces",
      "NotFromOwnCode",
      "SeeRestored",
      "SetPassword",
    ]);
    assert.deepEqual(checker["SetPassword"], {
      Sid: "SetPassword",
      Effect: "Allow",
      Action: "rds:ModifyDBCluster",
      Resource: RESTORED[0],
    });
    const changing = Object.values({ ...worker, ...checker })
      .filter(({ Action }) => /rds:(Create|Delete|Modify)/.test(JSON.stringify(Action)))
      .flatMap(({ Resource }) => Resource as string | string[])
      .filter((arn) => /:(cluster|db):/.test(arn));
    assert.deepEqual([...new Set(changing)].sort(), RESTORED);
  });

  it("is a state machine with log, traces and key, whose role runs the two functions", () => {
    const { definition, ...inputs } = only(all, "StateMachine").inputs;
    assert.deepEqual(inputs, {
      name: "streamflix-restore-verification-prod",
      type: "STANDARD",
      roleArn: "Role/it-flow#arn",
      loggingConfiguration: {
        level: "ALL",
        includeExecutionData: true,
        logDestination: "LogGroup/it-flow#arn:*",
      },
      tracingConfiguration: { enabled: true },
      encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: "key-logs" },
    });
    const functions = ["restore-verification", "restore-checks"].map(
      (what) => `arn:aws:lambda:${PLACE}:function:streamflix-${what}-prod`,
    );
    const used = new Set(String(definition).match(/arn:aws:lambda:[^"]+/g));
    assert.deepEqual([...used], functions);
    const rights = rightsOf("it-flow");
    assert.deepEqual(Object.keys(rights), ["Run", "DeliverLog", "Trace", "UseKey"]);
    assert.deepEqual(rights["Run"]?.["Resource"], functions);
    assert.deepEqual(rights["UseKey"]?.["Condition"], {
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/streamflix-logs-prod" },
    });
  });

  it("is started by each restore of a database that is over, and keeps the events that did not get there", () => {
    assert.deepEqual(JSON.parse(String(only(all, "EventRule").inputs["eventPattern"])), {
      source: ["aws.backup"],
      "detail-type": ["Restore Job State Change"],
      detail: { status: ["COMPLETED"], resourceType: ["Aurora"] },
    });
    assert.deepEqual(only(all, "EventTarget").inputs, {
      rule: "streamflix-restore-verification-prod",
      targetId: "restore-verification",
      arn: "StateMachine/it-flow#arn",
      roleArn: "Role/it-flow-start#arn",
      deadLetterConfig: { arn: "Queue/it-failures#arn" },
      retryPolicy: { maximumRetryAttempts: 24, maximumEventAgeInSeconds: 3600 },
    });
    assert.deepEqual(rightsOf("it-flow-start"), {
      Start: { Sid: "Start", Effect: "Allow", Action: "states:StartExecution", Resource: ARN },
    });
    assert.match(JSON.stringify(only(all, "QueuePolicy").inputs["policy"]), new RegExp(RULE_ARN));
  });
});
