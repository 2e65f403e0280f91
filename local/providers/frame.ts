import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import * as grpcServices from "@pulumi/pulumi/proto/provider_grpc_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";
import type { Props } from "../account/store";

/** Stands for a value that only the real operation will know. */
export const UNKNOWN = unknownValue;

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

export interface Difference {
  /** Property paths that differ. */
  readonly changed: readonly { path: string; kind: "add" | "delete" | "update" }[];
  /** Those of them that can't change on an existing resource. */
  readonly replaces: readonly string[];
}

/** What a call is about: the engine's name for the resource and its type token. */
export interface Subject {
  readonly urn: string;
  readonly type: string;
  /** Last part of the URN: the name the program gave it. */
  readonly name: string;
}

/** A resource's properties in the engine's state. */
export interface State {
  readonly inputs: Props;
  readonly outputs: Props;
}

/**
 * A create or update that took effect and still failed, such as a wait for something that never came. The engine keeps
 * the resource, with the properties that were asked for, and tries again in the next operation.
 */
export class PartialFailure extends Error {
  readonly id: string;
  readonly outputs: Props;

  constructor(id: string, outputs: Props, reason: string) {
    super(reason);
    this.id = id;
    this.outputs = outputs;
  }
}

/**
 * A simulated provider as the engine sees one: the ResourceProvider protocol in plain values.
 * Errors thrown by any method reach the user as the provider's own error.
 */
export interface SimulatedProvider {
  readonly version: string;
  configure(args: Props): void;
  check(subject: Subject, olds: Props, news: Props): { inputs: Props; failures: readonly CheckFailure[] };
  /** @param olds what the state holds of the resource beside its inputs */
  diff(subject: Subject, oldInputs: Props, news: Props, olds: Props): Difference;
  /** Outputs a preview may show: what only AWS can tell is UNKNOWN. */
  previewCreate(subject: Subject, inputs: Props): Props;
  previewUpdate(subject: Subject, olds: Props, inputs: Props): Props;
  create(subject: Subject, inputs: Props): Promise<{ id: string; outputs: Props }>;
  /** @param ignored properties that the program leaves to others: `inputs` has their last values */
  update(
    subject: Subject,
    id: string,
    olds: Props,
    inputs: Props,
    ignored: readonly string[],
  ): Promise<Props>;
  delete(subject: Subject, id: string, olds: Props): Promise<void>;
  /** Undefined when the object is gone. An import has nothing to pass as `state`. */
  read(subject: Subject, id: string, state: State): ({ id: string } & State) | undefined;
}

/**
 * Serves a provider to the engine that started this process, and ends with that engine.
 * The stock server of `@pulumi/pulumi/provider` is not used: it ignores Configure (so no region, no default
 * tags), has no previews and never passes old inputs (decision record 0002).
 */
export function serve(provider: SimulatedProvider): void {
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  server.addService(grpcServices.ResourceProviderService, handlers(provider));
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      throw error;
    }
    process.stdout.write(`${String(port)}\n`);
  });
  endWithParent();
}

/** Ends the process when the engine asks for it by SIGINT, or is gone: a killed engine leaves its plugins running. */
export function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) {
      process.exit(0);
    }
  }, 250).unref();
  process.on("SIGINT", () => process.exit(0));
}

function handlers(provider: SimulatedProvider): grpc.UntypedServiceImplementation {
  return {
    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(provider.version);
      return info;
    }),
    getSchema: unary(() => {
      const response = new messages.GetSchemaResponse();
      response.setSchema("{}");
      return response;
    }),
    checkConfig: unary((request: messages.CheckRequest) => {
      const response = new messages.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    // A changed region or tag reaches each resource through its own inputs: the provider is never replaced.
    diffConfig: unary((request: messages.DiffRequest) => {
      const same = JSON.stringify(props(request.getOldInputs())) === JSON.stringify(props(request.getNews()));
      const response = new messages.DiffResponse();
      response.setChanges(messages.DiffResponse.DiffChanges[same ? "DIFF_NONE" : "DIFF_SOME"]);
      return response;
    }),
    configure: unary((request: messages.ConfigureRequest) => {
      provider.configure(props(request.getArgs()));
      const response = new messages.ConfigureResponse();
      response.setSupportspreview(true);
      return response;
    }),
    check: unary((request: messages.CheckRequest) => {
      const { inputs, failures } = provider.check(
        subject(request.getUrn()),
        props(request.getOlds()),
        props(request.getNews()),
      );
      const response = new messages.CheckResponse();
      response.setInputs(struct(inputs));
      response.setFailuresList(
        failures.map(({ property, reason }) => {
          const failure = new messages.CheckFailure();
          failure.setProperty(property);
          failure.setReason(reason);
          return failure;
        }),
      );
      return response;
    }),
    diff: unary((request: messages.DiffRequest) => {
      const difference = provider.diff(
        subject(request.getUrn()),
        props(request.getOldInputs()),
        props(request.getNews()),
        props(request.getOlds()),
      );
      return diffResponse(difference, request.getIgnorechangesList());
    }),
    create: unary(async (request: messages.CreateRequest) => {
      const inputs = props(request.getProperties());
      const response = new messages.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(struct(provider.previewCreate(subject(request.getUrn()), inputs)));
        return response;
      }
      const { id, outputs } = await provider.create(subject(request.getUrn()), inputs);
      response.setId(id);
      response.setProperties(struct(outputs));
      return response;
    }),
    update: unary(async (request: messages.UpdateRequest) => {
      const target = subject(request.getUrn());
      const olds = props(request.getOlds());
      const news = props(request.getNews());
      const response = new messages.UpdateResponse();
      response.setProperties(
        struct(
          request.getPreview()
            ? provider.previewUpdate(target, olds, news)
            : await provider.update(target, request.getId(), olds, news, request.getIgnorechangesList()),
        ),
      );
      return response;
    }),
    delete: unary(async (request: messages.DeleteRequest) => {
      await provider.delete(subject(request.getUrn()), request.getId(), props(request.getProperties()));
      return new Empty();
    }),
    read: unary((request: messages.ReadRequest) => {
      const found = provider.read(subject(request.getUrn()), request.getId(), {
        inputs: props(request.getInputs()),
        outputs: props(request.getProperties()),
      });
      const response = new messages.ReadResponse();
      if (found) {
        response.setId(found.id);
        response.setInputs(struct(found.inputs));
        response.setProperties(struct(found.outputs));
      }
      return response;
    }),
    cancel: unary(() => new Empty()),
  };
}

/** Wraps a function of the request into a gRPC handler: a thrown error becomes the call's error. */
function unary<Request>(handle: (request: Request) => unknown): grpc.handleUnaryCall<Request, unknown> {
  return (call, callback) => {
    // In a promise, so that an error thrown at once and a rejected promise end in the same place.
    void Promise.resolve(call.request)
      .then(handle)
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          const details = error instanceof Error ? error.message : String(error);
          const more = error instanceof PartialFailure ? { metadata: partialDetails(error) } : {};
          callback({ code: grpc.status.UNKNOWN, details, ...more }, undefined);
        },
      );
  };
}

/** What of a resource is there, in the form in which gRPC carries structured errors. */
function partialDetails({ id, outputs, message }: PartialFailure): grpc.Metadata {
  const failed = new messages.ErrorResourceInitFailed();
  failed.setId(id);
  failed.setProperties(struct(outputs));
  failed.addReasons(message);
  const packed = new Any();
  packed.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(message);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return metadata;
}

function diffResponse(difference: Difference, ignored: readonly string[]): messages.DiffResponse {
  const changed = difference.changed.filter(({ path }) => !ignored.some((prefix) => isWithin(path, prefix)));
  const replaces = difference.replaces.filter((path) => changed.some((change) => change.path === path));
  const response = new messages.DiffResponse();
  response.setChanges(messages.DiffResponse.DiffChanges[changed.length > 0 ? "DIFF_SOME" : "DIFF_NONE"]);
  response.setReplacesList(replaces);
  response.setDiffsList([...new Set(changed.map(({ path }) => path.split(/[.[]/)[0] ?? path))]);
  response.setHasdetaileddiff(true);
  for (const { path, kind } of changed) {
    const name = `${kind.toUpperCase()}${replaces.includes(path) ? "_REPLACE" : ""}`;
    const detail = new messages.PropertyDiff();
    detail.setKind(messages.PropertyDiff.Kind[name as keyof typeof messages.PropertyDiff.Kind]);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(path, detail);
  }
  return response;
}

/** Whether a property path is the given one or lies below it. */
export function isWithin(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}.`) || path.startsWith(`${prefix}[`);
}

function subject(urn: string): Subject {
  const [, , qualifiedType = "", ...name] = urn.split("::");
  return { urn, type: qualifiedType.split("$").at(-1) ?? "", name: name.join("::") };
}

function props(value: Struct | undefined): Props {
  return value === undefined ? {} : value.toJavaScript();
}

function struct(value: Props): Struct {
  return Struct.fromJavaScript(value as Record<string, JavaScriptValue>);
}
