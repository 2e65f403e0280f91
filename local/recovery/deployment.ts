/** Reads what the Pulumi CLI prints as JSON: a deployment (`stack export`) and a plan (`preview --json`). */
import { Problem } from "../problem";

export type Properties = Readonly<Record<string, unknown>>;

/** A resource of a deployment or of a plan, as far as recovery needs it. */
export interface Resource {
  readonly urn: string;
  readonly type: string;
  /** False for a component, which exists in the state only. */
  readonly custom: boolean;
  /** A component that a provider makes, not the program. */
  readonly remote: boolean;
  /** The cloud's id; absent for components and for what is only planned. */
  readonly id: string | undefined;
  readonly inputs: Properties;
  readonly outputs: Properties;
  readonly parent: string | undefined;
  /** URN of the provider, without the provider's id. */
  readonly provider: string | undefined;
}

/** An operation that began and whose end the engine never saw. */
export interface PendingOperation {
  readonly urn: string;
  /** `creating`, `updating`, `deleting` or `reading`. */
  readonly type: string;
}

/** A stack's state. */
export interface Deployment {
  readonly resources: readonly Resource[];
  readonly pendingOperations: readonly PendingOperation[];
}

/** Reads `pulumi stack export`. */
export function readDeployment(text: string): Deployment {
  const { deployment } = properties(JSON.parse(text));
  const { resources, pending_operations: pending } = properties(deployment);
  return {
    resources: list(resources).map(readResource),
    pendingOperations: list(pending).map((operation) => {
      const { resource, type } = properties(operation);
      return { urn: asText(properties(resource).urn), type: asText(type) };
    }),
  };
}

/** The text of `pulumi stack export` without its pending operations, for `pulumi stack import`. */
export function withoutPendingOperations(text: string): string {
  const exported = properties(JSON.parse(text));
  const deployment = Object.entries(properties(exported.deployment)).filter(
    ([key]) => key !== "pending_operations",
  );
  return JSON.stringify({ ...exported, deployment: Object.fromEntries(deployment) });
}

/** What the program would create now, by `pulumi preview --json`: cloud resources and components. */
export function readPlannedCreates(text: string): readonly Resource[] {
  // The CLI can print notes after the document.
  const end = text.lastIndexOf("\n}");
  if (end === -1) throw new Problem(`The preview gave no plan:\n${text.trim()}`);
  const { steps } = properties(JSON.parse(text.slice(0, end + 2)));
  return list(steps)
    .map(properties)
    .filter(({ op }) => op === "create")
    .map(({ newState }) => readResource(newState));
}

function readResource(value: unknown): Resource {
  const resource = properties(value);
  const provider = optionalText(resource.provider);
  return {
    urn: asText(resource.urn),
    type: asText(resource.type),
    custom: resource.custom === true,
    // The engine keeps a provider on a component only when that provider made it.
    remote: resource.custom !== true && provider !== undefined,
    id: optionalText(resource.id),
    inputs: properties(resource.inputs),
    outputs: properties(resource.outputs),
    parent: optionalText(resource.parent),
    provider: provider?.slice(0, provider.lastIndexOf("::")),
  };
}

/** `value` as a map; empty when it is none. */
export function properties(value: unknown): Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Properties) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function optionalText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The name that the program gave a resource: the last part of its URN. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}
