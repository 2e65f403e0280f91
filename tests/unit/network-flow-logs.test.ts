import assert from "node:assert/strict";

import type { Registration } from "./mocks";
import { network, networkWithoutFlowLogs } from "./network-stack";
import { countByType, only } from "./registrations";

describe("FlowLogs", () => {
  let registrations: readonly Registration[];
  before(async () => {
    registrations = await network();
  });

  it("writes to an encrypted log group that forgets", () => {
    assert.deepEqual(only(registrations, "LogGroup").inputs, {
      name: "/streamflix/unit/vpc-flow-logs",
      retentionInDays: 30,
      kmsKeyId: "logs-key-arn",
      tags: { "data-classification": "personal", "retention-class": "access-log" },
    });
  });

  it("uses a role that only this account's flow logs can assume", () => {
    assert.deepEqual(only(registrations, "Role").inputs, {
      namePrefix: "streamflix-flow-logs-unit-",
      description: "Lets VPC flow logs write to their own log group",
      assumeRolePolicy: {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "vpc-flow-logs.amazonaws.com" },
            Action: "sts:AssumeRole",
            Condition: {
              StringEquals: { "aws:SourceAccount": "111122223333" },
              ArnLike: { "aws:SourceArn": "arn:aws:ec2:eu-central-1:111122223333:vpc-flow-log/*" },
            },
          },
        ],
      },
    });
  });

  it("lets the role write to its own log group only, once there is one", () => {
    const { inputs, dependsOn } = only(registrations, "RolePolicy");
    assert.deepEqual(inputs, {
      name: "write-flow-logs",
      role: "Role/network-flow-logs#id",
      policy: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "WriteRecords",
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            Resource: "arn:aws:logs:eu-central-1:111122223333:log-group:/streamflix/unit/vpc-flow-logs:*",
          },
          {
            Sid: "FindLogGroup",
            Effect: "Allow",
            Action: "logs:DescribeLogGroups",
            Resource: "arn:aws:logs:eu-central-1:111122223333:log-group:*",
          },
        ],
      },
    });
    assert.deepEqual(dependsOn, ["LogGroup network-flow-logs"]);
  });

  it("records all traffic by the minute, once the role may write", () => {
    const { inputs, dependsOn } = only(registrations, "FlowLog");
    assert.deepEqual(inputs, {
      vpcId: "vpc",
      trafficType: "ALL",
      maxAggregationInterval: 60,
      logDestinationType: "cloud-watch-logs",
      logDestination: "LogGroup/network-flow-logs#arn",
      iamRoleArn: "Role/network-flow-logs#arn",
      tags: {
        "data-classification": "personal",
        "retention-class": "access-log",
        Name: "streamflix-flow-logs-unit",
      },
    });
    assert.deepEqual(dependsOn, ["RolePolicy network-flow-logs"]);
  });

  it("is absent with its section, and takes nothing else away", async () => {
    const parts = [
      "cloudwatch/logGroup:LogGroup",
      "ec2/flowLog:FlowLog",
      "iam/role:Role",
      "iam/rolePolicy:RolePolicy",
    ];
    const flowLogTypes = [...parts.map((it) => `aws:${it}`), "streamflix:network:FlowLogs"];
    const all = Object.entries(countByType(await network()));
    assert.deepEqual(
      countByType(await networkWithoutFlowLogs()),
      Object.fromEntries(all.filter(([type]) => !flowLogTypes.includes(type))),
    );
  });
});
