import * as pulumi from "@pulumi/pulumi";

import { API_RULES } from "./api-rules";
import { AUDIT_RULES } from "./audit-rules";
import { BACKUP_RULES } from "./backup-rules";
import { DATA_RETENTION_RULES } from "./data-retention-rules";
import { DATA_RULES } from "./data-rules";
import { GAME_DAY_RULES } from "./game-days-rules";
import { GLOBAL_DATABASE_RULES } from "./global-database-rules";
import { MONITORING_RULES } from "./monitoring-rules";
import { type Checked, type ConfigModel, load, parse, type StackContext } from "./parse";
import { RECOVERY_RULES } from "./recovery-rules";
import { REMEDIATION_RULES } from "./remediation-rules";
import { RETENTION_RULES } from "./retention-rules";
import { type Draft, RULES } from "./rules";
import { type Contact, type ParsedConfig, type PlatformConfig, platformSchema } from "./schema";
import { SERVICE_RULES } from "./service-rules";
import { STREAMING_RULES } from "./streaming-rules";
import { warningsOf } from "./warnings";

const platform: ConfigModel<ParsedConfig, Draft> = {
  schema: platformSchema,
  rules: [
    ...RULES,
    ...RETENTION_RULES,
    ...RECOVERY_RULES,
    ...DATA_RULES,
    ...GLOBAL_DATABASE_RULES,
    ...DATA_RETENTION_RULES,
    ...BACKUP_RULES,
    ...STREAMING_RULES,
    ...SERVICE_RULES,
    ...API_RULES,
    ...MONITORING_RULES,
    ...AUDIT_RULES,
    ...REMEDIATION_RULES,
    ...GAME_DAY_RULES,
  ],
  warnings: warningsOf,
};

/** A valid configuration of the platform. */
export type ParseResult = Checked<ParsedConfig>;

/**
 * Checks a platform stack's configuration, as {@link pulumi.runtime.allConfig} gives it: keys with their namespace,
 * structured values as JSON text.
 *
 * @throws ConfigError with every problem at once
 */
export function parseConfig(raw: Readonly<Record<string, string>>, context: StackContext): ParseResult {
  return parse(platform, raw, context);
}

/**
 * The configuration of the platform stack that is being deployed; contacts become secrets.
 *
 * @throws pulumi.RunError with one report of every problem
 */
export function loadConfig(): PlatformConfig {
  const { contacts, ...plain } = load(platform);
  return contacts === undefined ? plain : { ...plain, contacts: asSecrets(contacts) };
}

function asSecrets(
  contacts: Readonly<Record<string, Contact<string>>>,
): NonNullable<PlatformConfig["contacts"]> {
  const entries = Object.entries(contacts).map(([name, { email, phone }]) => [
    name,
    {
      ...(email === undefined ? {} : { email: pulumi.secret(email) }),
      ...(phone === undefined ? {} : { phone: pulumi.secret(phone) }),
    },
  ]);
  return Object.fromEntries(entries) as NonNullable<PlatformConfig["contacts"]>;
}
