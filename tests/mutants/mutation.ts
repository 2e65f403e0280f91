import { regionlessTypes } from "../../policy-pack/src/generated/regionless-types";
import { taggableTypes } from "../../policy-pack/src/generated/taggable-types";
import type { Properties, StackResource } from "../../tools/policy/stack-resources";

/**
 * One way to break a demand. Paths are dotted; `[*]` stands for each element of a list, `[name=x]` for the elements
 * whose `name` is x; a step into JSON text goes into what the text says.
 */
export type Mutation =
  | { readonly set: string; readonly to: unknown }
  | { readonly remove: string }
  /** Adds an element to the list at the path. */
  | { readonly append: string; readonly value: unknown }
  /** Takes those elements from the list at the path whose JSON holds the text. */
  | { readonly cut: string; readonly holding: string }
  /** Several at once, which only together break the demand. */
  | { readonly all: readonly Mutation[] }
  /** The resource is missing. */
  | { readonly drop: true }
  | { readonly protect: false }
  | { readonly ignoreChanges: readonly string[] };

/** A demand that others have published, and what breaks it. */
export interface PublishedControl {
  /** Ids in catalogues that auditors know. A rule is meant for the control when it names one of them. */
  readonly ids: readonly string[];
  /** The demand, in short. */
  readonly says: string;
  /** Type tokens; `regional` and `taggable` stand for all types that are. */
  readonly types: readonly string[];
  readonly mutations: readonly Mutation[];
  /** The stacks whose settings ask for it. @default both */
  readonly stacks?: readonly string[];
  /** Only resources whose inputs hold this text as JSON. @default all */
  readonly where?: string;
}

/** A stack with one thing wrong. */
export interface Mutant {
  readonly control: PublishedControl;
  readonly mutation: Mutation;
  readonly stack: string;
  readonly original: StackResource;
  /** Undefined when the resource is missing. */
  readonly mutated: StackResource | undefined;
}

/** What one control's mutations make of a stack's resources, those left out that would change nothing. */
export function mutantsOf(
  control: PublishedControl,
  stack: string,
  resources: readonly StackResource[],
): readonly Mutant[] {
  if (control.stacks !== undefined && !control.stacks.includes(stack)) {
    return [];
  }
  return resources
    .filter(({ type }) => control.types.some((wanted) => isOfType(type, wanted)))
    .filter(({ inputs }) => control.where === undefined || JSON.stringify(inputs).includes(control.where))
    .flatMap((original) =>
      control.mutations.flatMap((mutation) =>
        applied(mutation, original).map((mutated) => ({ control, mutation, stack, original, mutated })),
      ),
    );
}

function isOfType(type: string, wanted: string): boolean {
  switch (wanted) {
    case "regional":
      return type.startsWith("aws:") && !regionlessTypes.has(type);
    case "taggable":
      return taggableTypes.has(type);
    default:
      return type === wanted;
  }
}

function applied(mutation: Mutation, original: StackResource): readonly (StackResource | undefined)[] {
  if ("drop" in mutation) {
    return [undefined];
  }
  if ("protect" in mutation) {
    return original.protect ? [{ ...original, protect: false }] : [];
  }
  if ("ignoreChanges" in mutation) {
    return [{ ...original, ignoreChanges: mutation.ignoreChanges }];
  }
  if ("all" in mutation) {
    let current = original;
    for (const part of mutation.all) {
      const [next] = applied(part, current);
      if (next === undefined) {
        return [];
      }
      current = next;
    }
    return [current];
  }
  const [path, change] = changeOf(mutation);
  return edits(original.inputs, parsePath(path), change)
    .map((inputs) => inputs as Properties)
    .filter((inputs) => JSON.stringify(inputs) !== JSON.stringify(original.inputs))
    .map((inputs) => ({
      ...original,
      inputs,
      outputs: { ...original.outputs, ...inputs, ...without(original.inputs, inputs) },
    }));
}

// A property that is gone from the inputs is gone from the outputs too.
function without(before: Properties, after: Properties): Properties {
  return Object.fromEntries(
    Object.keys(before)
      .filter((key) => !(key in after))
      .map((key) => [key, null]),
  );
}

/** New value of a place, or `GONE`. */
type Change = (value: unknown) => unknown;
const GONE = Symbol("gone");

function changeOf(mutation: Exclude<Mutation, { all: unknown } | { drop: true }>): [string, Change] {
  if ("set" in mutation) {
    return [mutation.set, () => mutation.to];
  }
  if ("remove" in mutation) {
    return [mutation.remove, (value) => (value === undefined ? undefined : GONE)];
  }
  if ("append" in mutation) {
    return [mutation.append, (value) => [...asList(value), mutation.value]];
  }
  if ("cut" in mutation) {
    return [
      mutation.cut,
      (value) => asList(value).filter((entry) => !JSON.stringify(entry).includes(mutation.holding)),
    ];
  }
  throw new Error("not a change of inputs");
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : value === undefined ? [] : [value];
}

type Step = { readonly key: string } | { readonly every: true } | { readonly name: string };

function parsePath(path: string): readonly Step[] {
  // Names in selectors may have dots.
  return path.split(/\.(?![^[]*\])/).flatMap((part): Step[] => {
    const [, key = "", selector] = /^([^[]*)(?:\[(.+)\])?$/.exec(part) ?? [];
    const step: Step[] = [{ key }];
    return selector === undefined
      ? step
      : [...step, selector === "*" ? { every: true } : { name: selector.replace("name=", "") }];
  });
}

/** A copy of the value for each place that the path leads to, with that place changed. */
function edits(value: unknown, path: readonly Step[], change: Change): readonly unknown[] {
  const [step, ...rest] = path;
  if (step === undefined) {
    const changed = change(value);
    return changed === undefined && value === undefined ? [] : [changed];
  }
  if (typeof value === "string" && /^[[{]/.test(value)) {
    return edits(JSON.parse(value), path, change).map((edited) => JSON.stringify(edited));
  }
  if ("key" in step) {
    const bag = value as Record<string, unknown> | undefined;
    if (bag !== undefined && (typeof bag !== "object" || Array.isArray(bag))) {
      return [];
    }
    const parent = bag ?? {};
    return edits(parent[step.key], rest, change).map((edited) => {
      if (edited !== GONE) {
        return { ...parent, [step.key]: edited };
      }
      return Object.fromEntries(Object.entries(parent).filter(([key]) => key !== step.key));
    });
  }
  if (!Array.isArray(value)) {
    return [];
  }
  const list: readonly unknown[] = value;
  return list.flatMap((element, index) => {
    if ("name" in step && (element as { name?: unknown }).name !== step.name) {
      return [];
    }
    return edits(element, rest, change).map((edited) =>
      edited === GONE
        ? list.filter((_, other) => other !== index)
        : list.map((each, other) => (other === index ? edited : each)),
    );
  });
}
