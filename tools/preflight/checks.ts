import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { BackupClient, DescribeRegionSettingsCommand } from "@aws-sdk/client-backup";
import {
  CostExplorerClient,
  GetAnomalyMonitorsCommand,
  ListCostAllocationTagsCommand,
} from "@aws-sdk/client-cost-explorer";
import { DescribeRepositoriesCommand, ECRClient, RepositoryNotFoundException } from "@aws-sdk/client-ecr";
import {
  IAMClient,
  ListOpenIDConnectProvidersCommand,
  paginateListPolicies,
  paginateListRoles,
} from "@aws-sdk/client-iam";
import { DescribeLimitsCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  NoSuchResourceException,
  ServiceQuotasClient,
} from "@aws-sdk/client-service-quotas";
import { GetBucketReplicationCommand, GetBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3";
import { GetSMSAttributesCommand, GetSMSSandboxAccountStatusCommand, SNSClient } from "@aws-sdk/client-sns";
import { NodeHttpHandler } from "@smithy/node-http-handler";

import { SERVICE_LINKED_ROLES } from "../../bootstrap/facts";
import { ISSUER } from "../../bootstrap/pipeline/trust";
import { boundaryName, GUARDED_PATH, SERVICE_REPOSITORY } from "../../config";
import type { Wanted } from "./wanted";

/** What the account has of one thing, and what to do about it when that is too little. */
export interface Answer {
  readonly found: string;
  /** What to do. @default nothing: all is there */
  readonly mend?: string;
}

/** One thing that a deployment needs of the account. */
export interface Check {
  readonly title: string;
  /** Actions that it takes to look; without them it is not known. */
  readonly actions: string;
  readonly look: () => Promise<Answer>;
}

/** Concurrent executions below which functions of a deployment wait for each other; AWS's own default is 1,000. */
const LAMBDA_CONCURRENCY = 100;
/** US dollars that AWS lets an account spend on messages a month before it is asked for more. */
const FIRST_SMS_LIMIT_USD = 1;
/** What the platform keeps that AWS Backup backs up. */
const BACKED_UP = ["Aurora", "EFS", "S3"];
/** Tags by which costs are told apart. */
const COST_TAGS = ["cost-center", "environment"];

/** Every check of an account, in the order in which its answers are needed. */
export function checksOf(wanted: Wanted): Check[] {
  const { region, standbyRegion } = wanted;
  return [
    boundaries(wanted),
    serviceLinkedRoles(wanted),
    identityProvider(wanted),
    pipelineRoles(wanted),
    ...Object.entries(wanted.stateBuckets).map(([where, bucket]) => stateBucket(where, bucket)),
    ...(wanted.stateCopy === undefined ? [] : [stateCopy(wanted, wanted.stateCopy)]),
    ...(wanted.apiLogs === undefined ? [] : [apiLogs(region, wanted.apiLogs)]),
    registry(region),
    ...(standbyRegion === undefined ? [] : [registry(standbyRegion)]),
    ...quotas(wanted),
    ...(wanted.shards === undefined ? [] : [shards(region, wanted.shards)]),
    ...(wanted.isSmsUsed ? [smsSandbox(region), smsLimit(region)] : []),
    backup(region),
    ...(wanted.makesMonitor ? [anomalyMonitor()] : []),
    costTags(),
  ];
}

/** IAM is the same in every region, and reached through the home region's credentials. */
const iam = (region: string) => new IAMClient({ region });

async function boundariesOf(region: string): Promise<Set<string>> {
  const names = new Set<string>();
  const pages = paginateListPolicies({ client: iam(region) }, { Scope: "Local", PathPrefix: GUARDED_PATH });
  for await (const { Policies = [] } of pages) Policies.forEach((it) => names.add(it.PolicyName ?? ""));
  return names;
}

function boundaries({ region, standbyRegion }: Wanted): Check {
  const expected = [
    boundaryName("workload", region),
    ...(standbyRegion === undefined
      ? []
      : [boundaryName("workload", standbyRegion), boundaryName("replication", region)]),
    boundaryName("operator", region),
  ];
  return {
    title: "permissions boundaries",
    actions: "iam:ListPolicies",
    look: async () => {
      const there = await boundariesOf(region);
      const lacking = expected.filter((name) => !there.has(name));
      return {
        found: lacking.length === 0 ? `all ${expected.length}` : `without ${lacking.join(", ")}`,
        ...(lacking.length > 0 && { mend: "deploy bootstrap/: no role can be made before" }),
      };
    },
  };
}

function serviceLinkedRoles({ region, serviceLinkedRoles: wanted, linkedRolesUsed: used }: Wanted): Check {
  return {
    title: "service-linked roles",
    actions: "iam:ListRoles and iam:ListPolicies",
    look: async () => {
      const there = new Set<string>();
      const pages = paginateListRoles({ client: iam(region) }, { PathPrefix: "/aws-service-role/" });
      for await (const { Roles = [] } of pages)
        Roles.forEach((it) => there.add(it.Path?.split("/")[2] ?? ""));
      // What bootstrap/ has made is there rightly.
      const isDeployed = (await boundariesOf(region)).has(boundaryName("operator", region));
      const all = Object.keys(SERVICE_LINKED_ROLES) as (keyof typeof SERVICE_LINKED_ROLES)[];
      const isUsed = (name: string) => (used as readonly string[]).includes(name);
      const names = all.filter((name) => wanted[name] !== undefined || isUsed(name));
      const has = (name: (typeof names)[number]) => there.has(SERVICE_LINKED_ROLES[name]);
      const toAdopt = isDeployed ? [] : names.filter((name) => wanted[name] === "create" && has(name));
      const toCreate = names.filter((name) => !has(name) && (isDeployed || wanted[name] !== "create"));
      const mend = [
        ...(toAdopt.length > 0 ? [`write adopt for ${toAdopt.join(", ")}: the account has them`] : []),
        ...(toCreate.length > 0 ? [`write create for ${toCreate.join(", ")}, and deploy bootstrap/`] : []),
      ];
      return {
        found: `${names.filter(has).length} of ${names.length}`,
        ...(mend.length > 0 && { mend: mend.join("; ") }),
      };
    },
  };
}

/** Who sets the account's role for API Gateway's logs has to know whether somebody has done so. */
function apiLogs(region: string, owner: "create" | "adopt"): Check {
  return {
    title: "API Gateway's role for logs",
    actions: "apigateway:GET on /account, and iam:ListPolicies",
    look: async () => {
      const { cloudwatchRoleArn } = await new APIGatewayClient({ region }).send(new GetAccountCommand({}));
      const isThere = cloudwatchRoleArn !== undefined;
      const field = "settings.apiLogs";
      return {
        found: isThere ? "set" : "not set",
        ...(await ownerFault(region, { isThere, owner, field, otherwise: "deploying would take its place" })),
      };
    },
  };
}

/** The account's trust in the tokens of GitHub's workflows, which an account can have once. */
function identityProvider({ region, identityProvider: owner }: Wanted): Check {
  return {
    title: "trust in GitHub's tokens",
    actions: "iam:ListOpenIDConnectProviders and iam:ListPolicies",
    look: async () => {
      const { OpenIDConnectProviderList = [] } = await iam(region).send(
        new ListOpenIDConnectProvidersCommand({}),
      );
      const isThere = OpenIDConnectProviderList.some(({ Arn }) => Arn?.endsWith(`/${ISSUER}`) === true);
      const field = "ci.identityProvider";
      return {
        found: isThere ? "there" : "not there",
        ...(await ownerFault(region, { isThere, owner, field, otherwise: "an account has it once" })),
      };
    },
  };
}

/** Roles with which the repository's workflows come in: without them nobody deploys but an administrator. */
function pipelineRoles({ region, pipelineRoles: expected }: Wanted): Check {
  return {
    title: "roles of the repository's workflows",
    actions: "iam:ListRoles",
    look: async () => {
      const there = new Set<string>();
      const pages = paginateListRoles({ client: iam(region) }, { PathPrefix: GUARDED_PATH });
      for await (const { Roles = [] } of pages) Roles.forEach((it) => there.add(it.RoleName ?? ""));
      const lacking = expected.filter((name) => !there.has(name));
      return {
        found: lacking.length === 0 ? `all ${expected.length}` : `without ${lacking.join(", ")}`,
        ...(lacking.length > 0 && { mend: "deploy bootstrap/" }),
      };
    },
  };
}

/** Where a region's stacks keep their state, with the states before: no `pulumi login` without it. */
function stateBucket(region: string, bucket: string): Check {
  return {
    title: `bucket for states in ${region}`,
    actions: "s3:GetBucketVersioning",
    look: async () => {
      const mend = "deploy bootstrap/, and move its own state into it";
      try {
        const { Status } = await new S3Client({ region }).send(
          new GetBucketVersioningCommand({ Bucket: bucket }),
        );
        return Status === "Enabled" ? { found: "there" } : { found: "there, but keeps no versions", mend };
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "NoSuchBucket") throw error;
        return { found: "not there", mend };
      }
    },
  };
}

function stateCopy({ region, standbyRegion, stateBuckets }: Wanted, copy: string): Check {
  return {
    title: `copy of states in ${standbyRegion ?? ""}`,
    actions: "s3:GetReplicationConfiguration",
    look: async () => {
      const wanted = `arn:aws:s3:::${copy}`;
      const deploy = "deploy bootstrap/: without a copy no state outlives the home region";
      try {
        const { ReplicationConfiguration } = await new S3Client({ region }).send(
          new GetBucketReplicationCommand({ Bucket: stateBuckets[region] }),
        );
        const isCopied = ReplicationConfiguration?.Rules?.some(
          ({ Status, Destination }) => Status === "Enabled" && Destination?.Bucket === wanted,
        );
        return isCopied === true ? { found: "made" } : { found: "not made", mend: deploy };
      } catch (error) {
        const none = ["NoSuchBucket", "ReplicationConfigurationNotFoundError"];
        if (!(error instanceof Error) || !none.includes(error.name)) throw error;
        return { found: "not made", mend: deploy };
      }
    },
  };
}

/** What is wrong with who makes something that an account has once. */
async function ownerFault(
  region: string,
  thing: {
    readonly isThere: boolean;
    readonly owner: "create" | "adopt";
    readonly field: string;
    /** What happens when it is made a second time. */
    readonly otherwise: string;
  },
): Promise<Pick<Answer, "mend">> {
  const { isThere, owner, field, otherwise } = thing;
  // What bootstrap/ has made is there rightly.
  const isDeployed = (await boundariesOf(region)).has(boundaryName("operator", region));
  if (isThere && owner === "create" && !isDeployed) return { mend: `write adopt for ${field}: ${otherwise}` };
  return !isThere && (owner === "adopt" || isDeployed)
    ? { mend: `write create for ${field}, and deploy bootstrap/` }
    : {};
}

function registry(region: string): Check {
  return {
    title: `repository ${SERVICE_REPOSITORY} in ${region}`,
    actions: "ecr:DescribeRepositories",
    look: async () => {
      try {
        const command = new DescribeRepositoriesCommand({ repositoryNames: [SERVICE_REPOSITORY] });
        await new ECRClient({ region }).send(command);
        return { found: "there" };
      } catch (error) {
        if (!(error instanceof RepositoryNotFoundException)) throw error;
        return { found: "not there", mend: "deploy bootstrap/, and push the service's image" };
      }
    },
  };
}

function quotas({ region, vcpus, requestsPerSecond }: Wanted): Check[] {
  const rows: readonly (readonly [string, string, string, number | undefined])[] = [
    ["Fargate vCPU", "fargate", "L-3032A538", vcpus?.onDemand],
    ["Fargate Spot vCPU", "fargate", "L-36FBB829", vcpus?.spot],
    ["Lambda concurrent executions", "lambda", "L-B99A9384", LAMBDA_CONCURRENCY],
    ["API Gateway requests a second", "apigateway", "L-8A5B8E43", requestsPerSecond],
  ];
  return rows.flatMap(([title, service, code, needed]) =>
    needed === undefined
      ? []
      : [
          {
            title: `${title} (${code})`,
            actions: "servicequotas:GetServiceQuota",
            look: async () =>
              atLeast(await quota(region, service, code), needed, `quota ${code} of ${service}`),
          },
        ],
  );
}

/** @throws what AWS answers, or RangeError when it gives no figure */
async function quota(region: string, service: string, code: string): Promise<number> {
  const client = new ServiceQuotasClient({ region });
  const which = { ServiceCode: service, QuotaCode: code };
  let value: number | undefined;
  try {
    value = (await client.send(new GetServiceQuotaCommand(which))).Quota?.Value;
  } catch (error) {
    // Nobody has ever asked for more: AWS's default holds.
    if (!(error instanceof NoSuchResourceException)) throw error;
    value = (await client.send(new GetAWSDefaultServiceQuotaCommand(which))).Quota?.Value;
  }
  if (value === undefined) throw new RangeError("no figure");
  return value;
}

function atLeast(granted: number, needed: number, what: string): Answer {
  return {
    found: `${granted}, needed ${needed}`,
    ...(granted < needed && { mend: `ask AWS for ${needed} or more: ${what}` }),
  };
}

function shards(region: string, needed: number): Check {
  return {
    title: "Kinesis shards",
    actions: "kinesis:DescribeLimits",
    look: async () => {
      // By itself the client speaks HTTP/2, which proxies and stand-ins on the way often don't.
      const client = new KinesisClient({ region, requestHandler: new NodeHttpHandler() });
      const { ShardLimit } = await client.send(new DescribeLimitsCommand({}));
      if (ShardLimit === undefined) throw new RangeError("no figure");
      return atLeast(ShardLimit, needed, "shards of Kinesis Data Streams");
    },
  };
}

function smsSandbox(region: string): Check {
  return {
    title: "text messages",
    actions: "sns:GetSMSSandboxAccountStatus",
    look: async () => {
      const { IsInSandbox } = await new SNSClient({ region }).send(new GetSMSSandboxAccountStatusCommand({}));
      return IsInSandbox === false
        ? { found: "out of the sandbox" }
        : {
            found: "in the sandbox",
            mend: "ask AWS for production access, or verify each number: others get no alarm",
          };
    },
  };
}

function smsLimit(region: string): Check {
  return {
    title: "spend limit of text messages",
    actions: "sns:GetSMSAttributes",
    look: async () => {
      const names = { attributes: ["MonthlySpendLimit"] };
      const { attributes = {} } = await new SNSClient({ region }).send(new GetSMSAttributesCommand(names));
      // A limit that was never set is the first one.
      const limit = Number(attributes["MonthlySpendLimit"] ?? FIRST_SMS_LIMIT_USD);
      return {
        found: `${limit} USD a month`,
        ...(limit > FIRST_SMS_LIMIT_USD ? {} : { mend: "ask AWS for more: a night of alarms costs more" }),
      };
    },
  };
}

function backup(region: string): Check {
  return {
    title: "AWS Backup",
    actions: "backup:DescribeRegionSettings",
    look: async () => {
      const command = new DescribeRegionSettingsCommand({});
      const { ResourceTypeOptInPreference = {} } = await new BackupClient({ region }).send(command);
      const off = BACKED_UP.filter((type) => ResourceTypeOptInPreference[type] !== true);
      return {
        found: off.length === 0 ? `on for ${BACKED_UP.join(", ")}` : `off for ${off.join(", ")}`,
        ...(off.length > 0 && { mend: "opt in to them in the settings of AWS Backup" }),
      };
    },
  };
}

/** Cost Explorer has one endpoint, for all regions. */
const costs = () => new CostExplorerClient({ region: "us-east-1" });

function anomalyMonitor(): Check {
  return {
    title: "cost-anomaly monitor",
    actions: "ce:GetAnomalyMonitors",
    look: async () => {
      const { AnomalyMonitors = [] } = await costs().send(new GetAnomalyMonitorsCommand({}));
      const found = AnomalyMonitors.find((it) => it.MonitorDimension === "SERVICE");
      if (found === undefined) return { found: "none yet: the platform makes it" };
      return found.MonitorName?.startsWith("streamflix-") === true
        ? { found: "the platform's" }
        : {
            found: "another one for services, and an account has one only",
            mend: "write its ARN into streamflix:monitoring.costs.anomalies.adoptMonitorArn",
          };
    },
  };
}

function costTags(): Check {
  return {
    title: "cost-allocation tags",
    actions: "ce:ListCostAllocationTags, in the account that pays",
    look: async () => {
      const command = new ListCostAllocationTagsCommand({ Status: "Active", TagKeys: COST_TAGS });
      const { CostAllocationTags = [] } = await costs().send(command);
      const active = new Set(CostAllocationTags.map(({ TagKey }) => TagKey));
      const lacking = COST_TAGS.filter((key) => !active.has(key));
      return {
        found: lacking.length === 0 ? "active" : `not active: ${lacking.join(", ")}`,
        ...(lacking.length > 0 && { mend: "activate them in the account that pays; that takes a day" }),
      };
    },
  };
}
