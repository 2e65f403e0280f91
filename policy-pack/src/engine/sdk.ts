import * as policy from "@pulumi/policy";

interface UntypedExports {
  readonly unknownCheckingProxy: (value: object) => object;
  readonly UnknownValueError: new (marker: string, path: readonly string[]) => Error;
}

/** Exports of the policy SDK that its own typings leave empty. */
export const { unknownCheckingProxy, UnknownValueError } = policy as unknown as UntypedExports;
