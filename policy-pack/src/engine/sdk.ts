import { createRequire } from "node:module";

import * as policy from "@pulumi/policy";
import * as proxy from "@pulumi/policy/proxy";

interface UntypedExports {
  readonly unknownCheckingProxy: (value: object) => object;
  readonly UnknownValueError: new (marker: string, path: readonly string[]) => Error;
}

/** Exports of the policy SDK that its own typings leave empty. */
export const { unknownCheckingProxy, UnknownValueError } = policy as unknown as UntypedExports;

/** The texts by which the SDK says that a value is not known yet: one for each kind of value. */
export const unknownMarkers: ReadonlySet<string> = new Set(
  Object.entries(proxy as Readonly<Record<string, unknown>>).flatMap(([name, value]) =>
    /^unknown\w+Value$/.test(name) && typeof value === "string" ? [value] : [],
  ),
);

/** Loads a module as the SDK does: the same object, where the installed tree has several copies of a package. */
export const loadAsSdk = createRequire(createRequire(__filename).resolve("@pulumi/policy"));
