import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Cache } from "../../components/cache";
import { Database } from "../../components/database";
import { Files } from "../../components/files";
import { Parameters } from "../../components/parameters";
import { Service, type ServiceArgs } from "../../components/service";
import type { EventStream } from "../../components/streaming";
import { registered, type Registered, section, stack } from "./data-mocks";
import { TOPICS } from "./registrations";

const KEYS = { viewerData: "key-viewer-data", secrets: "key-secrets", logs: "key-logs" };
const SUBNETS = ["private-1", "private-2"];

/**
 * What a Service registers with a shipped stack's configuration, some of it changed; with database, cache and files, or
 * with none of them.
 */
export async function service(
  name: "dev" | "prod",
  changes: Readonly<Record<string, unknown>> = {},
  more: Partial<Omit<ServiceArgs, "stream">> & { readonly stream?: Pick<EventStream, "name" | "arn"> } = {},
  data: "with data" | "alone" = "with data",
): Promise<readonly Registered[]> {
  const { config, ...place } = stack(name, changes);
  const group = { securityGroupId: "group-data" };
  const all = await registered(() => {
    const isAlone = data === "alone";
    const database = isAlone
      ? undefined
      : new Database("database", {
          ...place,
          ...group,
          database: section(config, "database"),
          vpcId: "vpc",
          isolatedSubnetIds: ["isolated-1", "isolated-2"],
          privateSubnetIds: SUBNETS,
          endpointsSecurityGroupId: "group-endpoints",
          keyArns: KEYS,
          alertTopics: TOPICS,
          backupsAreContinuous: true,
        });
    const cache = isAlone
      ? undefined
      : new Cache("cache", {
          ...place,
          ...group,
          cache: section(config, "cache"),
          subnetIds: ["isolated-1", "isolated-2"],
          dataKeyArn: KEYS.viewerData,
          logsKeyArn: KEYS.logs,
        });
    const files = isAlone
      ? undefined
      : new Files("files", {
          ...place,
          ...group,
          files: section(config, "files"),
          subnetIds: pulumi.output(["isolated-1", "isolated-2", "isolated-3"]),
          keyArn: KEYS.viewerData,
        });
    const { stream, ...others } = more;
    const resource = stream && new aws.kinesis.Stream("events", { name: stream.name });
    new Service("service", {
      ...place,
      service: section(config, "service"),
      capacityIsShifted: false,
      vpcId: "vpc",
      privateSubnetIds: SUBNETS,
      securityGroupId: "group-app",
      keyArns: KEYS,
      database,
      cache,
      files,
      stream: stream && resource && { ...stream, resource },
      parameters: new Parameters("parameters", { names: place.names, values: {} }),
      alertTopics: TOPICS,
      ...others,
    });
  });
  return all.filter(({ type, name: it }) => type.startsWith("aws:") && it.startsWith("service"));
}
