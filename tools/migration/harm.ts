import { STATEFUL as PROTECTED } from "../../policy-pack/src/rules/protection";

/** Types that hold data, or what opens data: those that prod protects, and those whose loss nothing else shows. */
const STATEFUL: ReadonlySet<string> = new Set([
  ...PROTECTED,
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:secretsmanager/secretVersion:SecretVersion",
]);

/** A resource of a deployment, as `pulumi stack export` has it. */
export interface Deployed {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
}

/** A call of a deployment to AWS, as the local engine's journal has it. */
export interface Call {
  readonly method: "create" | "update" | "delete";
  readonly type: string;
  readonly urn: string;
}

/** A resource with data that a step would lose. */
export interface Harm {
  readonly what: "replaced" | "deleted";
  readonly type: string;
  readonly name: string;
}

/**
 * Resources with data of which a step leaves less than there was. Calls show what is deleted under a name that comes
 * back; the states show what a deployment merely forgets.
 */
export function harmOf(
  before: readonly Deployed[],
  after: readonly Deployed[],
  calls: readonly Call[],
): readonly Harm[] {
  const deleted = new Set(calls.filter(({ method }) => method === "delete").map(({ urn }) => urn));
  const now = new Map(after.map(({ urn, id }) => [urn, id]));
  return before
    .filter(({ type }) => STATEFUL.has(type))
    .filter(({ urn, id }) => deleted.has(urn) || now.get(urn) !== id)
    .map(({ urn, type }) => ({ what: now.has(urn) ? "replaced" : "deleted", type, name: nameIn(urn) }));
}

/** What a step does, in counts; a replacement is one, not a creation and a deletion. */
export function countsOf(
  calls: readonly Call[],
): Readonly<Record<"created" | "changed" | "replaced" | "deleted", number>> {
  const urns = (method: Call["method"]) =>
    new Set(calls.filter((it) => it.method === method).map(({ urn }) => urn));
  const [created, changed, deleted] = [urns("create"), urns("update"), urns("delete")];
  const replaced = [...created].filter((urn) => deleted.has(urn)).length;
  return {
    created: created.size - replaced,
    changed: changed.size,
    replaced,
    deleted: deleted.size - replaced,
  };
}

/** `…::aws:kms/key:Key::keys-logs` → `keys-logs`. */
function nameIn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
