import { loadAsSdk } from "./sdk";

type Decode = (message: object, keepsSecrets: boolean) => Readonly<Record<string, unknown>>;
type Listing = (this: object) => readonly object[];

// Their own module objects, not an import's copies: the SDK's server looks the functions up there at every call.
const decoder = loadAsSdk("./deserialize") as { deserializeProperties: Decode };
const messages = loadAsSdk("@pulumi/pulumi/proto/analyzer_pb") as {
  readonly AnalyzeStackRequest: { readonly prototype: { getResourcesList: Listing } };
};

/**
 * Makes the SDK decode a request once. It does so again for every policy, and for every stack policy all resources
 * again: most of the pack's time. Rules only read, so they can share the result, which lives as long as the request:
 * properties by {@link decodeProperties}, a stack's resources by {@link sharedResources}. What remediations get is left
 * alone: they change it.
 */
export function decodeOnce(): void {
  decodeProperties();
  listResources();
}

function decodeProperties(): void {
  const { deserializeProperties: decode } = decoder;
  if (patched.has(decode)) {
    return;
  }
  const decoded = new WeakMap<object, ReturnType<Decode>>();
  const once: Decode = (message, keepsSecrets) => {
    if (keepsSecrets) {
      return decode(message, keepsSecrets);
    }
    const properties = decoded.get(message) ?? decode(message, keepsSecrets);
    decoded.set(message, properties);
    return properties;
  };
  patched.add(once);
  decoder.deserializeProperties = once;
}

// The list a stack's request gives can be gone through once: the SDK makes no resources of it for later policies.
function listResources(): void {
  const { prototype } = messages.AnalyzeStackRequest;
  const { getResourcesList: list } = prototype;
  if (patched.has(list)) {
    return;
  }
  const once: Listing = function () {
    shared = [];
    const all = list.call(this);
    const left = all.values();
    return Object.assign([...all], { [Symbol.iterator]: () => left });
  };
  patched.add(once);
  prototype.getResourcesList = once;
}

let shared: readonly unknown[] = [];

/**
 * The resources of the stack under analysis, of which the first of its policies is given all and the others none: one
 * request is analysed at a time.
 */
export function sharedResources<T>(given: readonly T[]): readonly T[] {
  if (given.length > 0) {
    shared = given;
  }
  return shared as readonly T[];
}

const patched = new WeakSet<object>();
