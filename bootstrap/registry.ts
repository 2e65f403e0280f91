import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { policyText } from "../components/policy";
import { type Names, OWN_REPOSITORIES, PUBLIC_COPIES, SERVICE_REPOSITORY } from "../config";
import { AccountKey } from "./account-key";
import type { RegistryConfig } from "./config";
import { expireBeyond, expireUntagged, expireAfter, lifecycle } from "./image-lifecycle";

export interface RegistryArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly registry: RegistryConfig;
  /** Own images are pushed to the home region, and come to the standby region from there. */
  readonly role: "home" | "standby";
  /** Region that gets a copy of every own image. @default none */
  readonly takenOverBy?: string;
  /** Permissions boundary of the role that makes repositories. */
  readonly boundaryArn: pulumi.Input<string>;
  readonly protect: boolean;
}

const UPSTREAM = "public.ecr.aws";
const UNTAGGED_DAYS = 14;

/**
 * One region's container images: the service's own, and copies of public ones that are made when they are first
 * pulled, so that tasks find all they need in their own region. Encrypted, and scanned when they arrive.
 *
 * A tag of an own image never moves. A copied tag follows its source, so tasks name copies by digest, too.
 */
export class Registry extends pulumi.ComponentResource {
  /** Key of all images in the region. */
  readonly keyArn: pulumi.Output<string>;

  constructor(name: string, args: RegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:bootstrap:Registry", name, {}, opts);
    const { names, accountId, region, registry, takenOverBy } = args;
    const parent = { parent: this };

    const key = new AccountKey(
      `${name}-key`,
      {
        names,
        accountId,
        region,
        what: "registry",
        description: "Container images",
        throughServices: ["ecr"],
        protect: args.protect,
      },
      parent,
    );
    const encryptionConfigurations = [{ encryptionType: "KMS", kmsKey: key.arn }];
    new aws.ecr.RegistryScanningConfiguration(
      name,
      {
        scanType: "BASIC",
        rules: [
          { scanFrequency: "SCAN_ON_PUSH", repositoryFilters: [{ filter: "*", filterType: "WILDCARD" }] },
        ],
      },
      parent,
    );

    const role = this.makerOfRepositories(name, args);
    const template = (what: string, rest: Omit<aws.ecr.RepositoryCreationTemplateArgs, "customRoleArn">) =>
      new aws.ecr.RepositoryCreationTemplate(
        `${name}-${what}`,
        { encryptionConfigurations, customRoleArn: role.arn, ...rest },
        { parent: this, dependsOn: role.rights },
      );
    const copies = template("copies", {
      prefix: PUBLIC_COPIES,
      description: "Copies of public images",
      appliedFors: ["PULL_THROUGH_CACHE"],
      // A tag that can't move would keep the copy from following its source.
      imageTagMutability: "MUTABLE",
      lifecyclePolicy: lifecycle(expireAfter(registry.copyDays)),
    });
    new aws.ecr.PullThroughCacheRule(
      name,
      { ecrRepositoryPrefix: PUBLIC_COPIES, upstreamRegistryUrl: UPSTREAM },
      { parent: this, dependsOn: [copies] },
    );

    const ownLifecycle = lifecycle(expireUntagged(UNTAGGED_DAYS), expireBeyond(registry.keptImages));
    if (args.role === "standby") {
      template("own", {
        prefix: OWN_REPOSITORIES,
        description: "Own images, copied from another region",
        appliedFors: ["REPLICATION"],
        imageTagMutability: "IMMUTABLE",
        lifecyclePolicy: ownLifecycle,
      });
    } else {
      const repository = new aws.ecr.Repository(
        `${name}-service`,
        {
          name: SERVICE_REPOSITORY,
          imageTagMutability: "IMMUTABLE",
          imageScanningConfiguration: { scanOnPush: true },
          encryptionConfigurations,
          // Without images nothing can start, and nobody can build a version of last year again bit by bit.
          forceDelete: false,
        },
        { parent: this, protect: args.protect },
      );
      new aws.ecr.LifecyclePolicy(
        `${name}-service`,
        { repository: repository.name, policy: ownLifecycle },
        parent,
      );
    }
    if (takenOverBy !== undefined) {
      new aws.ecr.ReplicationConfiguration(
        name,
        {
          replicationConfiguration: {
            rules: [
              {
                destinations: [{ region: takenOverBy, registryId: accountId }],
                repositoryFilters: [{ filter: `${OWN_REPOSITORIES}/`, filterType: "PREFIX_MATCH" }],
              },
            ],
          },
        },
        parent,
      );
    }
    this.keyArn = key.arn;
    this.registerOutputs({ keyArn: this.keyArn });
  }

  /** ECR makes repositories by a template with a role of the account's when they are encrypted with its key. */
  private makerOfRepositories(name: string, { names, accountId, region, boundaryArn }: RegistryArgs) {
    const role = new aws.iam.Role(
      `${name}-templates`,
      {
        namePrefix: names.prefix("iamRole", "registry"),
        description: `Makes repositories for copies of images in ${region}`,
        assumeRolePolicy: templateTrust(),
        permissionsBoundary: boundaryArn,
      },
      { parent: this },
    );
    const repository = `arn:aws:ecr:${region}:${accountId}:repository`;
    const policy = new aws.iam.RolePolicy(
      `${name}-templates`,
      {
        name: "registry",
        role: role.id,
        policy: policyText([
          {
            Sid: "MakeRepositories",
            Effect: "Allow",
            Action: ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:TagResource"],
            Resource: [`${repository}/${PUBLIC_COPIES}/*`, `${repository}/${OWN_REPOSITORIES}/*`],
          },
          {
            Sid: "EncryptThem",
            Effect: "Allow",
            Action: ["kms:CreateGrant", "kms:DescribeKey", "kms:RetireGrant"],
            Resource: `arn:aws:kms:${region}:${accountId}:key/*`,
            Condition: {
              StringEquals: { "kms:ViaService": `ecr.${region}.amazonaws.com` },
              "ForAnyValue:StringEquals": { "kms:ResourceAliases": names.fixed("kmsAlias", "registry") },
            },
          },
        ]),
      },
      { parent: this },
    );
    return { arn: role.arn, rights: [policy] };
  }
}

/** ECR names no source when it assumes the role of a template; only this account's templates can name the role. */
function templateTrust(): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ecr.amazonaws.com" }, Action: "sts:AssumeRole" }],
  };
}
