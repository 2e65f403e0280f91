/** Runs the local engine: `npm run local -- <command> --stack <name>`. Prints to stderr only; stdout is the CLI's. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cliArguments, parseArguments } from "./arguments";
import type { Invocation } from "./arguments";
import { findCli } from "./cli";
import { help } from "./help";
import { operate } from "./operate";
import { checkout, localHome, selection, stackPaths } from "./paths";
import type { Program } from "./paths";
import { Problem, say } from "./problem";
import { runInTerminal } from "./pulumi";
import type { Pulumi } from "./pulumi";
import type { recover } from "./recover";
import { describeRemaining, remainingObjects } from "./remaining";
import { environmentIn } from "./stack-file";
import { findProgram, findStackFile, prepareWorkspace } from "./workspace";

/** Commands in which the engine runs, and with it the providers. */
const engineOperations = ["up", "preview", "refresh", "drift", "destroy", "import", "watch"];

/** The CLI's exit code when `--expect-no-changes` found some; other failures have others. */
const unexpectedChanges = 7;

async function main(): Promise<number> {
  const invocation = parseArguments(process.argv.slice(2), userDirectory(process.env));
  if (invocation.verb === undefined || invocation.verb === "help") {
    say(help);
    return invocation.help ? 0 : 1;
  }
  const program = findProgram(invocation.program);
  const stackFile = findStackFile(invocation.stack, invocation.stackFile, program);
  const words = cliArguments(invocation, {
    policyPack: checkout.policyPack,
    policyConfig: policyConfigFor(stackFile, program),
    terminal: process.stdin.isTTY,
  });
  const pulumi: Pulumi = {
    cli: await findCli(),
    paths: stackPaths(invocation.stack ?? "", localHome(), program),
  };
  prepareWorkspace(pulumi, stackFile);

  if (invocation.verb === "recover") {
    // It alone needs to know the simulated resources, which take longer to load than all else.
    const recovery = createRequire(__filename)("./recover") as { readonly recover: typeof recover };
    return recovery.recover(pulumi, invocation);
  }
  if (!invocation.policy) warnWithoutPolicy();
  const code = engineOperations.includes(invocation.verb)
    ? await operate(pulumi, words, invocation)
    : await runInTerminal(pulumi, words, {
        fault: invocation.fault,
        latency: invocation.latency,
        runDirectory: pulumi.paths.run,
      });
  closingWords(pulumi, invocation, code);
  return code;
}

/** Where the user stands: npm runs a script in the package's directory and tells in INIT_CWD where it was called. */
function userDirectory({ npm_lifecycle_event: script, INIT_CWD: caller }: NodeJS.ProcessEnv): string {
  // Other scripts, such as the tests, start this file themselves and hand their own INIT_CWD down.
  return script === "local" && caller !== undefined ? caller : process.cwd();
}

function policyConfigFor(stackFile: string, program: Program): string | undefined {
  const environment = environmentIn(readFileSync(stackFile, "utf8"), stackFile);
  const file = environment === undefined ? undefined : checkout.policyConfig(environment, program);
  return file !== undefined && existsSync(file) ? file : undefined;
}

function warnWithoutPolicy(): void {
  const line = "!".repeat(78);
  say(
    `${line}\n!!  --no-policy: NOTHING checks this run against the policies (residency,\n!!  encryption, retention …). A real deployment is never made this way.\n${line}`,
  );
}

function closingWords(pulumi: Pulumi, { verb, rest, help: helped }: Invocation, code: number): void {
  if (helped) return;
  if (verb === "drift" && code === unexpectedChanges) {
    say(
      `Drift: the account differs from the state. To mend it: npm run local -- up --refresh ${selection(pulumi.paths)}`,
    );
  }
  if (verb === "destroy" && code === 0 && !rest.includes("--preview-only")) {
    say(describeRemaining(remainingObjects(pulumi.paths), pulumi.paths.owner));
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    if (error instanceof Problem) say(`error: ${error.message}`);
    else console.error(error);
    process.exitCode = 1;
  },
);
