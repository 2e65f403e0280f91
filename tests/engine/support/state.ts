import * as fs from "node:fs/promises";
import * as path from "node:path";
import { openAccounts, type StoredObject } from "../../../local/account/store";
import { stackPaths } from "../../../local/paths";
import type { Machine } from "./engine";

/** A resource in an exported deployment. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly id?: string;
  readonly parent?: string;
  readonly protect?: boolean;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
}

interface Checkpoint {
  readonly checkpoint: { readonly latest?: { readonly resources?: StateResource[] } };
}

/** Resources of a stack, read from the state file: the same as `export` prints, without starting the CLI. */
export async function stateOf(machine: Machine, stack: string): Promise<StateResource[]> {
  const { checkpoint } = JSON.parse(await fs.readFile(stateFileOf(machine, stack), "utf8")) as Checkpoint;
  return checkpoint.latest?.resources ?? [];
}

/** The file in which Pulumi keeps a stack's state. */
export function stateFileOf(machine: Machine, stack: string): string {
  const { state, program } = stackPaths(stack, machine.home);
  return path.join(state, ".pulumi/stacks", program.project, `${stack}.json`);
}

/** Everything in the simulated accounts of a machine. */
export function objectsOf(machine: Machine): StoredObject[] {
  return openAccounts(path.join(machine.home, "accounts")).list();
}

/** What exists and is not on its way out. */
export function liveObjectsOf(machine: Machine): StoredObject[] {
  return objectsOf(machine).filter((object) => object.state === "available");
}

/** AWS resources of a state that exist in an account. */
export function awsResources(resources: readonly StateResource[]): StateResource[] {
  return resources.filter((resource) => resource.custom && resource.type.startsWith("aws:"));
}

/**
 * A state in which generated ids and times are replaced by the name of the resource they belong to, so that the
 * outcome of two deployments can be compared.
 */
export function normalised(resources: readonly StateResource[]): string[] {
  const sorted = [...resources].sort((a, b) => a.urn.localeCompare(b.urn));
  const generated = new Map<string, string>();
  for (const { urn, id, outputs } of sorted) {
    for (const value of [id, ...GENERATED.map((key) => outputs?.[key])]) {
      if (typeof value === "string" && value.length >= SHORTEST_ID && !generated.has(value)) {
        generated.set(value, `<${urn}>`);
      }
    }
  }
  const ids = [...generated.keys()].sort((a, b) => b.length - a.length);
  return sorted.map(({ urn, type, parent, protect, inputs, outputs }) => {
    const kept =
      outputs && Object.fromEntries(Object.entries(outputs).filter(([key]) => !isDropped(key, inputs)));
    const text = JSON.stringify({ urn, type, parent, protect, inputs, outputs: kept });
    const withoutIds = ids.reduce((result, id) => result.replaceAll(id, generated.get(id) ?? id), text);
    // The same secret is encrypted differently each time, and a hash over ids differs as they do.
    return withoutIds
      .replaceAll(/"ciphertext":"[^"]*"/g, '"ciphertext":"…"')
      .replaceAll(/"triggers":\{"definition":"[0-9a-f]{64}"\}/g, '"triggers":{"definition":"…"}');
  });
}

/** API Gateway's deployments have the shortest of all generated ids. */
const SHORTEST_ID = 6;

/** Outputs that AWS makes up and other resources repeat. */
const GENERATED = [
  "arn",
  "arnSuffix",
  "dnsName",
  "keyId",
  "allocationId",
  "prefixListId",
  "clusterResourceId",
];

/** Outputs that differ between two deployments and that nothing repeats. */
const DROPPED = [
  "associationId",
  "createDate",
  "createdDate",
  "dbiResourceId",
  "defaultNetworkAclId",
  "defaultRouteTableId",
  "defaultSecurityGroupId",
  "dnsEntries",
  "globalClusterResourceId",
  "invocations",
  "ipAddress",
  "lastModified",
  "lockToken",
  "mainRouteTableId",
  "name",
  "networkInterfaceId",
  "networkInterfaceIds",
  "publicIp",
  "rootResourceId",
  "uniqueId",
  "versionId",
];

/** Of instances that are made side by side, any may be the writer. */
function isDropped(key: string, inputs: Readonly<Record<string, unknown>> | undefined): boolean {
  return DROPPED.includes(key) || (key === "writer" && inputs?.["applyImmediately"] === false);
}
