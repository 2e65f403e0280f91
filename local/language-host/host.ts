/**
 * A stand-in for Pulumi's own `pulumi-language-nodejs`, for machines where that is missing (it can't be built from the
 * Go module proxy as the CLI can). It starts the same two runners of `@pulumi/pulumi` that the real host starts, with
 * the same arguments and environment, so that a program sees no difference. It makes no projects, packages or code.
 */
import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import type {
  sendUnaryData,
  ServerUnaryCall,
  ServerWritableStream,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as language from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Children } from "./children";
import { pluginRunner, programRunner } from "./runners";

/** The runners end with this code when they have told the user of the error already. */
const exitedAfterTellingTheUser = 32;
const children = new Children();

type Unary<Request, Response> = (
  call: ServerUnaryCall<Request, Response>,
  reply: sendUnaryData<Response>,
) => void;

const run: Unary<language.RunRequest, language.RunResponse> = (call, reply) => {
  const runner = programRunner(call.request, process.argv.at(-1) ?? "");
  // The engine shows what this process prints, so the program's output needs no more than to be inherited.
  const child = children.start(runner, ["ignore", "inherit", "inherit"]);
  call.on("cancelled", () => {
    children.stop(child);
  });
  void children.exitCode(child).then((code) => {
    const response = new language.RunResponse();
    if (code === exitedAfterTellingTheUser) response.setBail(true);
    else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
    reply(null, response);
  });
};

const runPlugin = (
  call: ServerWritableStream<language.RunPluginRequest, language.RunPluginResponse>,
): void => {
  const runner = pluginRunner(call.request);
  if (runner === undefined) {
    call.emit("error", {
      code: status.UNIMPLEMENTED,
      details: `the stand-in language host runs policy packs only, not plugins of kind ${call.request.getKind()}`,
    });
    return;
  }
  const child = children.start(runner, ["ignore", "pipe", "pipe"]);
  call.on("cancelled", () => {
    children.stop(child);
  });
  child.stdout?.on("data", (bytes: Buffer) => {
    call.write(new language.RunPluginResponse().setStdout(bytes));
  });
  child.stderr?.on("data", (bytes: Buffer) => {
    call.write(new language.RunPluginResponse().setStderr(bytes));
  });
  void children.exitCode(child).then((code) => {
    call.write(new language.RunPluginResponse().setExitcode(code));
    call.end();
  });
};

const about: Unary<language.AboutRequest, language.AboutResponse> = (_call, reply) => {
  reply(null, new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version));
};

const cancel: Unary<Empty, Empty> = (_call, reply) => {
  children.stopAll();
  reply(null, new Empty());
};

const implementation: UntypedServiceImplementation = {
  handshake: answer(() => new language.LanguageHandshakeResponse()),
  getPluginInfo: answer(() => new PluginInfo().setVersion("0.0.0")),
  // None: the simulated providers are named in the generated project, and nothing is to be downloaded.
  getRequiredPlugins: answer(() => new language.GetRequiredPluginsResponse()),
  getRequiredPackages: answer(() => new language.GetRequiredPackagesResponse()),
  getProgramDependencies: answer(() => new language.GetProgramDependenciesResponse()),
  about,
  run,
  runPlugin,
  cancel,
};

function answer<Response>(make: () => Response): Unary<unknown, Response> {
  return (_call, reply) => {
    reply(null, make());
  };
}

function leave(): void {
  children.stopAll();
  process.exit(0);
}

// The engine holds the other end of stdin: it closes when the engine ends, even by SIGKILL.
process.stdin.on("end", leave).on("error", leave).resume();
process.on("SIGINT", leave).on("SIGTERM", leave).on("SIGHUP", leave);

const unlimited = -1;
const server = new Server({
  "grpc.max_receive_message_length": unlimited,
  "grpc.max_send_message_length": unlimited,
});
server.addService(LanguageRuntimeService, implementation);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
