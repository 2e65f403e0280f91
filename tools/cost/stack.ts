import * as fs from "node:fs";
import { Problem } from "../../local/problem";

/** A resource of a stack, as far as its cost depends on it. */
export interface StackResource {
  /** Type token, such as `aws:rds/cluster:Cluster`. */
  readonly type: string;
  readonly name: string;
  /** The component at the top that it belongs to, such as `database`. */
  readonly component: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** All resources of a stack in one region. */
export class Stack {
  readonly resources: readonly StackResource[];
  readonly region: string;

  constructor(resources: readonly StackResource[], region: string) {
    this.resources = resources;
    this.region = region;
  }

  ofType(type: string): readonly StackResource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The stack as it would be with other resources. */
  with(change: (resource: StackResource) => StackResource | undefined): Stack {
    const changed = this.resources.map(change).filter((resource) => resource !== undefined);
    return new Stack(changed, this.region);
  }

  /** Zones its subnets are in; 1 where it has none. */
  get zones(): number {
    const zones = this.ofType("aws:ec2/subnet:Subnet").map(({ inputs }) => inputs["availabilityZone"]);
    return Math.max(1, new Set(zones).size);
  }
}

/**
 * Reads a stack from what `pulumi stack export` prints, or from a plan as it is kept in `tests/plans/`.
 *
 * @throws Problem when the file is missing or is neither
 */
export function readStackFile(file: string): Stack {
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch {
    throw new Problem(`${file} can't be read. Allowed: a file with a stack's export or a committed plan.`);
  }
  return readStack(text, file);
}

/** @throws Problem when the text is neither an export nor a plan; `name` says which it was */
export function readStack(text: string, name: string): Stack {
  const json = parse(text);
  const deployment = isObject(json) ? json["deployment"] : undefined;
  const resources = isObject(deployment) ? fromExport(deployment["resources"]) : fromPlan(json);
  const provider = resources?.find(({ type }) => type === "pulumi:providers:aws");
  const region = provider?.inputs["region"];
  if (resources === undefined || typeof region !== "string") {
    throw new Problem(
      `${name} is no stack. Allowed: what "pulumi stack export" prints (with resources in it), or a plan from tests/plans.`,
    );
  }
  return new Stack(resources, region);
}

function fromExport(list: unknown): StackResource[] | undefined {
  if (!Array.isArray(list)) return undefined;
  // A resource that waits for its deletion costs nothing for long, and its successor is counted.
  return list
    .filter((item) => isObject(item) && item["delete"] !== true)
    .map((item: Readonly<Record<string, unknown>>) =>
      toResource(String(item["urn"]).split("::").slice(2).join("::"), item["inputs"]),
    );
}

function fromPlan(json: unknown): StackResource[] | undefined {
  if (!isObject(json)) return undefined;
  return Object.entries(json).map(([key, planned]) =>
    toResource(key, isObject(planned) ? planned["inputs"] : undefined),
  );
}

/** @param key types from the outermost component inwards, joined by `$`, then `::` and the name */
function toResource(key: string, inputs: unknown): StackResource {
  const [types = "", ...name] = key.split("::");
  return {
    type: types.split("$").at(-1) ?? "",
    name: name.join("::"),
    component: componentOf(types),
    inputs: isObject(inputs) ? inputs : {},
  };
}

/**
 * The component at the top that a resource belongs to, such as `database`; `stack` where there is none.
 *
 * @param types from the outermost component inwards, joined by `$`
 */
export function componentOf(types: string): string {
  const [outermost = ""] = types.split("$", 1);
  return outermost.startsWith("streamflix:") ? (outermost.split(":")[1] ?? "") : "stack";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
