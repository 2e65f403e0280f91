import assert from "node:assert/strict";

import * as pulumi from "@pulumi/pulumi";

import type { Cache } from "../../components/cache";
import type { Database } from "../../components/database";
import { GameDays, type GameDaysArgs } from "../../components/game-days";
import type { Service } from "../../components/service";
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

const PLACE = "eu-central-1:111122223333";
const CLUSTER = `arn:aws:rds:${PLACE}:cluster:streamflix-database-dev`;
const GROUP = `arn:aws:elasticache:${PLACE}:replicationgroup:streamflix-cache-dev`;
const TASKS = `arn:aws:ecs:${PLACE}:task/streamflix-services-dev/*`;
const TAGS = { project: "streamflix", environment: "dev" };

/** A component that stands for one of the stack's, with the outputs that game days read. */
class Part extends pulumi.ComponentResource {
  constructor(name: string, outputs: Readonly<Record<string, unknown>>) {
    super("streamflix:unit:Part", name);
    Object.assign(this, outputs);
  }
}

function gameDays(
  name: "dev" | "prod" = "dev",
  changes: Readonly<Record<string, unknown>> = {},
  more: Partial<GameDaysArgs> = {},
): Promise<readonly Registered[]> {
  const { config, ...place } = stack(name, changes);
  const tier = (what: string) => pulumi.output(["a", "b", "c"].map((zone) => `${what}-${zone}`));
  return registered(
    () =>
      new GameDays("game-days", {
        ...place,
        zone: section(config, "gameDays").zone,
        network: {
          publicSubnetIds: tier("public"),
          privateSubnetIds: tier("private"),
          isolatedSubnetIds: tier("isolated"),
        },
        database: new Part("database", { clusterArn: CLUSTER }) as unknown as Database,
        cache: new Part("cache", {
          arn: GROUP,
          replicationGroupId: "streamflix-cache-dev",
        }) as unknown as Cache,
        service: new Part("service", {}) as unknown as Service,
        usesSpot: true,
        tags: TAGS,
        stopAlarmArns: ["alarm-availability", "alarm-latency"],
        logsKeyArn: "key-logs",
        ...more,
      }),
  );
}

const EXPERIMENTS = ["cache-power", "database-failover", "spot-interruption", "task-kill", "zone-network"];

describe("GameDays", () => {
  let all: readonly Registered[];
  before(async () => {
    all = await gameDays();
  });

  const template = (what: string) => only(all, "ExperimentTemplate", `game-days-${what}`).inputs;
  const actionOf = (what: string) => (template(what)["actions"] as Readonly<Record<string, unknown>>[])[0];
  const targetOf = (what: string) => (template(what)["targets"] as Readonly<Record<string, unknown>>[])[0];
  const rightsOf = (what: string) => {
    const { WriteLog: log, ...own } = statementsOf(
      only(all, "RolePolicy", `game-days-${what}`).inputs["policy"],
    );
    assert.ok(log, `${what} writes no log`);
    return own;
  };

  it("registers exactly these resources", () => {
    assert.deepEqual(countByType(all), {
      "aws:cloudwatch/logGroup:LogGroup": 1,
      "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": 1,
      "aws:fis/experimentTemplate:ExperimentTemplate": 5,
      "aws:iam/role:Role": 5,
      "aws:iam/rolePolicy:RolePolicy": 5,
    });
    const names = ofType(all, "ExperimentTemplate").map((it) => it.name);
    assert.deepEqual(
      names,
      EXPERIMENTS.map((it) => `game-days-${it}`),
    );
  });

  it("gives every experiment a role of its own, both alarms as its end, a log, and a target or none of it", () => {
    for (const what of EXPERIMENTS) {
      const { roleArn, stopConditions, experimentOptions, logConfiguration, tags } = template(what);
      assert.equal(roleArn, `Role/game-days-${what}#arn`);
      assert.deepEqual(stopConditions, [
        { source: "aws:cloudwatch:alarm", value: "alarm-availability" },
        { source: "aws:cloudwatch:alarm", value: "alarm-latency" },
      ]);
      assert.deepEqual(experimentOptions, {
        accountTargeting: "single-account",
        emptyTargetResolutionMode: "fail",
      });
      assert.deepEqual(logConfiguration, {
        logSchemaVersion: 2,
        cloudwatchLogsConfiguration: { logGroupArn: "LogGroup/game-days#arn:*" },
      });
      assert.deepEqual(tags, { Name: `streamflix-${what}-dev` });
    }
  });

  it("lets the service alone take the roles, for experiments of this account and region", () => {
    for (const what of EXPERIMENTS) {
      const { assumeRolePolicy } = only(all, "Role", `game-days-${what}`).inputs;
      assert.deepEqual(Object.values(statementsOf(assumeRolePolicy)), [
        {
          Effect: "Allow",
          Principal: { Service: "fis.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: {
            StringEquals: { "aws:SourceAccount": "111122223333" },
            ArnLike: { "aws:SourceArn": `arn:aws:fis:${PLACE}:experiment/*` },
          },
        },
      ]);
    }
  });

  it("keeps an encrypted log, into which the delivery service may write", () => {
    assert.deepEqual(only(all, "LogGroup").inputs, {
      name: "/streamflix/dev/game-days",
      retentionInDays: 7,
      kmsKeyId: "key-logs",
      tags: { "data-classification": "internal", "retention-class": "operational" },
    });
    const { policyDocument } = only(all, "LogResourcePolicy").inputs;
    assert.deepEqual(statementsOf(policyDocument)["DeliverExperimentLogs"], {
      Sid: "DeliverExperimentLogs",
      Effect: "Allow",
      Principal: { Service: "delivery.logs.amazonaws.com" },
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `arn:aws:logs:${PLACE}:log-group:/streamflix/dev/game-days:*`,
      Condition: {
        StringEquals: { "aws:SourceAccount": "111122223333" },
        ArnLike: { "aws:SourceArn": `arn:aws:logs:${PLACE}:*` },
      },
    });
  });

  it("fails the database over, and may do that to no other cluster", () => {
    assert.deepEqual(actionOf("database-failover"), {
      name: "database-failover",
      actionId: "aws:rds:failover-db-cluster",
      target: { key: "Clusters", value: "target" },
    });
    assert.deepEqual(targetOf("database-failover"), {
      name: "target",
      resourceType: "aws:rds:cluster",
      selectionMode: "ALL",
      resourceArns: [CLUSTER],
    });
    assert.deepEqual(rightsOf("database-failover"), {
      FailOver: {
        Sid: "FailOver",
        Effect: "Allow",
        Action: ["rds:DescribeDBClusters", "rds:FailoverDBCluster"],
        Resource: CLUSTER,
      },
    });
    assert.deepEqual(only(all, "RolePolicy", "game-days-database-failover").dependsOn, ["Part database"]);
  });

  it("cuts off the subnets of all tiers of one zone, with access lists of its own only", () => {
    assert.deepEqual(actionOf("zone-network"), {
      name: "zone-network",
      actionId: "aws:network:disrupt-connectivity",
      parameters: [
        { key: "duration", value: "PT15M" },
        { key: "scope", value: "all" },
      ],
      target: { key: "Subnets", value: "target" },
    });
    const subnet = (id: string) => `arn:aws:ec2:${PLACE}:subnet/${id}`;
    assert.deepEqual(targetOf("zone-network"), {
      name: "target",
      resourceType: "aws:ec2:subnet",
      selectionMode: "ALL",
      resourceArns: ["public-b", "private-b", "isolated-b"].map(subnet),
    });
    const rights = rightsOf("zone-network");
    assert.deepEqual(Object.keys(rights), [
      "LookAtNetwork",
      "MakeAccessLists",
      "MakeAccessListsInNetwork",
      "TagAccessLists",
      "FillAndDeleteAccessLists",
      "SwapAccessLists",
      "ReadPrefixLists",
    ]);
    const own = { StringEquals: { "ec2:ResourceTag/managedByFIS": "true" } };
    assert.deepEqual(rights["FillAndDeleteAccessLists"]?.["Condition"], own);
    assert.deepEqual(rights["MakeAccessLists"]?.["Condition"], {
      StringEquals: { "aws:RequestTag/managedByFIS": "true" },
    });
  });

  it("takes the power from the cache's node in the zone", () => {
    assert.deepEqual(actionOf("cache-power"), {
      name: "cache-power",
      actionId: "aws:elasticache:replicationgroup-interrupt-az-power",
      parameters: [{ key: "duration", value: "PT15M" }],
      target: { key: "ReplicationGroups", value: "target" },
    });
    assert.deepEqual(targetOf("cache-power"), {
      name: "target",
      resourceType: "aws:elasticache:replicationgroup",
      selectionMode: "ALL",
      resourceArns: [GROUP],
      parameters: { availabilityZoneIdentifier: "eu-central-1b" },
    });
    assert.deepEqual(rightsOf("cache-power")["InterruptPower"]?.["Resource"], GROUP);
  });

  it("stops one task, or all on Spot, of this service only", () => {
    const found = {
      name: "target",
      resourceType: "aws:ecs:task",
      resourceTags: [
        { key: "project", value: "streamflix" },
        { key: "environment", value: "dev" },
      ],
      parameters: { cluster: "streamflix-services-dev", service: "streamflix-service-dev" },
    };
    assert.deepEqual(targetOf("task-kill"), { ...found, selectionMode: "COUNT(1)" });
    assert.deepEqual(targetOf("spot-interruption"), {
      ...found,
      selectionMode: "ALL",
      filters: [{ path: "capacityProviderName", values: ["FARGATE_SPOT"] }],
    });
    for (const what of ["task-kill", "spot-interruption"]) {
      assert.equal(actionOf(what)?.["actionId"], "aws:ecs:stop-task");
      assert.deepEqual(rightsOf(what)["StopTasks"], {
        Sid: "StopTasks",
        Effect: "Allow",
        Action: ["ecs:DescribeTasks", "ecs:StopTask"],
        Resource: TASKS,
      });
    }
  });

  it("tries only what the stack has", async () => {
    const bare = await gameDays("dev", {}, { database: undefined, cache: undefined, service: undefined });
    assert.deepEqual(
      ofType(bare, "ExperimentTemplate").map((it) => it.name),
      ["game-days-zone-network"],
    );
    const onDemand = await gameDays("dev", {}, { usesSpot: false });
    assert.equal(ofType(onDemand, "ExperimentTemplate").length, 4);
  });

  it("is built in prod where somebody meant it", async () => {
    const wanted = { "streamflix:gameDays": { zone: "eu-central-1a", allowInProd: true } };
    const made = await gameDays("prod", wanted);
    assert.equal(ofType(made, "ExperimentTemplate").length, 5);
    const [target] = only(made, "ExperimentTemplate", "game-days-zone-network").inputs["targets"] as {
      resourceArns: string[];
    }[];
    assert.equal(target?.resourceArns[0], "arn:aws:ec2:eu-central-1:444455556666:subnet/public-a");
  });
});
