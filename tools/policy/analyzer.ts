/** Runs policies over resources through the SDK's own analysis: protobuf in, protobuf out, as the engine does. */
import { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun } from "@pulumi/policy/server";
import type { Policies } from "@pulumi/policy";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

import { toPolicies } from "../../policy-pack/src/engine/policy";
import type { Rule } from "../../policy-pack/src/engine/rule";
import type { Suppression } from "../../policy-pack/src/engine/suppression";
import type { Properties, StackResource } from "./stack-resources";

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

/** A policy pack's configuration file: policy to level and settings. */
export type PackConfig = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const PACK = ["streamflix-policy-pack", "0.0.0", "advisory"] as const;

/** The policies of a catalogue under a configuration file, handed over as the engine would after reading it. */
export function configured(
  rules: readonly Rule[],
  config: PackConfig,
  suppressions: readonly Suppression[] = [],
  today = Date.now(),
): Policies {
  return toPolicies(
    rules.map((rule) => {
      const { enforcementLevel = rule.level, ...settings } = config[rule.id] ?? {};
      return {
        ...rule,
        ...(enforcementLevel === undefined ? {} : { level: enforcementLevel as "advisory" | "mandatory" }),
        run: (_given, subject) => rule.run(settings, subject),
      };
    }),
    suppressions,
    today,
  );
}

/** Analyses one resource by its inputs, as the engine does before it creates it. */
export function analyze(policies: Policies, resource: StackResource): Promise<Answer> {
  return runAnalyze(policies, analyzeRequest(resource));
}

/** What the engine sends about one resource. */
export function analyzeRequest(resource: StackResource): proto.AnalyzeRequest {
  return new proto.AnalyzeRequest()
    .setType(resource.type)
    .setName(resource.name)
    .setUrn(resource.urn)
    .setProperties(struct(resource.inputs))
    .setOptions(optionsOf(resource))
    .setProvider(providerOf(resource));
}

/** Runs policies over what the engine sent about one resource. */
export function runAnalyze(policies: Policies, request: proto.AnalyzeRequest): Promise<Answer> {
  return call(request.getUrn(), (done) => {
    makeAnalyzeRpcFun(...PACK, policies)({ request }, done);
  });
}

/** Analyses the resources together, as the engine does at the end of a run. */
export function analyzeStack(policies: Policies, resources: readonly StackResource[]): Promise<Answer> {
  return runAnalyzeStack(policies, analyzeStackRequest(resources));
}

/** What the engine sends about all resources together. */
export function analyzeStackRequest(resources: readonly StackResource[]): proto.AnalyzeStackRequest {
  const request = new proto.AnalyzeStackRequest();
  request.setResourcesList(resources.map(analyzerResource));
  return request;
}

/** Runs policies over what the engine sent about all resources together. */
export function runAnalyzeStack(policies: Policies, request: proto.AnalyzeStackRequest): Promise<Answer> {
  return call("", (done) => {
    makeAnalyzeStackRpcFun(...PACK, policies)({ request }, done);
  });
}

// A stack's resources are analysed many times with one of them changed: the others' messages are kept.
const messages = new WeakMap<StackResource, proto.AnalyzerResource>();

function analyzerResource(resource: StackResource): proto.AnalyzerResource {
  const made = messages.get(resource);
  if (made !== undefined) {
    return made;
  }
  const message = new proto.AnalyzerResource()
    .setType(resource.type)
    .setName(resource.name)
    .setUrn(resource.urn)
    .setProperties(struct(resource.outputs))
    .setOptions(optionsOf(resource))
    .setProvider(providerOf(resource))
    .setParent(resource.parent ?? "")
    .setDependenciesList([...resource.dependencies]);
  for (const [property, urns] of Object.entries(resource.propertyDependencies)) {
    const dependencies = new proto.AnalyzerPropertyDependencies().setUrnsList([...urns]);
    message.getPropertydependenciesMap().set(property, dependencies);
  }
  messages.set(resource, message);
  return message;
}

function optionsOf({ protect, ignoreChanges }: StackResource): proto.AnalyzerResourceOptions {
  return new proto.AnalyzerResourceOptions().setProtect(protect).setIgnorechangesList([...ignoreChanges]);
}

function providerOf({ provider }: StackResource): proto.AnalyzerProviderResource | undefined {
  return provider === undefined
    ? undefined
    : new proto.AnalyzerProviderResource()
        .setType(provider.type)
        .setName(provider.name)
        .setUrn(provider.urn)
        .setProperties(struct(provider.inputs));
}

function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
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
