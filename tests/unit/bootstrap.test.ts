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
      "aws:iam/serviceLinkedRole:ServiceLinkedRole": 14,
      "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock": 1,
      "streamflix:bootstrap:Boundaries": 1,
      "streamflix:bootstrap:PublicAccessBlock": 1,
      "streamflix:bootstrap:ServiceLinkedRoles": 1,
    };
    const perRegion = (count: number) => ({
      "aws:apigateway/account:Account": count,
      "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": count,
      "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": count,
      "aws:iam/role:Role": 2 * count,
      "aws:iam/rolePolicy:RolePolicy": count,
      "aws:iam/rolePolicyAttachment:RolePolicyAttachment": count,
      "aws:kms/alias:Alias": count,
      "aws:kms/key:Key": count,
      "pulumi:providers:aws": count,
      "streamflix:bootstrap:AccountKey": count,
      "streamflix:bootstrap:ApiLogs": count,
      "streamflix:bootstrap:Registry": count,
    });
    assert.deepEqual(countByType(dev.registrations), {
      ...common,
      ...perRegion(1),
      "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": 1,
      "aws:iam/policy:Policy": 2,
    });
    assert.deepEqual(countByType(prod.registrations), {
      ...common,
      ...perRegion(2),
      "aws:ecr/replicationConfiguration:ReplicationConfiguration": 1,
      "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": 3,
      "aws:iam/policy:Policy": 4,
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
    const expected = Object.values(SERVICE_LINKED_ROLES).filter((it) => it !== "ecs.amazonaws.com");
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
      ["registry-home-templates", boundary("eu-central-1")],
      ["registry-standby-templates", boundary("eu-west-1")],
    ]);
  });

  it("names its boundaries as the platform's stacks expect them, and keeps them", () => {
    const policies = ofType(prod.registrations, "aws:iam/policy:Policy");
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
    assert.deepEqual(only(dev.registrations, "RolePolicyAttachment").inputs, {
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
