import { UNKNOWN, type StackResource } from "../policy/stack-resources";

/** The resources of an export, as the points of the checklist ask for them. */
export class Inventory {
  readonly #resources: readonly StackResource[];

  constructor(resources: readonly StackResource[]) {
    this.#resources = resources;
  }

  /** All resources of AWS. */
  get all(): readonly StackResource[] {
    return this.#resources.filter(({ type }) => type.startsWith("aws:"));
  }

  /** @param type such as `kms/key:Key` */
  of(type: string): readonly StackResource[] {
    return this.#resources.filter((resource) => resource.type === `aws:${type}`);
  }

  /** Whether a resource of a type has this value in a field, such as a bucket's name. */
  has(type: string, field: string, value: unknown): boolean {
    return this.of(type).some(({ outputs }) => outputs[field] === value);
  }
}

/** What is inside a value, by fields and list indexes; `undefined` where there is no such thing, or it isn't known. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  const found = path.reduce<unknown>(
    (inner, step) =>
      typeof inner === "object" && inner !== null
        ? (inner as Readonly<Record<string | number, unknown>>)[step]
        : undefined,
    value,
  );
  return found === UNKNOWN ? undefined : found;
}

/** Text, a number or a truth inside a value, as text; `undefined` for anything else. */
export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  if (typeof found === "string") return found;
  return typeof found === "number" || typeof found === "boolean" ? String(found) : undefined;
}

/** A list; one of nothing where the value is none. */
export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** `kms/key:Key` and `keys-logs` as "Key keys-logs". */
export function named({ type, name }: StackResource): string {
  return `${type.split(":").at(-1) ?? type} ${name}`;
}

/** A statement of a policy, each field a list. */
export interface Statement {
  readonly effect: unknown;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** Statements of a policy document, which is text or an object; none of one that isn't known. */
export function statementsOf(document: unknown): readonly Statement[] {
  const parsed =
    typeof document === "string" && document !== UNKNOWN ? (JSON.parse(document) as unknown) : document;
  const statements = at(parsed, "Statement");
  return (Array.isArray(statements) ? (statements as unknown[]) : [statements])
    .filter((it) => it !== undefined)
    .map((it) => ({
      effect: at(it, "Effect"),
      actions: texts(at(it, "Action")),
      resources: texts(at(it, "Resource")),
    }));
}

function texts(value: unknown): readonly string[] {
  return (Array.isArray(value) ? (value as unknown[]) : [value]).filter((it) => typeof it === "string");
}
