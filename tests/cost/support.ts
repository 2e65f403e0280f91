import { Stack, type StackResource } from "../../tools/cost/stack";
import { readUsage, type Usage } from "../../tools/cost/usage";

/** A resource of a made-up stack. */
export function resource(type: string, inputs: StackResource["inputs"] = {}, name = "it"): StackResource {
  return { type, name, component: "test", inputs };
}

export function stackOf(...resources: readonly StackResource[]): Stack {
  return new Stack(resources, "eu-central-1");
}

/** Prod's assumptions with other amounts for a part of them; a number means all three cases. */
export function usage(changes: { readonly [Part in keyof Usage]?: Partial<Usage[Part]> }): Usage {
  const assumed = readUsage("prod");
  const parts = Object.entries(changes).map(([part, amounts]) => [
    part,
    { ...assumed[part as keyof Usage], ...amounts },
  ]);
  return { ...assumed, ...(Object.fromEntries(parts) as Partial<Usage>) };
}
