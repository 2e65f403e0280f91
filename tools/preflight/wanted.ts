import { type BootstrapConfig, bootstrapModel } from "../../bootstrap/config";
import { ConfigError } from "../../config";
import { parse } from "../../config/parse";
import { stackConfig, stackSections, UnusableStack } from "../stack-sections";

/** What a stack and its account's bootstrap need of the account. */
export interface Wanted {
  readonly accountId: string;
  readonly region: string;
  readonly standbyRegion?: string;
  readonly serviceLinkedRoles: BootstrapConfig["serviceLinkedRoles"];
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
  const { aws, standby, serviceLinkedRoles, settings, ci } = bootstrapOf(stack);
  const names = ["service", "api", "streaming", "alerts", "monitoring"] as const;
  const { service, api, streaming, alerts, monitoring } = stackSections(stack, names);
  const { costs } = monitoring ?? {};
  const shards = streaming?.capacity.provisioned?.shards;
  return {
    accountId: aws.accountId,
    region: aws.region,
    ...(standby && { standbyRegion: standby.region }),
    serviceLinkedRoles,
    identityProvider: ci.identityProvider,
    ...(api && { apiLogs: settings.apiLogs }),
    ...(service && { vcpus: service.vcpuQuota }),
    ...(api && { requestsPerSecond: api.throttling.requestsPerSecond }),
    ...(shards !== undefined && { shards }),
    isSmsUsed: (alerts?.sms ?? []).length > 0,
    makesMonitor: costs !== undefined && costs.anomalies.adoptMonitorArn === undefined,
  };
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
