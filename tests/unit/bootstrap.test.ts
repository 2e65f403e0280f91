import assert from "node:assert/strict";
import { createRequire } from "node:module";

import * as pulumi from "@pulumi/pulumi";

import { SERVICE_LINKED_ROLES } from "../../bootstrap/facts";
import { asEngineGives, set, stackFile } from "../config/helpers";
import { made, record, type Recording } from "./mocks";
import { countByType, ofType, only, statementsOf } from "./registrations";

const load = createRequire(__filename);

/** Runs the program as the engine would, with a shipped account, changed. */
function runBootstrap(
  stack: "dev" | "prod",
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Recording<unknown>> {
  const config = stackFile(stack, "bootstrap");
  for (const [path, value] of Object.entries(changes)) set(config, path, value);
  return record(() => {
    pulumi.runtime.setAllConfig(asEngineGives(config));
    // A module runs once a process; each stack needs a run of its own.
    Reflect.deleteProperty(load.cache, load.resolve("../../bootstrap/index"));
    load("../../bootstrap/index");
  }, stack);
}

describe("the bootstrap of an account", () => {
  let dev: Recording<unknown>;
  let prod: Recording<unknown>;
  before(async () => {
    dev = await runBootstrap("dev");
    prod = await runBootstrap("prod");
  });

  it("makes exactly these resources", () => {
    const common = {
      "aws:ecr/lifecyclePolicy:LifecyclePolicy": 1,
      "aws:ecr/repository:Repository": 1,
      // Of those that only some stacks need each account has one.
      "aws:iam/serviceLinkedRole:ServiceLinkedRole": 15,
      "aws:iam/openIdConnectProvider:OpenIdConnectProvider": 1,
      "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": 1,
      "streamflix:bootstrap:Boundaries": 1,
      "streamflix:bootstrap:Pipeline": 1,
      "streamflix:bootstrap:PublicAccessBlock": 1,
      "streamflix:bootstrap:ServiceLinkedRoles": 1,
    };
    const perRegion = (count: number) => ({
      "aws:apigateway/account:Account": count,
      "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": count,
      "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": count,
      "aws:kms/alias:Alias": 2 * count,
      "aws:kms/key:Key": 2 * count,
      "pulumi:providers:aws": count,
      "streamflix:bootstrap:AccountKey": 2 * count,
      "streamflix:bootstrap:ApiLogs": count,
      "streamflix:bootstrap:Registry": count,
      "streamflix:bootstrap:State": count,
    });
    const buckets = (count: number, logged: number) => ({
      "aws:s3/bucket:Bucket": count,
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": count,
      "aws:s3/bucketLogging:BucketLogging": logged,
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls": count,
      "aws:s3/bucketPolicy:BucketPolicy": count,
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": count,
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": count,
      "aws:s3/bucketVersioning:BucketVersioning": count,
      "streamflix:bucket:Bucket": count,
    });
    // Two roles of the region; then those of dev's four kinds of runs and of images, with eight policies inside.
    assert.deepEqual(countByType(dev.registrations), {
      ...common,
      ...perRegion(1),
      ...buckets(2, 1),
      "aws:iam/role:Role": 2 + 5,
      "aws:iam/rolePolicy:RolePolicy": 1 + 8,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1 + 4,
      "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": 1,
      "aws:iam/policy:Policy": 2 + 3,
    });
    assert.deepEqual(countByType(prod.registrations), {
      ...common,
      ...perRegion(2),
      ...buckets(5, 3),
      "aws:iam/role:Role": 4 + 1 + 7,
      "aws:iam/rolePolicy:RolePolicy": 2 + 1 + 12,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 2 + 8,
      "aws:s3/bucketReplicationConfig:BucketReplicationConfig": 1,
      "streamflix:bootstrap:StateCopy": 1,
      "aws:ecr/replicationConfiguration:ReplicationConfiguration": 1,
      "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": 3,
      "aws:iam/policy:Policy": 4 + 6,
    });
    assert.deepEqual([...dev.calls, ...prod.calls], []);
  });

  it("leaves what the account has already", async () => {
    const adopting = await runBootstrap("dev", {
      "streamflix:serviceLinkedRoles.ecs": "adopt",
      "streamflix:settings.apiLogs": "adopt",
      "streamflix:settings.s3PublicAccessBlock": "adopt",
    });
    const principals = ofType(adopting.registrations, "ServiceLinkedRole").map(
      ({ inputs }) => inputs["awsServiceName"],
    );
    // And no role for restore tests, which dev has none of.
    const left = ["ecs.amazonaws.com", "restore-testing.backup.amazonaws.com"];
    const expected = Object.values(SERVICE_LINKED_ROLES).filter((it) => !left.includes(it));
    assert.equal(expected.length, 14);
    assert.deepEqual(principals.sort(), [...expected].sort());
    const {
      "aws:apigateway/account:Account": account,
      "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": block,
    } = countByType(adopting.registrations);
    assert.deepEqual([account, block], [undefined, undefined]);
  });

  it("keeps own images under the account's key, their tags for good, and scans them", () => {
    const { inputs, protect } = only(prod.registrations, "Repository");
    assert.deepEqual(inputs, {
      name: "streamflix/service",
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: made("Key", "registry-home-key", "arn") }],
      forceDelete: false,
    });
    assert.equal(protect, true);
    assert.equal(only(dev.registrations, "Repository").protect, false);
    const policy = JSON.parse(
      String(only(prod.registrations, "LifecyclePolicy").inputs["policy"]),
    ) as unknown;
    const expire = { type: "expire" };
    assert.deepEqual(policy, {
      rules: [
        {
          rulePriority: 1,
          description: "Without a tag for 14 days",
          selection: {
            tagStatus: "untagged",
            countType: "sinceImagePushed",
            countUnit: "days",
            countNumber: 14,
          },
          action: expire,
        },
        {
          rulePriority: 2,
          description: "More than 200 images",
          selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 200 },
          action: expire,
        },
      ],
    });
  });

  it("copies own images to the standby region, into repositories like the first", () => {
    assert.deepEqual(
      only(prod.registrations, "ReplicationConfiguration").inputs["replicationConfiguration"],
      {
        rules: [
          {
            destinations: [{ region: "eu-west-1", registryId: "444455556666" }],
            repositoryFilters: [{ filter: "streamflix/", filterType: "PREFIX_MATCH" }],
          },
        ],
      },
    );
    const { inputs, provider, dependsOn } = only(
      prod.registrations,
      "RepositoryCreationTemplate",
      "registry-standby-own",
    );
    const { lifecyclePolicy, ...rest } = inputs;
    assert.deepEqual(rest, {
      prefix: "streamflix",
      description: "Own images, copied from another region",
      appliedFors: ["REPLICATION"],
      imageTagMutability: "IMMUTABLE",
      encryptionConfigurations: [
        { encryptionType: "KMS", kmsKey: made("Key", "registry-standby-key", "arn") },
      ],
      customRoleArn: made("Role", "registry-standby-templates", "arn"),
    });
    assert.equal(lifecyclePolicy, only(prod.registrations, "LifecyclePolicy").inputs["policy"]);
    assert.equal(provider, "standby");
    assert.deepEqual(dependsOn, ["RolePolicy registry-standby-templates"]);
  });

  it("copies public images on their first pull, in each region by itself", () => {
    const rules = ofType(prod.registrations, "PullThroughCacheRule");
    assert.deepEqual(
      rules.map(({ inputs, provider, dependsOn }) => [inputs, provider, dependsOn]),
      ["home", "standby"].map((role) => [
        { ecrRepositoryPrefix: "ecr-public", upstreamRegistryUrl: "public.ecr.aws" },
        role,
        [`RepositoryCreationTemplate registry-${role}-copies`],
      ]),
    );
  });

  it("bounds each of its own roles by the boundary of its region", () => {
    const bounded = ofType(prod.registrations, "aws:iam/role:Role").map(({ name, inputs }) => [
      name,
      inputs["permissionsBoundary"],
    ]);
    const boundary = (region: string) => made("Policy", `boundary-workload-${region}`, "arn");
    assert.deepEqual(bounded, [
      ["api-logs-home", boundary("eu-central-1")],
      ["api-logs-standby", boundary("eu-west-1")],
      ...[
        "deploy-prod",
        "deploy-prod-dr",
        "drift-prod",
        "drift-prod-dr",
        "integration-prod",
        "preview-prod",
        "preview-prod-dr",
      ].map((role) => [`pipeline-${role}`, made("Policy", "boundary-operator", "arn")]),
      ["registry-home-templates", boundary("eu-central-1")],
      ["registry-standby-templates", boundary("eu-west-1")],
      ["state-copy", made("Policy", "boundary-replication", "arn")],
    ]);
  });

  it("names its boundaries as the platform's stacks expect them, and keeps them", () => {
    const policies = ofType(prod.registrations, "aws:iam/policy:Policy").filter(({ name }) =>
      name.startsWith("boundary-"),
    );
    assert.deepEqual(
      policies.map(({ inputs, protect }) => `${String(inputs["path"])}${String(inputs["name"])} ${protect}`),
      ["operator", "replication", "workload-eu-central-1", "workload-eu-west-1"].map(
        (name) => `/streamflix-account/streamflix-${name} true`,
      ),
    );
    for (const { inputs } of policies) assert.ok(statementsOf(inputs["policy"]).length > 5);
  });

  it("sets API Gateway's role once it has its rights", () => {
    const account = only(dev.registrations, "aws:apigateway/account:Account");
    assert.deepEqual(account.inputs, { cloudwatchRoleArn: made("Role", "api-logs-home", "arn") });
    assert.deepEqual(account.dependsOn, ["RolePolicyAttachment api-logs-home"]);
    assert.deepEqual(only(dev.registrations, "RolePolicyAttachment", "api-logs-home").inputs, {
      role: made("Role", "api-logs-home", "id"),
      policyArn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    });
    assert.deepEqual(only(dev.registrations, "Role", "api-logs-home").inputs["assumeRolePolicy"], {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" },
      ],
    });
  });
});
