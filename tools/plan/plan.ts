import { isDeepStrictEqual } from "node:util";

/** A planned resource, without what differs from run to run or from machine to machine. */
export interface PlannedResource {
  readonly protect?: true;
  /** Resources that have to exist first, as `type name`. */
  readonly after?: readonly string[];
  /** Policy documents are spelled out; what AWS will make up is `(known after creation)`. */
  readonly inputs?: unknown;
}

/** A stack's plan from nothing: resources by their URN, less stack and project. */
export type Plan = Readonly<Record<string, PlannedResource>>;

/** The parts of `pulumi preview --json` that a plan is made of. */
export interface PreviewJson {
  readonly steps: readonly {
    readonly op: string;
    readonly newState: {
      readonly urn: string;
      readonly protect?: boolean;
      readonly dependencies?: readonly string[];
      readonly inputs?: Readonly<Record<string, unknown>>;
    };
  }[];
}

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Marks assets, archives and secrets among properties. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const KNOWN_LATER = "(known after creation)";

/**
 * Reduces a preview of an empty stack to its plan.
 *
 * @throws Error when the preview does anything but create: the stack wasn't empty
 */
export function planOf(preview: PreviewJson): Plan {
  const resources = preview.steps.map(({ op, newState }): [string, PlannedResource] => {
    if (op !== "create") {
      throw new Error(`a plan starts from nothing, but the preview would ${op} ${newState.urn}`);
    }
    const { protect, dependencies = [], inputs } = newState;
    return [
      withoutStack(newState.urn),
      {
        ...(protect === true ? { protect } : {}),
        ...(dependencies.length > 0 ? { after: dependencies.map(withoutStack).map(shortName).sort() } : {}),
        ...(inputs ? { inputs: readable(inputs) } : {}),
      },
    ];
  });
  return Object.fromEntries(resources.sort(([a], [b]) => a.localeCompare(b)));
}

/** Differences between two plans, a line each, as a reviewer wants to read them. Empty when there are none. */
export function comparePlans(committed: Plan, current: Plan): string[] {
  const names = [...new Set([...Object.keys(committed), ...Object.keys(current)])].sort();
  return names.flatMap((name) => {
    const [old, now] = [committed[name], current[name]];
    if (old === undefined) {
      return [`+ ${shortName(name)}`];
    }
    return now === undefined ? [`- ${shortName(name)}`] : differences(`~ ${shortName(name)} `, "", old, now);
  });
}

function differences(prefix: string, path: string, old: unknown, now: unknown): string[] {
  if (isDeepStrictEqual(old, now)) {
    return [];
  }
  if (isObject(old) && isObject(now)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
    return keys.flatMap((key) =>
      differences(prefix, path === "" ? key : `${path}.${key}`, old[key], now[key]),
    );
  }
  if (isTextList(old) && isTextList(now)) {
    const gone = old.filter((item) => !now.includes(item)).map((item) => `−${item}`);
    const come = now.filter((item) => !old.includes(item)).map((item) => `+${item}`);
    // Only the order differs when there is neither.
    if (gone.length + come.length > 0) return [`${prefix} ${path}: ${[...gone, ...come].join(", ")}`];
  }
  return [`${prefix} ${path}: ${shown(old)} → ${shown(now)}`];
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function shown(value: unknown): string {
  return value === undefined ? "(none)" : JSON.stringify(value);
}

/** `streamflix:keys:Keys$aws:kms/key:Key::keys-logs` → `aws:kms/key:Key keys-logs`. */
function shortName(urn: string): string {
  const [types = "", ...name] = urn.split("::");
  return `${types.split("$").at(-1) ?? types} ${name.join("::")}`;
}

/** Drops `urn:pulumi:<stack>::<project>::`. */
function withoutStack(urn: string): string {
  return urn.split("::").slice(2).join("::");
}

function readable(value: unknown): unknown {
  if (typeof value === "string") {
    if (value === UNKNOWN) {
      return KNOWN_LATER;
    }
    return /^[{[]["{\]}]/.test(value) ? readable(JSON.parse(value)) : value;
  }
  if (Array.isArray(value)) {
    return value.map(readable);
  }
  if (isObject(value) && value[SIGNATURE] !== undefined) {
    return marked(value);
  }
  if (isObject(value)) {
    const kept = Object.entries(value).filter(([key]) => key !== "__internal");
    return Object.fromEntries(
      kept
        .map(([key, item]): [string, unknown] => [key, readable(item)])
        .sort(([a], [b]) => a.localeCompare(b)),
    );
  }
  return value;
}

/** Code by its hash, since its path is of the machine; a secret by nothing. */
function marked({ [SIGNATURE]: signature, hash, assets }: Record<string, unknown>): string {
  if (signature === SECRET) {
    return "(secret)";
  }
  const kind = assets === undefined ? "asset" : "archive";
  return `(${kind} ${typeof hash === "string" ? hash.slice(0, 12) : "without hash"})`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
