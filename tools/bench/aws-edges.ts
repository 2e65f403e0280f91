/**
 * What AWS itself requires to exist before something else can be made, whatever program asks for it.
 *
 * Written from the parameters and errors of the AWS APIs, never from this program: an edge is here only when the
 * request must carry an identifier that AWS gives out when the other thing is made, or when AWS refuses the request
 * without the other thing. What a program waits for out of caution (a role's permissions before the first record) is
 * not here: the bound has to be one that no program can beat.
 */
import { outputsOf } from "../../local/account/store";
import type { StoredObject } from "../../local/account/store";
import { stringsAt } from "../../local/providers/aws/world";
import { AWS_NEEDS } from "./aws-needs";
import type { Needs } from "./critical-path";

/** A property of one object that names another. */
export interface Need {
  /** Its name; with dots for one inside another: `vpcConfig.subnetIds`. */
  readonly property: string;
  /** What stands before the identifier in the property: `cluster:`. */
  readonly prefix?: string;
  readonly types: readonly string[];
  /** What of the other object it holds. @default "id" */
  readonly by?:
    | "id"
    | "arn"
    | "name"
    | "keyId"
    | "stageName"
    | "vpcId"
    | "defaultActions.targetGroupArn"
    | "endpoint"
    | "readerEndpoint"
    | "primaryEndpointAddress"
    | "readerEndpointAddress";
  /** API call and parameter or error. */
  readonly reason: string;
  /** The property is of the object that `through` names, not of the one that needs: a subnet's VPC. */
  readonly through?: Pick<Need, "property" | "types" | "by">;
}

/** The requirements between the objects of an account. */
export interface AwsGraph {
  readonly needs: Needs;
  /** Why an object needs another: `reasons.get(a)?.get(b)`. */
  readonly reasons: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Types in the account that the list says nothing about, so that the bound may be too low. */
  readonly unlistedTypes: readonly string[];
}

/** Names an object in a graph. */
export function nodeOf({ type, id }: Pick<StoredObject, "type" | "id">): string {
  return `${type} ${id}`;
}

/** Applies the list to what exists. */
export function awsGraph(
  objects: readonly StoredObject[],
  list: Readonly<Record<string, readonly Need[]>> = AWS_NEEDS,
): AwsGraph {
  const reasons = new Map(
    objects.map((object) => [
      nodeOf(object),
      new Map(
        (list[object.type] ?? []).flatMap((need) =>
          targets(object, need, objects).map((target) => [nodeOf(target), need.reason] as const),
        ),
      ),
    ]),
  );
  return {
    reasons,
    needs: new Map([...reasons].map(([node, targets]) => [node, [...targets.keys()]])),
    unlistedTypes: [...new Set(objects.map(({ type }) => type))].filter((type) => !(type in list)).sort(),
  };
}

function targets(object: StoredObject, need: Need, objects: readonly StoredObject[]): StoredObject[] {
  const { through } = need;
  const holders =
    through === undefined
      ? [object]
      : named(values(object, through.property), through.by ?? "id", through.types, objects);
  const { prefix = "" } = need;
  return holders.flatMap((holder) => {
    const wanted = values(holder, need.property).filter((value) => value.startsWith(prefix));
    const names = wanted.map((value) => value.slice(prefix.length));
    return named(names, need.by ?? "id", need.types, objects);
  });
}

function named(
  wanted: readonly string[],
  by: NonNullable<Need["by"]>,
  types: readonly string[],
  objects: readonly StoredObject[],
): StoredObject[] {
  return objects.filter(
    (candidate) =>
      types.includes(candidate.type) &&
      (by === "id" ? [candidate.id] : values(candidate, by)).some((value) => wanted.includes(value)),
  );
}

/** The values of a property; a text on the way to it is JSON, as a task's containers are. */
function values(object: StoredObject, property: string): string[] {
  const outputs = outputsOf(object);
  const [head = "", ...tail] = property.split(".");
  const outer = outputs[head];
  const opened =
    tail.length > 0 && typeof outer === "string" ? { [head]: JSON.parse(outer) as unknown } : outputs;
  return stringsAt(opened, property);
}
