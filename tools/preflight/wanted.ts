import { type BootstrapConfig, bootstrapModel } from "../../bootstrap/config";
import type { SOMETIMES } from "../../bootstrap/facts";
import { stateNames } from "../../bootstrap/state/names";
import { ConfigError, Names } from "../../config";
import { parse } from "../../config/parse";
import { stackConfig, stackSections, UnusableStack } from "../stack-sections";

/** What a stack and its account's bootstrap need of the account. */
export interface Wanted {
  readonly accountId: string;
  readonly region: string;
  readonly standbyRegion?: string;
  readonly serviceLinkedRoles: BootstrapConfig["serviceLinkedRoles"];
  /** Those of services that only some stacks use, and the stack is one of them. */
  readonly linkedRolesUsed: readonly (keyof typeof SOMETIMES)[];
  /** Buckets for states, by region, and where the home region's states are copied to. */
  readonly stateBuckets: Readonly<Record<string, string>>;
  /** @default no standby region */
  readonly stateCopy?: string;
  /** Names of the roles with which the repository's workflows come into the account. */
  readonly pipelineRoles: readonly string[];
  /** Who makes the account's trust in GitHub's tokens. */
  readonly identityProvider: BootstrapConfig["ci"]["identityProvider"];
  /** Who sets the account's role for API Gateway's logs. @default no API */
  readonly apiLogs?: BootstrapConfig["settings"]["apiLogs"];
  /** @default no service */
  readonly vcpus?: { readonly onDemand: number; readonly spot: number };
  /** @default no API */
  readonly requestsPerSecond?: number;
  /** @default no stream, or one on demand */
  readonly shards?: number;
  readonly isSmsUsed: boolean;
  /** Whether the stack makes the one cost-anomaly monitor of the account. */
  readonly makesMonitor: boolean;
}

/**
 * Reads `bootstrap/Pulumi.<stack>.yaml` and `Pulumi.<stack>.yaml`.
 *
 * @throws UnusableStack that says which file, and what is wrong
 */
export function readWanted(stack: string): Wanted {
  const bootstrap = bootstrapOf(stack);
  const { aws, standby, serviceLinkedRoles, settings, ci } = bootstrap;
  const names = ["service", "api", "streaming", "backup", "alerts", "monitoring", "gameDays"] as const;
  const { service, api, streaming, backup, alerts, monitoring, gameDays } = stackSections(stack, names);
  const { costs } = monitoring ?? {};
  const shards = streaming?.capacity.provisioned?.shards;
  return {
    accountId: aws.accountId,
    region: aws.region,
    ...(standby && { standbyRegion: standby.region }),
    serviceLinkedRoles,
    linkedRolesUsed: [
      ...(gameDays ? (["faultInjection"] as const) : []),
      ...(backup?.restoreTests ? (["restoreTesting"] as const) : []),
    ],
    ...stateOf(bootstrap),
    pipelineRoles: pipelineRolesOf(bootstrap),
    identityProvider: ci.identityProvider,
    ...(api && { apiLogs: settings.apiLogs }),
    ...(service && { vcpus: service.vcpuQuota }),
    ...(api && { requestsPerSecond: api.throttling.requestsPerSecond }),
    ...(shards !== undefined && { shards }),
    isSmsUsed: (alerts?.sms ?? []).length > 0,
    makesMonitor: costs !== undefined && costs.anomalies.adoptMonitorArn === undefined,
  };
}

function stateOf({ environment, aws, standby }: BootstrapConfig): Pick<Wanted, "stateBuckets" | "stateCopy"> {
  const namesIn = (region: string) =>
    stateNames(new Names({ environment, aws: { accountId: aws.accountId, region } }));
  const regions = [aws.region, ...(standby ? [standby.region] : [])];
  return {
    stateBuckets: Object.fromEntries(regions.map((region) => [region, namesIn(region).bucketName])),
    ...(standby && { stateCopy: namesIn(standby.region).copyName }),
  };
}

function pipelineRolesOf({ environment, aws, ci }: BootstrapConfig): string[] {
  const role = (what: string, suffix: string) =>
    new Names({ environment: { suffix }, aws }).fixed("iamRole", what);
  return [
    ...Object.entries(ci.stacks).flatMap(([stack, roles]) =>
      Object.keys(roles).map((what) => role(what, stack)),
    ),
    ...(ci.imageEnvironment === undefined ? [] : [role("image", environment.suffix)]),
  ];
}

function bootstrapOf(stack: string): BootstrapConfig {
  const file = `bootstrap/Pulumi.${stack}.yaml`;
  const raw = Object.entries(stackConfig(file)).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const context = { stack, project: "streamflix-bootstrap", secretKeys: [] };
  try {
    return parse(bootstrapModel, Object.fromEntries(raw) as Record<string, string>, context).config;
  } catch (error) {
    throw error instanceof ConfigError ? new UnusableStack(`${file}: ${error.message}`) : error;
  }
}
