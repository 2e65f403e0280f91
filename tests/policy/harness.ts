import { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun } from "@pulumi/policy/server";
import type { Policies } from "@pulumi/policy";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { unknownValue } from "@pulumi/pulumi/runtime";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

import {
  type Example,
  type ExampleProps,
  type ExampleResource,
  type ExampleValue,
  UNKNOWN,
} from "../../policy-pack/src/engine/example";
import { toPolicies } from "../../policy-pack/src/engine/policy";
import type { Rule } from "../../policy-pack/src/engine/rule";

/** A diagnostic as the engine would get it. */
export interface Diagnostic {
  readonly policy: string;
  /** The id in the message's `[rule/finding]`. */
  readonly finding: string;
  readonly urn: string;
  readonly level: "advisory" | "mandatory";
  readonly message: string;
}

/** What an analysis answered. */
export interface Answer {
  readonly diagnostics: readonly Diagnostic[];
  /** Policies that said they have nothing to say. */
  readonly notApplicable: readonly string[];
}

const PACK = ["streamflix-policy-pack", "0.0.0", "advisory"] as const;
const PROVIDER: ExampleProps = { region: "eu-central-1" };

/** The policies of a catalogue, with settings handed over as the engine would after reading a file. */
export function configured(rules: readonly Rule[], config: Example["config"]): Policies {
  return toPolicies(
    rules.map((rule) => ({ ...rule, run: (_given, subject) => rule.run(config ?? {}, subject) })),
  );
}

/** Analyses each resource by itself, as the engine does before it creates it. */
export async function analyzeEach(
  policies: Policies,
  resources: readonly ExampleResource[],
): Promise<Answer> {
  const answers = await Promise.all(
    resources.map((resource) =>
      call(urnOf(resource), (done) => {
        makeAnalyzeRpcFun(...PACK, policies)({ request: analyzeRequest(resource) }, done);
      }),
    ),
  );
  return {
    diagnostics: answers.flatMap(({ diagnostics }) => diagnostics),
    notApplicable: answers.flatMap(({ notApplicable }) => notApplicable),
  };
}

/** Analyses the resources together, as the engine does at the end of a run. */
export function analyzeStack(policies: Policies, resources: readonly ExampleResource[]): Promise<Answer> {
  const request = new proto.AnalyzeStackRequest();
  request.setResourcesList(resources.map(stackResource));
  return call("", (done) => {
    makeAnalyzeStackRpcFun(...PACK, policies)({ request }, done);
  });
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

function call(
  urn: string,
  start: (done: (error: Error | undefined, response: proto.AnalyzeResponse | undefined) => void) => void,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    start((error, response) => {
      if (response === undefined) {
        reject(error ?? new Error("neither an answer nor an error"));
        return;
      }
      resolve({
        diagnostics: response.getDiagnosticsList().map((entry) => toDiagnostic(entry, urn)),
        notApplicable: response.getNotApplicableList().map((entry) => entry.getPolicyName()),
      });
    });
  });
}

function toDiagnostic(entry: proto.AnalyzeDiagnostic, urn: string): Diagnostic {
  const message = entry.getMessage();
  const level = entry.getEnforcementlevel();
  return {
    policy: entry.getPolicyname(),
    finding: /\[[a-z0-9-]+\/([a-z0-9-]+)\]/.exec(message)?.[1] ?? "",
    urn: entry.getUrn() || urn,
    level: level === proto.EnforcementLevel.MANDATORY ? "mandatory" : "advisory",
    message,
  };
}

function analyzeRequest(resource: ExampleResource): proto.AnalyzeRequest {
  return new proto.AnalyzeRequest()
    .setType(resource.type)
    .setName(resource.name ?? "example")
    .setUrn(urnOf(resource))
    .setProperties(struct(resource.props))
    .setOptions(optionsOf(resource))
    .setProvider(providerOf(resource));
}

function stackResource(
  resource: ExampleResource,
  _index: number,
  all: readonly ExampleResource[],
): proto.AnalyzerResource {
  const urnNamed = (name: string | undefined) => {
    const found = all.find((entry) => name === (entry.name ?? "example"));
    return found === undefined ? "" : urnOf(found);
  };
  const message = new proto.AnalyzerResource()
    .setType(resource.type)
    .setName(resource.name ?? "example")
    .setUrn(urnOf(resource))
    .setProperties(struct(resource.props))
    .setOptions(optionsOf(resource))
    .setProvider(providerOf(resource))
    .setParent(urnNamed(resource.parent));
  for (const [property, names] of Object.entries(resource.dependsOn ?? {})) {
    const dependencies = new proto.AnalyzerPropertyDependencies().setUrnsList(names.map(urnNamed));
    message.getPropertydependenciesMap().set(property, dependencies);
  }
  return message;
}

function optionsOf({ protect = false, ignoreChanges = [] }: ExampleResource): proto.AnalyzerResourceOptions {
  return new proto.AnalyzerResourceOptions().setProtect(protect).setIgnorechangesList([...ignoreChanges]);
}

function providerOf({ provider, type }: ExampleResource): proto.AnalyzerProviderResource | undefined {
  if (provider === null || type.startsWith("pulumi:")) {
    return undefined;
  }
  return new proto.AnalyzerProviderResource()
    .setType("pulumi:providers:aws")
    .setName("main")
    .setUrn(urnOf({ type: "pulumi:providers:aws", name: "main" }))
    .setProperties(struct(provider ?? PROVIDER));
}

function struct(props: ExampleProps): Struct {
  return Struct.fromJavaScript(
    Object.fromEntries(Object.entries(props).map(([key, value]) => [key, toWire(value)])),
  );
}

function toWire(value: ExampleValue): JavaScriptValue {
  if (value === UNKNOWN) {
    return unknownValue;
  }
  if (Array.isArray(value)) {
    return (value as readonly ExampleValue[]).map(toWire);
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toWire(member)]));
  }
  return value as JavaScriptValue;
}
