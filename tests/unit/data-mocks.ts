import * as pulumi from "@pulumi/pulumi";

import { Names, type ParsedConfig } from "../../config";
import { parseJson, set, validConfig } from "../config/helpers";

/** One resource of the data tier that a program asked for, as the engine would get it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  /** Secrets unwrapped. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Inputs that reached the engine as secrets. */
  readonly secret: readonly string[];
  readonly protect: boolean;
  /** Such as `ClusterInstance database-1`. */
  readonly dependsOn: readonly string[];
  readonly ignoreChanges: readonly string[];
}

/** What AWS tells about a resource after it was made: `Cluster/database#endpoint`, for these properties of any type. */
const KNOWN_LATER = [
  "arn",
  "arnSuffix",
  "dnsName",
  "secretArn",
  "endpoint",
  "readerEndpoint",
  "clusterResourceId",
  "primaryEndpointAddress",
  "readerEndpointAddress",
  "result",
] as const;

/** A shipped stack's configuration with some values changed, and the names and place that go with it. */
export function stack(name: "dev" | "prod" | "prod-dr", changes: Readonly<Record<string, unknown>> = {}) {
  const raw = validConfig(name);
  for (const [path, value] of Object.entries(changes)) set(raw, path, value);
  const { config } = parseJson(raw);
  const { accountId, region, availabilityZones } = config.aws;
  const protect = config.environment.protection;
  const { retention } = config;
  return { config, names: new Names(config), accountId, region, retention, availabilityZones, protect };
}

/** A section that a shipped stack has. */
export function section<
  Name extends
    | "backup"
    | "database"
    | "dataRetention"
    | "gameDays"
    | "remediation"
    | "rotation"
    | "cache"
    | "files"
    | "service",
>(config: ParsedConfig, name: Name): NonNullable<ParsedConfig[Name]> {
  const value = config[name];
  if (value === undefined) throw new Error(`there is no section ${name}`);
  return value;
}

/** Runs a program under mocks and waits until everything it registered has settled. */
export async function registered(program: () => unknown): Promise<readonly Registered[]> {
  const seen: pulumi.runtime.MockResourceArgs[] = [];
  const given = new Map<string, pulumi.ResourceOptions>();
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        seen.push(args);
        const label = `${args.type.split(":").at(-1) ?? args.type}/${args.name}`;
        const inputs = args.inputs as Readonly<Record<string, unknown>>;
        const prefix = inputs["namePrefix"] ?? inputs["identifierPrefix"];
        const made = Object.fromEntries(KNOWN_LATER.map((property) => [property, `${label}#${property}`]));
        const name = typeof prefix === "string" ? { name: `${prefix}1` } : {};
        return { id: `${label}#id`, state: { ...made, ...name, ...inputs } };
      },
      call: ({ token }) => {
        throw new Error(`the program called data source ${token}`);
      },
    },
    "streamflix-platform",
    "unit",
  );
  await pulumi.runtime.runInPulumiStack(() => {
    pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
      given.set(`${type} ${name}`, opts);
      return { props, opts };
    });
    program();
    return Promise.resolve({});
  });
  await settled();
  return seen
    .filter(({ type }) => type !== "pulumi:pulumi:Stack")
    .map(({ type, name, inputs }) => {
      const opts: pulumi.CustomResourceOptions = given.get(`${type} ${name}`) ?? {};
      const entries = Object.entries(inputs as Readonly<Record<string, unknown>>);
      return {
        type,
        name,
        inputs: Object.fromEntries(entries.map(([key, value]) => [key, plain(value)])),
        secret: entries.filter(([, value]) => holdsSecret(value)).map(([key]) => key),
        protect: opts.protect === true,
        dependsOn: [opts.dependsOn]
          .flat()
          .filter((it) => pulumi.Resource.isInstance(it))
          .map(labelOf),
        ignoreChanges: opts.ignoreChanges ?? [],
      };
    });
}

/** Waits for every registration. The SDK can do it, but leaves that out of its types. */
async function settled(): Promise<void> {
  const { waitForRPCs } = pulumi.runtime as unknown as { waitForRPCs: () => Promise<void> };
  await waitForRPCs();
}

function holdsSecret(value: unknown): boolean {
  if (pulumi.runtime.isRpcSecret(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsSecret);
}

function plain(value: unknown): unknown {
  if (pulumi.runtime.isRpcSecret(value)) return plain(pulumi.runtime.unwrapRpcSecret(value));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null || pulumi.asset.Archive.isInstance(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function labelOf(resource: pulumi.Resource): string {
  const { __pulumiType, __name } = resource as unknown as { __pulumiType: string; __name: string };
  return `${__pulumiType.split(":").at(-1) ?? ""} ${__name}`;
}

/** All registrations of a type, given by its last part, in the order of their names. */
export function ofType(all: readonly Registered[], type: string): Registered[] {
  const matches = (it: Registered) => it.type.endsWith(`:${type}`) || it.type.endsWith(`/${type}`);
  return all.filter(matches).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The only registration of a type, or the only one of a name. */
export function only(all: readonly Registered[], type: string, name?: string): Registered {
  const found = ofType(all, type).filter((it) => name === undefined || it.name === name);
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`expected one ${type} ${name ?? ""}, found ${found.length}`);
  }
  return first;
}

/** How many registrations there are of each type of AWS and random, types in alphabetical order. */
export function countByType(all: readonly Registered[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const type of all.map((it) => it.type).sort()) {
    if (!type.startsWith("streamflix:")) counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

/** The statements of a policy document, given as text or as an object, by their Sid. */
export function statementsOf(document: unknown): Record<string, Readonly<Record<string, unknown>>> {
  const parsed: unknown = typeof document === "string" ? JSON.parse(document) : document;
  const { Statement } = parsed as {
    Statement: readonly (Readonly<Record<string, unknown>> & { Sid?: string })[];
  };
  return Object.fromEntries(Statement.map((it, index) => [it.Sid ?? String(index), it]));
}
