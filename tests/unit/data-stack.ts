import { Cache } from "../../components/cache";
import { Database, type DatabaseArgs } from "../../components/database";
import { Files } from "../../components/files";
import * as pulumi from "@pulumi/pulumi";
import { registered, type Registered, section, stack } from "./data-mocks";
import { TOPICS } from "./registrations";

/** Provisioned instances with scaled readers, as a change of a shipped stack. */
export const PROVISIONED = {
  "streamflix:database.engine": { provisioned: { instanceClass: "db.t4g.medium" } },
  "streamflix:database.readers": { provisioned: { min: 1, max: 4, targetCpuPercent: 60 } },
};

const KEYS = { viewerData: "key-viewer-data", secrets: "key-secrets", logs: "key-logs" };

/** What a Database registers with a shipped stack's configuration, some of it changed. */
export function database(
  name: "dev" | "prod",
  changes: Readonly<Record<string, unknown>> = {},
  more: Partial<DatabaseArgs> = {},
): Promise<readonly Registered[]> {
  const { config, ...place } = stack(name, changes);
  return registered(
    () =>
      new Database("database", {
        ...place,
        database: section(config, "database"),
        vpcId: "vpc",
        isolatedSubnetIds: ["isolated-1", "isolated-2"],
        privateSubnetIds: ["private-1", "private-2"],
        securityGroupId: "group-data",
        endpointsSecurityGroupId: "group-endpoints",
        keyArns: KEYS,
        alertTopics: TOPICS,
        backupsAreContinuous: config.backup?.continuous !== undefined,
        ...more,
      }),
  );
}

/** What a Cache registers. */
export function cache(
  name: "dev" | "prod",
  changes: Readonly<Record<string, unknown>> = {},
): Promise<readonly Registered[]> {
  const { config, ...place } = stack(name, changes);
  return registered(
    () =>
      new Cache("cache", {
        ...place,
        cache: section(config, "cache"),
        subnetIds: ["isolated-1", "isolated-2"],
        securityGroupId: "group-data",
        dataKeyArn: KEYS.viewerData,
        logsKeyArn: KEYS.logs,
      }),
  );
}

/** What Files register. */
export function files(name: "dev" | "prod"): Promise<readonly Registered[]> {
  const { config, ...place } = stack(name);
  return registered(
    () =>
      new Files("files", {
        ...place,
        files: section(config, "files"),
        subnetIds: pulumi.output(["isolated-1", "isolated-2", "isolated-3"]),
        securityGroupId: "group-data",
        keyArn: KEYS.viewerData,
      }),
  );
}
