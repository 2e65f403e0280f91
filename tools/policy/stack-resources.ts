/** The resources of a stack as the engine hands them to policies, read from `pulumi preview --json` or a stack export. */
import { Problem } from "../../local/problem";

/** A resource with all that an analysis request can hold. */
export interface StackResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** What the program asked for, after the provider's defaults. */
  readonly inputs: Properties;
  /** What exists; the inputs where nothing does yet. */
  readonly outputs: Properties;
  readonly protect: boolean;
  readonly ignoreChanges: readonly string[];
  /** URN. */
  readonly parent: string | undefined;
  readonly dependencies: readonly string[];
  /** URNs by property. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly provider: Pick<StackResource, "urn" | "type" | "name" | "inputs"> | undefined;
}

export type Properties = Readonly<Record<string, unknown>>;

/** The engine's marker for "not known yet". */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

interface State {
  readonly urn: string;
  readonly type: string;
  readonly custom?: boolean;
  readonly delete?: boolean;
  readonly inputs?: Properties;
  readonly outputs?: Properties;
  readonly protect?: boolean;
  readonly ignoreChanges?: readonly string[];
  readonly parent?: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>> | null;
  readonly provider?: string;
}

/**
 * Reads the JSON text of a preview or of an export.
 *
 * @param source what the text is called in an error, such as the name of its file
 * @throws Problem when it is neither, or holds no resource
 */
export function readStackResources(text: string, source: string): readonly StackResource[] {
  const refuse = (why: string) => new Problem(`${source} is no export: ${why}`);
  const states = statesOf(text, refuse);
  const resources = states.filter((state) => state.delete !== true);
  if (resources.length === 0) throw refuse("it holds no resource");
  const byUrn = new Map(resources.map((state) => [state.urn, state]));
  return resources.map((state) => toResource(state, byUrn));
}

function statesOf(text: string, refuse: (why: string) => Problem): readonly State[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refuse("it is not JSON");
  }
  const list = isBag(json)
    ? isBag(json.deployment)
      ? json.deployment.resources
      : Array.isArray(json.steps)
        ? json.steps.flatMap((step: unknown) => (isBag(step) && isBag(step.newState) ? [step.newState] : []))
        : undefined
    : undefined;
  if (!Array.isArray(list)) {
    throw refuse("it is neither a stack export (deployment.resources) nor a preview's JSON (steps)");
  }
  const entries: readonly unknown[] = list;
  const broken = entries.findIndex(
    (entry) => !isBag(entry) || typeof entry.urn !== "string" || typeof entry.type !== "string",
  );
  if (broken >= 0) {
    throw refuse(`resource ${broken} has no urn or no type`);
  }
  return entries as readonly State[];
}

function toResource(state: State, byUrn: ReadonlyMap<string, State>): StackResource {
  const { urn, type, protect = false, ignoreChanges = [], parent, dependencies = [] } = state;
  const inputs = plain(state.inputs ?? {}) as Properties;
  const outputs = { ...inputs, ...(plain(state.outputs ?? {}) as Properties) };
  // `urn::id`; the id has no double colon.
  const providerUrn = state.provider?.slice(0, state.provider.lastIndexOf("::"));
  const provider = providerUrn === undefined ? undefined : byUrn.get(providerUrn);
  return {
    urn,
    type,
    name: nameOf(urn),
    inputs,
    outputs,
    protect,
    ignoreChanges,
    parent,
    dependencies,
    propertyDependencies: state.propertyDependencies ?? {},
    provider:
      provider === undefined
        ? undefined
        : {
            urn: provider.urn,
            type: provider.type,
            name: nameOf(provider.urn),
            inputs: plain(provider.inputs ?? {}) as Properties,
          },
  };
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** Secrets become their value, or unknown where the export holds them encrypted; code becomes a word. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (!isBag(value)) {
    return value;
  }
  if (value[SIGNATURE] === SECRET) {
    return typeof value.plaintext === "string" ? plain(JSON.parse(value.plaintext)) : UNKNOWN;
  }
  if (value[SIGNATURE] !== undefined) {
    return "(code)";
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "__internal" && key !== "__defaults")
      .map(([key, member]) => [key, plain(member)]),
  );
}

function isBag(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
