/** The command lines of the two runners in `@pulumi/pulumi`, as Pulumi's own Node.js language host builds them. */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { RunPluginRequest, RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { checkout } from "../paths";
import type { Runner } from "./children";

/** Runs the program of a stack. `engine` is the engine's address. */
export function programRunner(request: RunRequest, engine: string): Runner {
  const info = request.getInfo();
  const directory = info?.getProgramDirectory() ?? request.getPwd();
  const options = info?.getOptions()?.toJavaScript() ?? {};
  const flags = [
    flag("monitor", request.getMonitorAddress()),
    flag("engine", engine),
    flag("organization", request.getOrganization()),
    flag("project", request.getProject()),
    flag("stack", request.getStack()),
    flag("root-directory", info?.getRootDirectory() ?? ""),
    flag("pwd", directory),
    flag("parallel", request.getParallel() > 0 ? String(request.getParallel()) : ""),
    request.getDryrun() ? ["--dry-run"] : [],
  ].flat();
  const program = info?.getEntryPoint() ?? request.getProgram();
  return {
    nodeArguments: [
      ...words(options.nodeargs),
      moduleSeenFrom(directory, "@pulumi/pulumi/cmd/run"),
      ...flags,
      program,
      ...request.getArgsList(),
    ],
    directory,
    environment: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      // The real host's default, which the project can switch off to bring a loader of its own.
      ...(options.typescript === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    },
  };
}

/** Runs a policy pack, or gives undefined for another kind of plugin. */
export function pluginRunner(request: RunPluginRequest): Runner | undefined {
  if (request.getKind() !== "analyzer") return undefined;
  const info = request.getInfo();
  // The pack's own directory: the runner reads package.json and tsconfig.json of where it stands.
  const directory = info?.getProgramDirectory() ?? request.getPwd();
  const options = info?.getOptions()?.toJavaScript() ?? {};
  return {
    nodeArguments: [
      ...["--require", checkout.loader],
      ...words(options.nodeargs),
      moduleSeenFrom(directory, "@pulumi/pulumi/cmd/run-policy-pack"),
      ...request.getArgsList(),
      info?.getEntryPoint() ?? ".",
    ],
    directory,
    environment: {
      ...process.env,
      ...Object.fromEntries(request.getEnvList().map(variable)),
    },
  };
}

function flag(name: string, value: string): string[] {
  return value === "" ? [] : [`--${name}`, value];
}

/** The module that a file in `directory` would load, so that program and pack each get their own SDK. */
function moduleSeenFrom(directory: string, name: string): string {
  return createRequire(join(directory, "package.json")).resolve(name);
}

function words(option: unknown): string[] {
  return typeof option === "string" ? option.split(/\s+/).filter((word) => word !== "") : [];
}

function variable(assignment: string): [string, string] {
  const equals = assignment.indexOf("=");
  return [assignment.slice(0, equals), assignment.slice(equals + 1)];
}
