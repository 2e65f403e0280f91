import { createRequire } from "node:module";

type Decode = (message: object, keepsSecrets: boolean) => Readonly<Record<string, unknown>>;

// Its own module object, not an import's copy: the SDK's server looks the function up there at every call.
const decoder = createRequire(__filename)("@pulumi/policy/deserialize") as { deserializeProperties: Decode };

/**
 * Makes the SDK decode the properties of a message once. It does so again for every policy, and for every stack policy
 * all resources again: three quarters of the pack's time. Rules only read, so they can share the result, which lives
 * as long as the request. What remediations get is left alone: they change it.
 */
export function decodeOnce(): void {
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

const patched = new WeakSet<Decode>();
