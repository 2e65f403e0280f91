import assert from "node:assert/strict";
import type { StoredObject } from "../../local/account/store";
import { models } from "../../local/providers/aws/catalog";
import { awsGraph, nodeOf } from "../../tools/bench/aws-edges";
import { AWS_NEEDS } from "../../tools/bench/aws-needs";
import { object } from "./objects";

const vpc = object("aws:ec2/vpc:Vpc", "vpc-1");
const otherVpc = object("aws:ec2/vpc:Vpc", "vpc-2");
const gateway = object("aws:ec2/internetGateway:InternetGateway", "igw-1", { vpcId: "vpc-1" });
const otherGateway = object("aws:ec2/internetGateway:InternetGateway", "igw-2", { vpcId: "vpc-2" });
const subnet = object("aws:ec2/subnet:Subnet", "subnet-1", { vpcId: "vpc-1" });
const address = object("aws:ec2/eip:Eip", "eipalloc-1");
const nat = object("aws:ec2/natGateway:NatGateway", "nat-1", {
  subnetId: "subnet-1",
  allocationId: "eipalloc-1",
});
const group = object("aws:ec2/securityGroup:SecurityGroup", "sg-1", { vpcId: "vpc-1" });

function needsOf(from: StoredObject, objects: readonly StoredObject[]): string[] {
  return [...(awsGraph(objects).needs.get(nodeOf(from)) ?? [])].sort();
}

describe("bench: what AWS requires", () => {
  const everything = [vpc, otherVpc, gateway, otherGateway, subnet, address, nat, group];

  it("finds what an id names, and nothing else of its type", () => {
    assert.deepEqual(needsOf(subnet, everything), [nodeOf(vpc)]);
  });

  it("gives a NAT gateway its subnet, its address and the internet gateway of the subnet's own VPC", () => {
    assert.deepEqual(needsOf(nat, everything), [nodeOf(address), nodeOf(gateway), nodeOf(subnet)].sort());
  });

  it("reads lists of ids", () => {
    const endpoint = object("aws:ec2/vpcEndpoint:VpcEndpoint", "vpce-1", {
      vpcId: "vpc-1",
      subnetIds: ["subnet-1"],
      securityGroupIds: ["sg-1"],
    });
    assert.deepEqual(
      needsOf(endpoint, [...everything, endpoint]),
      [nodeOf(group), nodeOf(subnet), nodeOf(vpc)].sort(),
    );
  });

  it("finds keys by ARN and by key id", () => {
    const key = object("aws:kms/key:Key", "k1", {}, { arn: "arn:key/k1", keyId: "k1" });
    const logs = object("aws:cloudwatch/logGroup:LogGroup", "/logs", { kmsKeyId: "arn:key/k1" });
    const alias = object("aws:kms/alias:Alias", "alias/a", { targetKeyId: "k1" });
    assert.deepEqual(needsOf(logs, [key, logs, alias]), [nodeOf(key)]);
    assert.deepEqual(needsOf(alias, [key, logs, alias]), [nodeOf(key)]);
  });

  it("reads properties inside others, and names behind a prefix", () => {
    const role = object("aws:iam/role:Role", "worker", {}, { arn: "arn:role/worker" });
    const worker = object("aws:lambda/function:Function", "worker", {
      role: "arn:role/worker",
      vpcConfig: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] },
    });
    assert.deepEqual(
      needsOf(worker, [...everything, role, worker]),
      [nodeOf(group), nodeOf(role), nodeOf(subnet)].sort(),
    );
    const cluster = object("aws:rds/cluster:Cluster", "main");
    const target = object("aws:appautoscaling/target:Target", "cluster:main", { resourceId: "cluster:main" });
    const policy = object("aws:appautoscaling/policy:Policy", "p", { resourceId: "cluster:main" });
    assert.deepEqual(needsOf(target, [cluster, target, policy]), [nodeOf(cluster)]);
    assert.deepEqual(needsOf(policy, [cluster, target, policy]), [nodeOf(target)]);
  });

  it("makes a service wait for what its tasks are told at their start, and that for what AWS makes up", () => {
    const cache = object(
      "aws:elasticache/replicationGroup:ReplicationGroup",
      "cache",
      {},
      {
        primaryEndpointAddress: "master.cache.x1y2.example",
      },
    );
    const told = object(
      "aws:ssm/parameter:Parameter",
      "/cache/host",
      { insecureValue: "master.cache.x1y2.example" },
      { arn: "arn:parameter/cache/host" },
    );
    const untold = object("aws:ssm/parameter:Parameter", "/cache/port", { insecureValue: "6379" });
    const tasks = object(
      "aws:ecs/taskDefinition:TaskDefinition",
      "tasks",
      {
        containerDefinitions: JSON.stringify([
          { secrets: [{ name: "HOST", valueFrom: "arn:parameter/cache/host" }] },
          { name: "without" },
        ]),
      },
      { arn: "arn:task/tasks:1" },
    );
    const service = object("aws:ecs/service:Service", "service", { taskDefinition: "arn:task/tasks:1" });
    const objects = [cache, told, untold, tasks, service];
    assert.deepEqual(needsOf(service, objects), [nodeOf(tasks), nodeOf(told)].sort());
    assert.deepEqual(needsOf(told, objects), [nodeOf(cache)]);
    assert.deepEqual(needsOf(untold, objects), []);
  });

  it("doesn't make a rule to a prefix list wait for the endpoint: the list is AWS's own", () => {
    const endpoint = object("aws:ec2/vpcEndpoint:VpcEndpoint", "vpce-1", {}, { prefixListId: "pl-1" });
    const rule = object("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "sgr-1", {
      securityGroupId: "sg-1",
      prefixListId: "pl-1",
    });
    assert.deepEqual(needsOf(rule, [...everything, endpoint, rule]), [nodeOf(group)]);
  });

  it("keeps the reason of each need", () => {
    assert.equal(
      awsGraph(everything).reasons.get(nodeOf(subnet))?.get(nodeOf(vpc)),
      "CreateSubnet takes VpcId",
    );
  });

  it("names the types it knows nothing of", () => {
    const strange = object("aws:example/thing:Thing", "thing-1");
    assert.deepEqual(awsGraph([...everything, strange]).unlistedTypes, ["aws:example/thing:Thing"]);
  });

  it("lists every type that the simulation can make, and no other", () => {
    // A type that is missing here would lower the bound in silence: add it to aws-needs.ts, from AWS's API reference.
    assert.deepEqual(Object.keys(AWS_NEEDS).sort(), [...models.keys()].sort());
  });

  it("gives every need a reason and types that are listed", () => {
    const needs = Object.values(AWS_NEEDS).flat();
    assert.equal(needs.length, 196);
    for (const { reason, types, through } of needs) {
      assert.ok(reason.length > 10, reason);
      for (const type of [...types, ...(through?.types ?? [])]) assert.ok(type in AWS_NEEDS, type);
    }
  });
});
