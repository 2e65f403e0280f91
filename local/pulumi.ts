/** Starts the Pulumi CLI for a local stack: with the user's terminal, or to read its answer. */
import { spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";
import type { Cli } from "./cli";
import type { StackPaths } from "./paths";
import { Problem } from "./problem";

/** A Pulumi CLI together with the stack it works on. */
export interface Pulumi {
  readonly cli: Cli;
  readonly paths: StackPaths;
}

/** Settings of the simulation for one run. */
export interface Simulation {
  readonly runDirectory: string;
  readonly fault: string | undefined;
  readonly latency: string | undefined;
}

/** Not a secret: it encrypts stand-ins only, and lets every local run read its own state. */
const localPassphrase = "local-stand-ins-only";

/** Credentials and selections that would lead a run away from this machine or from its stack. */
const removedVariables = /^(AWS_|PULUMI_(ACCESS_TOKEN|CONFIG|CONFIG_PASSPHRASE_FILE)$)/;

/** The CLI's environment for these arguments. */
export function cliEnvironment(
  pulumi: Pulumi,
  words: readonly string[],
  simulation?: Simulation,
): NodeJS.ProcessEnv {
  const { paths } = pulumi;
  const inherited = Object.entries(process.env).filter(([name]) => !removedVariables.test(name));
  return {
    // The file backend writes the whole state at every step, which takes longer than the deployment itself. Only what is
    // to survive a killed engine needs that; the state is written at the end all the same, also after Ctrl-C.
    PULUMI_SKIP_CHECKPOINTS: String(simulation?.fault?.startsWith("kill:") !== true),
    ...Object.fromEntries(inherited),
    PULUMI_HOME: paths.pulumiHome,
    // Without the file of metadata that the backend keeps beside each of its files: it is not written in one step, and an
    // engine that is killed meanwhile leaves a state that nobody can read ("failed to load checkpoint: EOF").
    PULUMI_BACKEND_URL: `file://${paths.state}?metadata=skip`,
    PULUMI_STACK: paths.stack,
    PULUMI_CONFIG_PASSPHRASE: localPassphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    STREAMFLIX_LOCAL_ACCOUNTS: paths.accounts,
    STREAMFLIX_LOCAL_STACK: paths.owner,
    STREAMFLIX_LOCAL_RUN: simulation?.runDirectory ?? paths.run,
    // For the loader: what the program has to tell then is spared else.
    ...optional("STREAMFLIX_LOCAL_DEBUG", words.some(isDebugFlag) ? "true" : undefined),
    ...optional("STREAMFLIX_LOCAL_FAULT", simulation?.fault),
    ...optional("STREAMFLIX_LOCAL_LATENCY", simulation?.latency),
  };
}

function isDebugFlag(word: string): boolean {
  return ["--debug", "--debug=true", "-d"].includes(word);
}

function optional(name: string, value: string | undefined): NodeJS.ProcessEnv {
  return value === undefined ? {} : { [name]: value };
}

/**
 * Runs the CLI in the user's terminal and gives its exit code. Ctrl-C reaches the CLI itself, which is in the same
 * process group; this process only waits for its end.
 */
export async function runInTerminal(
  pulumi: Pulumi,
  words: readonly string[],
  simulation: Simulation,
  started: (pid: number) => void = () => undefined,
): Promise<number> {
  const child = spawn(pulumi.cli.command, words, {
    cwd: pulumi.paths.workspace,
    env: cliEnvironment(pulumi, words, simulation),
    stdio: "inherit",
  });
  const wait = (): void => undefined;
  const forward = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  process.on("SIGINT", wait).on("SIGTERM", forward).on("SIGHUP", forward);
  if (child.pid !== undefined) started(child.pid);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, signal) => {
        resolve(code ?? exitCodeOfSignal(signal));
      });
    });
  } finally {
    process.off("SIGINT", wait).off("SIGTERM", forward).off("SIGHUP", forward);
  }
}

/** The shell's convention: 128 and the signal's number. */
function exitCodeOfSignal(signal: NodeJS.Signals | null): number {
  return signal === null ? 1 : 128 + constants.signals[signal];
}

/**
 * Runs the CLI without a terminal and gives what it wrote to stdout.
 *
 * @throws Problem with the CLI's own message when it fails
 */
export function runCaptured(pulumi: Pulumi, words: readonly string[], options: CaptureOptions = {}): string {
  const done = spawnSync(pulumi.cli.command, [...words, "--non-interactive"], {
    cwd: pulumi.paths.workspace,
    env: cliEnvironment(pulumi, words, options.simulation),
    encoding: "utf8",
    input: options.input ?? "",
    maxBuffer: Infinity,
  });
  if (done.error) throw done.error;
  if (done.status !== 0) {
    const message = done.stderr.trim() || done.stdout.trim();
    throw new Problem(
      `pulumi ${words.slice(0, 2).join(" ")} failed (exit code ${done.status ?? 1}):\n${message}`,
    );
  }
  return done.stdout;
}

/** What a captured run may be given besides its arguments. */
export interface CaptureOptions {
  readonly simulation?: Simulation;
  readonly input?: string;
}
