import { readFileSync } from "node:fs";
import * as path from "node:path";

import { parse as parseYaml } from "yaml";

import { type BootstrapConfig, bootstrapModel } from "../../bootstrap/config";
import { ConfigError, platformSchema } from "../../config";
import { parse } from "../../config/parse";

const CHECKOUT = path.resolve(__dirname, "../..");

/** What a stack and its account's bootstrap need of the account. */
export interface Wanted {
  readonly accountId: string;
  readonly region: string;
  readonly standbyRegion?: string;
  readonly serviceLinkedRoles: BootstrapConfig["serviceLinkedRoles"];
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

/** A stack file that is not there or can't be used. */
export class UnusableStack extends Error {
  override readonly name = "UnusableStack";
}

/**
 * Reads `bootstrap/Pulumi.<stack>.yaml` and `Pulumi.<stack>.yaml`.
 *
 * @throws UnusableStack that says which file, and what is wrong
 */
export function readWanted(stack: string): Wanted {
  const { aws, standby, serviceLinkedRoles, settings } = bootstrapOf(stack);
  const { service, api, streaming, alerts, monitoring } = platformOf(stack);
  const { costs } = monitoring ?? {};
  const shards = streaming?.capacity.provisioned?.shards;
  return {
    accountId: aws.accountId,
    region: aws.region,
    ...(standby && { standbyRegion: standby.region }),
    serviceLinkedRoles,
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
  const raw = Object.entries(configOf(file)).map(([key, value]) => [
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

/** The platform's sections that ask something of the account. Contacts are encrypted and not read. */
function platformOf(stack: string) {
  const file = `Pulumi.${stack}.yaml`;
  const config = configOf(file);
  const sections = platformSchema
    .unwrap()
    .pick({ service: true, api: true, streaming: true, alerts: true, monitoring: true })
    .strip();
  const parsed = sections.safeParse(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace("streamflix:", ""), value])),
  );
  if (!parsed.success) {
    throw new UnusableStack(`${file} is not valid: npm run local -- preview --stack ${stack} says where`);
  }
  return parsed.data;
}

function configOf(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(path.join(CHECKOUT, file), "utf8");
  } catch {
    throw new UnusableStack(`there is no ${file}`);
  }
  return (parseYaml(text) as { config?: Record<string, unknown> } | null)?.config ?? {};
}
