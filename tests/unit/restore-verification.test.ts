import assert from "node:assert/strict";

import { RestoreVerification } from "../../components/backup/restore-verification";
import { readExpectations, readMounting } from "../../functions/restore-verification/settings";
import {
  countByType,
  ofType,
  only,
  registered,
  type Registered,
  section,
  stack,
  statementsOf,
} from "./data-mocks";
import { decide, EVERYTHING } from "./iam-requests";

const PLACE = "eu-central-1:444455556666";
const ARN = `arn:aws:states:${PLACE}:stateMachine:streamflix-restore-verification-prod`;
const RULE_ARN = `arn:aws:events:${PLACE}:rule/streamflix-restore-verification-prod`;
const RESTORED = [
  `arn:aws:rds:${PLACE}:cluster:awsbackup-restore-test-*`,
  `arn:aws:rds:${PLACE}:db:awsbackup-restore-test-*`,
];

const FILES_NETWORK = { vpcId: "vpc", subnetIds: ["isolated-1", "isolated-2"] };
const FILE_SYSTEMS = `arn:aws:elasticfilesystem:${PLACE}:file-system/*`;
const ACCESS_POINTS = `arn:aws:elasticfilesystem:${PLACE}:access-point/*`;
/** What holds of what a restore test has made, and of nothing else. */
const OF_TESTS = { StringLike: { "aws:ResourceTag/awsbackup-restore-test": "*" } };

/** Tags of a file system in a request about it. */
const TAGGED = { "aws:ResourceTag/awsbackup-restore-test": "job-1" };
const OWN = { "aws:ResourceTag/project": "streamflix" };

describe("restore verification", () => {
  let all: readonly Registered[];
  before(async () => {
    const { config, ...place } = stack("prod");
    const { database, files } = section(config, "backup").restoreTests ?? {};
    assert.ok(database && files);
    all = await registered(
      () =>
        new RestoreVerification("it", {
          ...place,
          plans: [{ name: "streamflix_nightly_prod", isContinuous: false }],
          database: {
            ...database,
            network: {
              vpcId: "vpc",
              subnetIds: ["private-1", "private-2"],
              endpointsSecurityGroupId: "group-endpoints",
            },
            securityGroupId: "group-data",
          },
          files: { ...files, network: FILES_NETWORK },
          keyArns: { logs: "key-logs", messaging: "key-messaging" },
        }),
    );
  });
  const rightsOf = (name: string) => statementsOf(only(all, "RolePolicy", name).inputs["policy"]);

  it("makes exactly these resources", () => {
    assert.deepEqual(countByType(all), {
      "aws:cloudwatch/eventRule:EventRule": 1,
      "aws:cloudwatch/eventTarget:EventTarget": 1,
      "aws:cloudwatch/logGroup:LogGroup": 4,
      "aws:ec2/securityGroup:SecurityGroup": 3,
      "aws:iam/role:Role": 5,
      "aws:iam/rolePolicy:RolePolicy": 5,
      "aws:lambda/function:Function": 3,
      "aws:sfn/stateMachine:StateMachine": 1,
      "aws:sqs/queue:Queue": 1,
      "aws:sqs/queuePolicy:QueuePolicy": 1,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 3,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 3,
    });
  });

  it("gives all functions expectations that the code understands, and two of them the VPC", () => {
    const expectations = ["it", "it-checks", "it-files"].map((name) => {
      const { environment } = only(all, "Function", name).inputs;
      return readExpectations((environment as { variables: Record<string, string> }).variables);
    });
    const [expected] = expectations;
    assert.deepEqual(expected, {
      plans: [{ name: "streamflix_nightly_prod", isContinuous: false }],
      database: {
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
      },
      files: { minimumFiles: 1, newestMaximumDays: 31, ownerId: 1000, objectiveSeconds: 7200 },
    });
    assert.deepEqual(expectations.slice(1), [expected, expected]);
    assert.equal(only(all, "Function", "it").inputs["vpcConfig"], undefined);
    assert.deepEqual(only(all, "Function", "it-checks").inputs["vpcConfig"], {
      subnetIds: ["private-1", "private-2"],
      securityGroupIds: ["SecurityGroup/it-checks#id"],
    });
    assert.deepEqual(only(all, "Function", "it-files").inputs["vpcConfig"], {
      subnetIds: FILES_NETWORK.subnetIds,
      securityGroupIds: ["SecurityGroup/it-files#id"],
    });
  });

  it("tells only the function that calls AWS how files are mounted, and leaves what is mounted to it", () => {
    const variables = (name: string) =>
      (only(all, "Function", name).inputs["environment"] as { variables: Record<string, string> }).variables;
    assert.deepEqual(readMounting(variables("it")), {
      subnetIds: FILES_NETWORK.subnetIds,
      securityGroupId: "SecurityGroup/it-files-targets#id",
      functionName: "streamflix-restore-file-checks-prod",
    });
    for (const name of ["it-checks", "it-files"]) {
      assert.deepEqual(Object.keys(variables(name)), ["EXPECTATIONS"]);
    }
    assert.deepEqual(only(all, "Function", "it-files").ignoreChanges, ["fileSystemConfig"]);
    assert.deepEqual(only(all, "Function", "it-checks").ignoreChanges, []);
  });

  it("lets the function that looks into files reach their mount targets, and nothing else", () => {
    const port = { ipProtocol: "tcp", fromPort: 2049, toPort: 2049 };
    const description = "Restored files from the function that looks into them";
    const [checks, targets] = ["SecurityGroup/it-files#id", "SecurityGroup/it-files-targets#id"];
    const rules = (type: string, group: string) =>
      all
        .filter((it) => it.type.endsWith(`:${type}`) && it.inputs["securityGroupId"] === group)
        .map(({ inputs }) => inputs);
    assert.deepEqual(rules("SecurityGroupEgressRule", checks), [
      { ...port, description, securityGroupId: checks, referencedSecurityGroupId: targets },
    ]);
    assert.deepEqual(rules("SecurityGroupIngressRule", targets), [
      { ...port, description, securityGroupId: targets, referencedSecurityGroupId: checks },
    ]);
    assert.deepEqual(rules("SecurityGroupEgressRule", targets), []);
    assert.deepEqual(rules("SecurityGroupIngressRule", checks), []);
  });

  it("may change files and ways that carry the tag of restore tests, and give them to one function", () => {
    const worker = rightsOf("it");
    const fileActions = Object.values(worker).filter(({ Action }) =>
      /elasticfilesystem:(Create|Delete|Put|Update|Modify|Client)/.test(JSON.stringify(Action)),
    );
    assert.deepEqual(fileActions, [worker["MakeWaysToFiles"]]);
    assert.deepEqual(worker["MakeWaysToFiles"]?.["Resource"], [FILE_SYSTEMS, ACCESS_POINTS]);
    assert.deepEqual(worker["MakeWaysToFiles"]["Condition"], OF_TESTS);
    assert.deepEqual(worker["MarkWaysToFiles"], {
      Sid: "MarkWaysToFiles",
      Effect: "Allow",
      Action: "elasticfilesystem:TagResource",
      Resource: ACCESS_POINTS,
      Condition: { StringEquals: { "elasticfilesystem:CreateAction": "CreateAccessPoint" } },
    });
    assert.deepEqual(worker["GiveFiles"], {
      Sid: "GiveFiles",
      Effect: "Allow",
      Action: ["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"],
      Resource: `arn:aws:lambda:${PLACE}:function:streamflix-restore-file-checks-prod`,
      Condition: { Null: { "lambda:Layer": "true" } },
    });
    const checker = rightsOf("it-files");
    assert.deepEqual(Object.keys(checker), [
      "WriteOwnLog",
      "NetworkInterfaces",
      "NotFromOwnCode",
      "MountRestored",
    ]);
    assert.deepEqual(checker["MountRestored"], {
      Sid: "MountRestored",
      Effect: "Allow",
      Action: "elasticfilesystem:ClientMount",
      Resource: FILE_SYSTEMS,
      Condition: OF_TESTS,
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
      "SeeFiles",
      "MakeWaysToFiles",
      "MarkWaysToFiles",
      "MakeInterfaces",
      "SeeNetwork",
      "GiveFiles",
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

  for (const [who, action, resource, context, expected] of [
    ["it", "elasticfilesystem:DeleteFileSystem", "file-system/fs-1", TAGGED, "Allowed"],
    ["it", "elasticfilesystem:CreateMountTarget", "file-system/fs-1", TAGGED, "Allowed"],
    ["it", "elasticfilesystem:CreateAccessPoint", "file-system/fs-1", TAGGED, "Allowed"],
    ["it", "elasticfilesystem:DeleteAccessPoint", "access-point/fsap-1", TAGGED, "Allowed"],
    ["it", "elasticfilesystem:DescribeFileSystems", "file-system/fs-1", {}, "Allowed"],
    // The stack's own.
    ["it", "elasticfilesystem:DeleteFileSystem", "file-system/fs-1", OWN, "ImplicitlyDenied"],
    ["it", "elasticfilesystem:DeleteMountTarget", "file-system/fs-1", OWN, "ImplicitlyDenied"],
    ["it", "elasticfilesystem:CreateAccessPoint", "file-system/fs-1", OWN, "ImplicitlyDenied"],
    ["it", "elasticfilesystem:ClientMount", "file-system/fs-1", TAGGED, "ImplicitlyDenied"],
    // No file system becomes a test's by giving it the tag.
    ["it", "elasticfilesystem:TagResource", "file-system/fs-1", OWN, "ImplicitlyDenied"],
    ["it-files", "elasticfilesystem:ClientMount", "file-system/fs-1", TAGGED, "Allowed"],
    ["it-files", "elasticfilesystem:ClientMount", "file-system/fs-1", OWN, "ImplicitlyDenied"],
    ["it-files", "elasticfilesystem:ClientWrite", "file-system/fs-1", TAGGED, "ImplicitlyDenied"],
  ] as const) {
    it(`${who} and ${action} of ${context === OWN ? "the stack's own" : "a test's"}: ${expected}`, async () => {
      const identity = Object.values(rightsOf(who));
      const request = { action, resource: `arn:aws:elasticfilesystem:${PLACE}:${resource}`, context };
      assert.equal(
        await decide(request, { accountId: "444455556666", identity, boundary: EVERYTHING }),
        expected,
      );
    });
  }

  it("is a state machine with log, traces and key, whose role runs the three functions", () => {
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
    const functions = ["restore-verification", "restore-checks", "restore-file-checks"].map(
      (what) => `arn:aws:lambda:${PLACE}:function:streamflix-${what}-prod`,
    );
    const used = new Set(String(definition).match(/arn:aws:lambda:[^"]+/g));
    assert.deepEqual([...used].sort(), [...functions].sort());
    const rights = rightsOf("it-flow");
    assert.deepEqual(Object.keys(rights), ["Run", "DeliverLog", "Trace", "UseKey"]);
    assert.deepEqual(rights["Run"]?.["Resource"], functions);
    assert.deepEqual(rights["UseKey"]?.["Condition"], {
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/streamflix-logs-prod" },
    });
  });

  it("is started by each restore of a database or of files that is over, and keeps the events that did not get there", () => {
    assert.deepEqual(JSON.parse(String(only(all, "EventRule").inputs["eventPattern"])), {
      source: ["aws.backup"],
      "detail-type": ["Restore Job State Change"],
      detail: { status: ["COMPLETED"], resourceType: ["Aurora", "EFS"] },
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

  it("looks into files alone, or into databases alone, where nothing else is asked for", async () => {
    const { config, ...place } = stack("prod");
    const { database, files } = section(config, "backup").restoreTests ?? {};
    assert.ok(database && files);
    const common = {
      ...place,
      plans: [{ name: "streamflix_nightly_prod", isContinuous: false }],
      keyArns: { logs: "key-logs", messaging: "key-messaging" },
    };
    const network = { vpcId: "vpc", subnetIds: ["private-1"], endpointsSecurityGroupId: "group-endpoints" };
    for (const [what, args, kinds, functions] of [
      ["files", { files: { ...files, network: FILES_NETWORK } }, ["EFS"], ["it", "it-files"]],
      [
        "databases",
        { database: { ...database, network, securityGroupId: "group" } },
        ["Aurora"],
        ["it", "it-checks"],
      ],
    ] as const) {
      const some = await registered(() => new RestoreVerification("it", { ...common, ...args }));
      const rule = JSON.parse(String(only(some, "EventRule").inputs["eventPattern"])) as {
        detail: { resourceType: string[] };
      };
      assert.deepEqual(rule.detail.resourceType, kinds, what);
      const names = ofType(some, "lambda/function:Function").map(({ name }) => name);
      assert.deepEqual(names.sort(), functions, what);
      const rights = Object.keys(statementsOf(only(some, "RolePolicy", "it").inputs["policy"]));
      assert.equal(rights.includes("GiveFiles"), what === "files");
      assert.equal(rights.includes("MakeInstances"), what === "databases");
      const { definition } = only(some, "StateMachine").inputs;
      assert.equal(/"VerifyFiles":/.test(String(definition)), what === "files");
      assert.equal(/"Verify":/.test(String(definition)), what === "databases");
    }
  });
});
