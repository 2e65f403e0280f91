import assert from "node:assert/strict";

import type { Props } from "../../local/account/store";
import {
  ACCOUNT,
  DataAccount,
  document,
  type Made,
  NOTHING,
  refusal,
  REGION,
  T,
} from "./data-models-account";

const TEMPLATE = "aws:fis/experimentTemplate:ExperimentTemplate";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/fis`;
const ALARM = `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:burn`;
const GROUP = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/game-days`;
const LOG_RIGHTS = ["logs:CreateLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies"];
const NETWORK_RIGHTS = [
  "ec2:CreateNetworkAcl",
  "ec2:CreateNetworkAclEntry",
  "ec2:CreateTags",
  "ec2:DeleteNetworkAcl",
  "ec2:DescribeManagedPrefixLists",
  "ec2:DescribeNetworkAcls",
  "ec2:DescribeSubnets",
  "ec2:DescribeVpcs",
  "ec2:ReplaceNetworkAclAssociation",
];

interface Choice {
  readonly trusted?: string;
  /** Rights of the role besides those on its log. */
  readonly rights?: readonly string[];
  readonly delivery?: string;
  readonly inputs?: Props;
}

const stopCluster: Props = {
  name: "failover",
  actionId: "aws:rds:failover-db-cluster",
  target: { key: "Clusters", value: "target" },
};
const cutSubnet = (parameters: Readonly<Record<string, string>>): Props => ({
  name: "cut",
  actionId: "aws:network:disrupt-connectivity",
  parameters: Object.entries(parameters).map(([key, value]) => ({ key, value })),
  target: { key: "Subnets", value: "target" },
});
const byArn = (arn: string, resourceType = "aws:rds:cluster", more: Props = {}): Props => ({
  name: "target",
  resourceType,
  resourceArns: [arn],
  selectionMode: "ALL",
  ...more,
});

/** A template that fails a cluster over, with all that it needs, in some of it changed. */
async function template(data: DataAccount, choice: Choice = {}): Promise<Made> {
  const { trusted = "fis.amazonaws.com", delivery = "delivery.logs.amazonaws.com", inputs } = choice;
  const rights = choice.rights ?? ["rds:DescribeDBClusters", "rds:FailoverDBCluster"];
  const cluster = await data.cluster();
  const role = await data.role(trusted, "fis");
  const policy = document(
    ...[...rights, ...LOG_RIGHTS].map((Action) => ({ Effect: "Allow", Action, Resource: "*" })),
  );
  await data.make(T.RolePolicy, { name: "fis", role: "fis", policy });
  await data.make(T.MetricAlarm, {
    name: "burn",
    comparisonOperator: "GreaterThanThreshold",
    evaluationPeriods: 1,
    threshold: 1,
    namespace: "AWS/ApiGateway",
    metricName: "5XXError",
    statistic: "Sum",
    period: 60,
    dimensions: { ApiName: "api", Stage: "v1" },
  });
  await data.make(T.LogGroup, { name: "/game-days" });
  await data.make("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", {
    policyName: "game-days",
    policyDocument: document({
      Effect: "Allow",
      Principal: { Service: delivery },
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${GROUP}:*`,
    }),
  });
  return data.make(TEMPLATE, {
    description: "The writer fails",
    roleArn: role,
    actions: [stopCluster],
    targets: [byArn(String(cluster.outputs["arn"]))],
    stopConditions: [{ source: "aws:cloudwatch:alarm", value: ALARM }],
    logConfiguration: { logSchemaVersion: 2, cloudwatchLogsConfiguration: { logGroupArn: `${GROUP}:*` } },
    ...inputs,
  });
}

async function subnetTemplate(data: DataAccount, action: Props, rights = NETWORK_RIGHTS): Promise<Made> {
  const { subnetIds } = await data.network();
  const arn = `arn:aws:ec2:${REGION}:${ACCOUNT}:subnet/${subnetIds[0] ?? ""}`;
  return template(data, { rights, inputs: { actions: [action], targets: [byArn(arn, "aws:ec2:subnet")] } });
}

const invalid = (problem: string) => `ValidationException: ${problem}`;
const CLUSTER = `arn:aws:rds:${REGION}:${ACCOUNT}:cluster:main`;

const CASES: readonly (readonly [string, string, (data: DataAccount) => Promise<unknown>])[] = [
  [
    "an end of another kind",
    "stopConditions[0].source: expected one of aws:cloudwatch:alarm, none, got aws:events",
    (data) => template(data, { inputs: { stopConditions: [{ source: "aws:events" }] } }),
  ],
  [
    "no word about the end",
    invalid("A template has to have a stop condition, or say none."),
    (data) => template(data, { inputs: { stopConditions: [] } }),
  ],
  [
    "an alarm that is not there",
    `MetricAlarm or CompositeAlarm.NotFound: MetricAlarm or CompositeAlarm "${ALARM}s" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) =>
      template(data, {
        inputs: { stopConditions: [{ source: "aws:cloudwatch:alarm", value: `${ALARM}s` }] },
      }),
  ],
  [
    "a choice by a word",
    'targets[0].selectionMode: expected ALL, COUNT(number) or PERCENT(number), got "SOME"',
    (data) =>
      template(data, { inputs: { targets: [byArn(CLUSTER, "aws:rds:cluster", { selectionMode: "SOME" })] } }),
  ],
  [
    "six things by their ARNs",
    "targets[0].resourceArns: expected no more than 5 items",
    (data) =>
      template(data, {
        inputs: { targets: [byArn(CLUSTER, "aws:rds:cluster", { resourceArns: Array(6).fill(CLUSTER) })] },
      }),
  ],
  [
    "a target by ARNs and tags",
    invalid("Target target has both resource ARNs and tags."),
    (data) =>
      template(data, {
        inputs: {
          targets: [byArn(CLUSTER, "aws:rds:cluster", { resourceTags: [{ key: "a", value: "b" }] })],
        },
      }),
  ],
  [
    "a target by ARNs and filters",
    invalid("Target target has both resource ARNs and filters."),
    (data) =>
      template(data, {
        inputs: { targets: [byArn(CLUSTER, "aws:rds:cluster", { filters: [{ path: "a", values: ["b"] }] })] },
      }),
  ],
  [
    "a target of nothing",
    invalid("Target target has neither resource ARNs nor tags."),
    (data) =>
      template(data, {
        inputs: { targets: [byArn(CLUSTER, "aws:rds:cluster", { resourceArns: undefined })] },
      }),
  ],
  [
    "a cluster that is not there",
    `Cluster or Subnet or ReplicationGroup.NotFound: Cluster or Subnet or ReplicationGroup "${CLUSTER}-2" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => template(data, { inputs: { targets: [byArn(`${CLUSTER}-2`)] } }),
  ],
  [
    "an action that nobody knows",
    invalid("Action aws:rds:drop-database does not exist, or is not known to the simulation."),
    (data) =>
      template(data, { inputs: { actions: [{ ...stopCluster, actionId: "aws:rds:drop-database" }] } }),
  ],
  [
    "an action on a target without a name",
    invalid("Action aws:rds:failover-db-cluster has no target."),
    (data) =>
      template(data, {
        inputs: { actions: [{ ...stopCluster, target: { key: "Clusters", value: "other" } }] },
      }),
  ],
  [
    "an action on a target of another type",
    invalid("Action aws:rds:failover-db-cluster takes a target Clusters of type aws:rds:cluster."),
    (data) => template(data, { inputs: { targets: [byArn(CLUSTER, "aws:rds:db")] } }),
  ],
  [
    "a cut without a scope",
    invalid("Action aws:network:disrupt-connectivity lacks the parameter scope."),
    (data) => subnetTemplate(data, cutSubnet({ duration: "PT5M" })),
  ],
  [
    "a cut for thirteen hours",
    invalid("Invalid duration: PT13H"),
    (data) => subnetTemplate(data, cutSubnet({ duration: "PT13H", scope: "all" })),
  ],
  [
    "a cut by a role that can't take it back",
    `AccessDeniedException: ${ROLE} may not ec2:DeleteNetworkAcl`,
    (data) =>
      subnetTemplate(
        data,
        cutSubnet({ duration: "PT5M", scope: "all" }),
        NETWORK_RIGHTS.filter((it) => it !== "ec2:DeleteNetworkAcl"),
      ),
  ],
  [
    "a cache without a zone",
    invalid("Target target lacks the parameter availabilityZoneIdentifier."),
    async (data) => {
      const { outputs } = await data.cache();
      await template(data, {
        inputs: { targets: [byArn(String(outputs["arn"]), "aws:elasticache:replicationgroup")] },
      });
    },
  ],
  [
    "a role that the service can't take",
    `AccessDenied: fis.amazonaws.com may not assume ${ROLE}: its trust policy does not name it`,
    (data) => template(data, { trusted: "rds.amazonaws.com" }),
  ],
  [
    "a role without the right",
    `AccessDeniedException: ${ROLE} may not rds:FailoverDBCluster on ${CLUSTER}`,
    (data) => template(data, { rights: ["rds:DescribeDBClusters"] }),
  ],
  [
    "a log group by its bare ARN",
    invalid(`The ARN of a log group has to end in ":*": ${GROUP}`),
    (data) =>
      template(data, {
        inputs: {
          logConfiguration: { logSchemaVersion: 2, cloudwatchLogsConfiguration: { logGroupArn: GROUP } },
        },
      }),
  ],
  [
    "a log that the delivery service may not write",
    `AccessDeniedException: The log delivery service may not write to ${GROUP}.`,
    (data) => template(data, { delivery: "es.amazonaws.com" }),
  ],
];

describe("models: fault injection", () => {
  for (const [what, answer, attempt] of CASES) {
    it(`refuse ${what}`, async () => {
      assert.equal(await refusal(() => attempt(new DataAccount())), answer);
    });
  }

  it("take what is right", async () => {
    const made = await template(new DataAccount());
    assert.match(made.id, /^EXT[0-9a-f]{14}$/);
    const cut = cutSubnet({ duration: "PT15M", scope: "all" });
    assert.equal(await refusal(() => subnetTemplate(new DataAccount(), cut)), NOTHING);
  });

  it("make a template anew when its tags change, and change the rest in place", async () => {
    const data = new DataAccount();
    const { outputs, inputs } = await template(data, { inputs: { tags: { Name: "one" } } });
    const changes = (to: Props) => data.replaces(TEMPLATE, outputs, { ...inputs, ...to });
    assert.deepEqual(changes({ tags: { Name: "two" } }), ["tags.Name"]);
    assert.deepEqual(changes({ description: "Another", stopConditions: [{ source: "none" }] }), []);
  });
});
