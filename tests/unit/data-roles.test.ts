import assert from "node:assert/strict";

import { parseEvent } from "../../functions/database-roles/event";
import { ofType, only, type Registered, statementsOf } from "./data-mocks";
import { database } from "./data-stack";

describe("function that makes the roles of the database", () => {
  let all: readonly Registered[];
  before(async () => {
    all = await database("dev");
  });

  it("runs in the private subnets with a log of its own", () => {
    const { inputs, dependsOn } = only(all, "Function");
    const { code, ...rest } = inputs;
    assert.ok(code);
    assert.deepEqual(rest, {
      name: "streamflix-database-roles-dev",
      description: "Makes roles and runs migrations in the database",
      role: "Role/database-roles#arn",
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      timeout: 300,
      memorySize: 256,
      vpcConfig: {
        subnetIds: ["private-1", "private-2"],
        securityGroupIds: ["SecurityGroup/database-roles#id"],
      },
      loggingConfig: { logFormat: "JSON", logGroup: "/streamflix/dev/database-roles" },
    });
    assert.deepEqual(dependsOn.slice().sort(), [
      "RolePolicy database-roles",
      "SecurityGroupEgressRule database-roles-database",
      "SecurityGroupEgressRule database-roles-endpoints",
      "SecurityGroupIngressRule database-roles-database",
      "SecurityGroupIngressRule database-roles-endpoints",
    ]);
  });

  it("reaches the database and the endpoints, and nothing else", () => {
    const ways = (type: string, [from, to]: readonly [string, string]) =>
      ofType(all, type).map(({ inputs }) => [
        inputs[from],
        inputs[to],
        inputs["ipProtocol"],
        inputs["fromPort"],
        inputs["toPort"],
      ]);
    const expected = [
      ["SecurityGroup/database-roles#id", "group-data", "tcp", 5432, 5432],
      ["SecurityGroup/database-roles#id", "group-endpoints", "tcp", 443, 443],
    ];
    const [own, other] = ["securityGroupId", "referencedSecurityGroupId"] as const;
    assert.deepEqual(ways("SecurityGroupEgressRule", [own, other]), expected);
    assert.deepEqual(ways("SecurityGroupIngressRule", [other, own]), expected);
  });

  it("may read two secrets, write its log and nothing else", () => {
    const { policy } = only(all, "RolePolicy", "database-roles").inputs;
    const { WriteOwnLog, NetworkInterfaces, NotFromOwnCode, ReadSecrets, UseSecretsKey, ...rest } =
      statementsOf(policy);
    assert.deepEqual(rest, {});
    assert.deepEqual(WriteOwnLog?.["Action"], ["logs:CreateLogStream", "logs:PutLogEvents"]);
    assert.equal(
      WriteOwnLog["Resource"],
      "arn:aws:logs:eu-central-1:111122223333:log-group:/streamflix/dev/database-roles:*",
    );
    assert.deepEqual(NotFromOwnCode?.["Action"], NetworkInterfaces?.["Action"]);
    assert.deepEqual(
      [NotFromOwnCode?.["Effect"], NotFromOwnCode?.["Condition"]],
      [
        "Deny",
        {
          ArnEquals: {
            "lambda:SourceFunctionArn":
              "arn:aws:lambda:eu-central-1:111122223333:function:streamflix-database-roles-dev",
          },
        },
      ],
    );
    assert.deepEqual(ReadSecrets?.["Action"], [
      "secretsmanager:DescribeSecret",
      "secretsmanager:GetSecretValue",
    ]);
    assert.deepEqual(ReadSecrets["Resource"], [
      "arn:aws:secretsmanager:eu-central-1:111122223333:secret:streamflix/dev/database/master-*",
      "arn:aws:secretsmanager:eu-central-1:111122223333:secret:streamflix/dev/database/service-*",
    ]);
    assert.deepEqual(UseSecretsKey?.["Condition"], {
      StringEquals: { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" },
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/streamflix-secrets-dev" },
    });
    assert.deepEqual(UseSecretsKey["Action"], ["kms:Decrypt"]);
  });

  it("is invoked once there is an instance, with an event that it understands", () => {
    const { inputs, dependsOn } = only(all, "Invocation");
    assert.deepEqual(dependsOn, ["VpcFunction database-roles", "ClusterInstance database-1"]);
    assert.equal(inputs["functionName"], "streamflix-database-roles-dev");
    const event = JSON.parse(String(inputs["input"])) as Record<string, unknown>;
    assert.deepEqual(inputs["triggers"], { code: event["version"] });
    assert.match(String(event["version"]), /^[0-9a-f]{64}$/);
    // What the mocks make up is no host and no ARN.
    const made = {
      cluster: { host: "Cluster/database#endpoint", port: 5432, database: "streamflix" },
      masterSecretArn: "SecretVersion/database-secrets-master#secretArn",
    };
    assert.deepEqual([event["cluster"], event["masterSecretArn"]], [made.cluster, made.masterSecretArn]);
    const arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:it";
    const spec = parseEvent({
      ...event,
      cluster: { ...made.cluster, host: "database.example.org" },
      masterSecretArn: arn,
      applications: [{ users: ["streamflix_service_a", "streamflix_service_b"], secretArn: arn }],
    });
    assert.deepEqual(
      [spec.ownerRole, spec.readerRole, spec.schemas, spec.verifier, spec.iamUsers, spec.extensions],
      [
        "streamflix_owner",
        "streamflix_reader",
        ["streamflix"],
        { user: "streamflix_verifier" },
        [
          { user: "streamflix_operator", access: "owner" },
          { user: "streamflix_retention", access: "granted" },
        ],
        ["pg_stat_statements", "pgaudit"],
      ],
    );
  });
});

describe("break-glass access to the database", () => {
  let all: readonly Registered[];
  before(async () => {
    all = await database("dev", {}, { ecsClusterName: "streamflix-dev" });
  });

  it("is for people with a fresh second factor, for an hour", () => {
    const { assumeRolePolicy, maxSessionDuration } = only(all, "Role", "database-break-glass").inputs;
    assert.equal(maxSessionDuration, 3600);
    assert.deepEqual(statementsOf(assumeRolePolicy)["0"], {
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::111122223333:root" },
      Action: "sts:AssumeRole",
      Condition: {
        Bool: { "aws:MultiFactorAuthPresent": "true" },
        NumericLessThan: { "aws:MultiFactorAuthAge": "900" },
      },
    });
  });

  it("opens a tunnel to the writer only, through the tasks of one cluster", () => {
    const { content, documentType, name } = only(all, "Document").inputs;
    assert.deepEqual([name, documentType], ["streamflix-database-tunnel-dev", "Session"]);
    const document = JSON.parse(String(content)) as Record<string, unknown>;
    assert.equal(document["sessionType"], "Port");
    assert.deepEqual(document["properties"], {
      type: "LocalPortForwarding",
      host: "Cluster/database#endpoint",
      portNumber: "5432",
      localPortNumber: "{{ localPortNumber }}",
    });
    const { OpenTunnel, EndOwnSessions, ...rest } = statementsOf(
      only(all, "RolePolicy", "database-break-glass-tunnel").inputs["policy"],
    );
    assert.deepEqual(rest, {});
    assert.deepEqual(
      [OpenTunnel?.["Action"], OpenTunnel?.["Resource"]],
      [
        "ssm:StartSession",
        [
          "arn:aws:ssm:eu-central-1:111122223333:document/streamflix-database-tunnel-dev",
          "arn:aws:ecs:eu-central-1:111122223333:task/streamflix-dev/*",
        ],
      ],
    );
    assert.equal(
      EndOwnSessions?.["Resource"],
      "arn:aws:ssm:eu-central-1:111122223333:session/${aws:userid}-*",
    );
  });

  it("reaches no task without a cluster to go through", async () => {
    const { policy } = only(await database("dev"), "RolePolicy", "database-break-glass-tunnel").inputs;
    assert.deepEqual(statementsOf(policy)["OpenTunnel"]?.["Resource"], [
      "arn:aws:ssm:eu-central-1:111122223333:document/streamflix-database-tunnel-dev",
    ]);
  });

  it("signs in as one user, with IAM", () => {
    const { policy } = only(all, "RolePolicy", "database-break-glass-sign-in").inputs;
    assert.deepEqual(statementsOf(policy), {
      "0": {
        Effect: "Allow",
        Action: "rds-db:connect",
        Resource:
          "arn:aws:rds-db:eu-central-1:111122223333:dbuser:Cluster/database#clusterResourceId/streamflix_operator",
      },
    });
  });

  it("raises an alarm on every sign-in", () => {
    const filter = only(all, "LogMetricFilter").inputs;
    assert.deepEqual(
      [filter["logGroupName"], filter["pattern"]],
      [
        "/aws/rds/cluster/streamflix-database-dev/postgresql",
        '"connection authorized" "user=streamflix_operator "',
      ],
    );
    const alarm = only(all, "MetricAlarm").inputs;
    const metric = filter["metricTransformation"] as Record<string, unknown>;
    assert.deepEqual([alarm["namespace"], alarm["metricName"]], [metric["namespace"], metric["name"]]);
    assert.deepEqual([metric["value"], metric["defaultValue"]], ["1", "0"]);
    assert.deepEqual(
      [alarm["statistic"], alarm["comparisonOperator"], alarm["threshold"], alarm["treatMissingData"]],
      ["Sum", "GreaterThanOrEqualToThreshold", 1, "notBreaching"],
    );
    assert.deepEqual(alarm["alarmActions"], ["topic"]);
  });

  it("has an alarm without alerts, too", async () => {
    const quiet = await database("dev", {}, { alertTopics: undefined });
    assert.deepEqual(only(quiet, "MetricAlarm").inputs["alarmActions"], []);
  });
});
