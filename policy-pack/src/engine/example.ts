import type { Suppression } from "./suppression";

/** Stands in an example for a value that is not known before creation. */
export const UNKNOWN = Symbol("unknown");

/** A property value in an example. */
export type ExampleValue =
  | string
  | number
  | boolean
  | null
  | typeof UNKNOWN
  | readonly ExampleValue[]
  | { readonly [key: string]: ExampleValue };

/** Properties in an example. */
export type ExampleProps = Readonly<Record<string, ExampleValue>>;

/** A resource in an example. */
export interface ExampleResource {
  readonly type: string;
  readonly props: ExampleProps;
  /** Its name, also the end of its URN. @default "example" */
  readonly name?: string;
  /** Pulumi's `protect`. @default false */
  readonly protect?: boolean;
  /** Pulumi's `ignoreChanges`. @default none */
  readonly ignoreChanges?: readonly string[];
  /** Inputs of its `aws` provider; `null` means that none is known. @default a provider in eu-central-1 */
  readonly provider?: ExampleProps | null;
  /** Which resources, by name, a property depends on. @default none */
  readonly dependsOn?: Readonly<Record<string, readonly string[]>>;
  /** The name of its parent. @default none */
  readonly parent?: string;
}

/** A situation and what the rule says about it: documentation and test in one. */
export interface Example {
  readonly title: string;
  readonly resources: readonly ExampleResource[];
  /** Expected findings as `finding` (on the first resource) or `finding@name`. @default none */
  readonly findings?: readonly string[];
  /** Settings as a configuration file would give them. @default the rule's defaults */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Suppressions in force. @default none */
  readonly suppressions?: readonly Suppression[];
  /** The day on which they are looked at. @default the day of the test */
  readonly today?: string;
}

/** An example with one resource. */
export function one(
  title: string,
  type: string,
  props: ExampleProps,
  rest: Omit<ExampleResource, "type" | "props"> & Pick<Example, "findings" | "config"> = {},
): Example {
  const { findings, config, ...resource } = rest;
  return {
    title,
    resources: [{ type, props, ...resource }],
    ...(findings === undefined ? {} : { findings }),
    ...(config === undefined ? {} : { config }),
  };
}
