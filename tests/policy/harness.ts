import type { Policies } from "@pulumi/policy";

import {
  type Example,
  type ExampleProps,
  type ExampleResource,
  type ExampleValue,
  UNKNOWN,
} from "../../policy-pack/src/engine/example";
import type { Rule } from "../../policy-pack/src/engine/rule";
import * as analyzer from "../../tools/policy/analyzer";
import { type StackResource, UNKNOWN as MARKER } from "../../tools/policy/stack-resources";

export type { Answer, Diagnostic } from "../../tools/policy/analyzer";

const PROVIDER: ExampleProps = { region: "eu-central-1" };

/** The policies of a catalogue, all with an example's settings; suppressions are checked against the whole one. */
export function configured(
  rules: readonly Rule[],
  { config = {}, suppressions = [], today }: Pick<Example, "config" | "suppressions" | "today">,
): Policies {
  return analyzer.configured(
    rules,
    Object.fromEntries(rules.map(({ id }) => [id, config])),
    suppressions,
    today === undefined ? Date.now() : Date.parse(today),
  );
}

/** Analyses each resource by itself, as the engine does before it creates it. */
export async function analyzeEach(
  policies: Policies,
  resources: readonly ExampleResource[],
): Promise<analyzer.Answer> {
  const answers = await Promise.all(
    resources.map((resource) => analyzer.analyze(policies, toStackResource(resource, resources))),
  );
  return {
    diagnostics: answers.flatMap(({ diagnostics }) => diagnostics),
    notApplicable: answers.flatMap(({ notApplicable }) => notApplicable),
  };
}

/** Analyses the resources together, as the engine does at the end of a run. */
export function analyzeStack(
  policies: Policies,
  resources: readonly ExampleResource[],
): Promise<analyzer.Answer> {
  return analyzer.analyzeStack(
    policies,
    resources.map((resource) => toStackResource(resource, resources)),
  );
}

/** The URN under which an example's resource is analysed. */
export function urnOf({ type, name = "example" }: Pick<ExampleResource, "type" | "name">): string {
  return `urn:pulumi:test::streamflix::${type}::${name}`;
}

/** An example's resources by the name that `findings` uses. */
export function urnByName(example: Example, name: string | undefined): string {
  const resource = example.resources.find(
    (entry) => name === undefined || (entry.name ?? "example") === name,
  );
  if (resource === undefined) {
    throw new Error(`${example.title}: no resource ${name ?? ""}`);
  }
  return urnOf(resource);
}

function toStackResource(resource: ExampleResource, all: readonly ExampleResource[]): StackResource {
  const { type, name = "example", props, protect = false, ignoreChanges = [], dependsOn = {} } = resource;
  const urnNamed = (wanted: string) => {
    const found = all.find((entry) => wanted === (entry.name ?? "example"));
    return found === undefined ? "" : urnOf(found);
  };
  return {
    urn: urnOf(resource),
    type,
    name,
    inputs: toWire(props),
    outputs: toWire(props),
    protect,
    ignoreChanges,
    parent: resource.parent === undefined ? undefined : urnNamed(resource.parent),
    dependencies: [],
    propertyDependencies: Object.fromEntries(
      Object.entries(dependsOn).map(([property, names]) => [property, names.map(urnNamed)]),
    ),
    provider: providerOf(resource),
  };
}

function providerOf({ provider, type }: ExampleResource): StackResource["provider"] {
  if (provider === null || type.startsWith("pulumi:")) {
    return undefined;
  }
  return {
    type: "pulumi:providers:aws",
    name: "main",
    urn: urnOf({ type: "pulumi:providers:aws", name: "main" }),
    inputs: toWire(provider ?? PROVIDER),
  };
}

function toWire(props: ExampleProps): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(props).map(([key, value]) => [key, valueToWire(value)]));
}

function valueToWire(value: ExampleValue): unknown {
  if (value === UNKNOWN) {
    return MARKER;
  }
  if (Array.isArray(value)) {
    return (value as readonly ExampleValue[]).map(valueToWire);
  }
  return typeof value === "object" && value !== null ? toWire(value as ExampleProps) : value;
}
