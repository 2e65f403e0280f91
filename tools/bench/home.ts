/** The bench's own local home: stacks and simulated accounts that nobody else uses, gone when the bench ends. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parse, stringify } from "yaml";
import { findCli } from "../../local/cli";
import type { Cli } from "../../local/cli";
import { checkout, repositoryRoot, stackPaths } from "../../local/paths";
import type { StackPaths } from "../../local/paths";
import { cliEnvironment } from "../../local/pulumi";
import { prepareWorkspace } from "../../local/workspace";
import type { Command } from "./measure";
import type { Size } from "./program/size";

/** The stack that is measured as it is. */
export const MEASURED_STACK = "prod";

/** The stack whose configuration the copies have: the smaller one, so that sixteen of them take less than a minute. */
const COPIED_STACK = "dev";

/** Granted rises of the simulated account: VPCs and Elastic IPs of a region (by default 5 each). */
const QUOTAS = { "L-F678F1CE": 100, "L-0263D0A3": 200 };

/** Where the bench's own Pulumi program is. */
const PROGRAM = join(__dirname, "program");

/** A directory for everything the bench makes. */
export class BenchHome {
  readonly #root: string;
  readonly #cli: Cli;

  private constructor(root: string, cli: Cli) {
    this.#root = root;
    this.#cli = cli;
  }

  /** May build the CLI first, which takes minutes once and is no part of any figure. */
  static async make(): Promise<BenchHome> {
    const cli = await findCli();
    return new BenchHome(mkdtempSync(join(tmpdir(), "streamflix-bench-")), cli);
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 3 });
  }

  /** A home below this one, empty at first. */
  directory(name: string): string {
    const path = join(this.#root, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** `npm run local -- <words> --stack prod` in a home, as a user starts it but for npm itself. */
  platform(home: string, words: readonly string[]): Command {
    return {
      file: process.execPath,
      words: ["--require", checkout.loader, join("local", "main.ts"), ...words, "--stack", MEASURED_STACK],
      directory: repositoryRoot,
      environment: { ...process.env, STREAMFLIX_LOCAL_HOME: home },
    };
  }

  /** A stack of the bench's program, ready to be deployed. */
  benchStack(size: Size): BenchStack {
    return new BenchStack(this.directory(`size-${size}`), size, this.#cli);
  }
}

/** A stack of the bench's program. The CLI runs without the wrapper, so that `up` is measured without its preview. */
export class BenchStack {
  readonly #home: string;
  readonly #cli: Cli;
  #uses = 0;

  constructor(home: string, size: Size, cli: Cli) {
    this.#home = home;
    this.#cli = cli;
    const template = this.#paths("template");
    const committed = join(home, `Pulumi.${template.stack}.yaml`);
    writeFileSync(committed, stackFileOf(size));
    prepareWorkspace({ cli, paths: template }, committed);
    writeFileSync(template.project, benchProject(readFileSync(template.project, "utf8")));
    const account = copiedStackFile().config["streamflix:aws"].accountId;
    mkdirSync(join(template.accounts, account), { recursive: true });
    writeFileSync(join(template.accounts, account, "quotas.json"), JSON.stringify(QUOTAS));
  }

  /** A preview of the whole creation. */
  preview(options: { readonly policy: boolean }): Command {
    const policy = options.policy
      ? ["--policy-pack", checkout.policyPack, "--policy-pack-config", checkout.policyConfig(COPIED_STACK)]
      : [];
    return this.#command(this.#paths("template"), ["preview", ...policy]);
  }

  /** A deployment into an account that is empty but for its quotas. */
  firstDeployment(): Command {
    this.#uses += 1;
    const fresh = this.#paths(`deployment-${this.#uses}`);
    cpSync(join(this.#home, "template"), join(this.#home, `deployment-${this.#uses}`), { recursive: true });
    return this.#command(fresh, ["up", "--yes", "--skip-preview"]);
  }

  #paths(name: string): StackPaths {
    return stackPaths("bench", join(this.#home, name));
  }

  #command(paths: StackPaths, words: readonly string[]): Command {
    rmSync(paths.run, { recursive: true, force: true });
    mkdirSync(paths.run, { recursive: true });
    return {
      file: this.#cli.command,
      words: [...words, "--non-interactive", "--color", "never"],
      directory: paths.workspace,
      environment: cliEnvironment({ cli: this.#cli, paths }, words, {
        runDirectory: paths.run,
        fault: undefined,
        latency: undefined,
      }),
    };
  }
}

/** The generated project of a local stack, with the bench's program instead of the platform's. */
function benchProject(generated: string): string {
  const project = parse(generated) as {
    runtime: { name: string; options: Readonly<Record<string, unknown>> };
  };
  const { name, options } = project.runtime;
  // Relative, as in the original: a space in the path would end the argument.
  const nodeargs = `--require ${relative(PROGRAM, checkout.loader)}`;
  return stringify({
    ...project,
    runtime: { name, options: { ...options, nodeargs } },
    // The file, not its directory: there the `main` of the nearest package.json would be taken.
    main: join(PROGRAM, "index.ts"),
  });
}

interface StackFile {
  readonly config: Readonly<Record<string, unknown>> & {
    readonly "streamflix:aws": { readonly accountId: string };
  };
}

function copiedStackFile(): StackFile {
  return parse(readFileSync(join(repositoryRoot, `Pulumi.${COPIED_STACK}.yaml`), "utf8")) as StackFile;
}

function stackFileOf(size: Size): string {
  const { config } = copiedStackFile();
  return stringify({ config: { ...config, "bench:size": String(size) } });
}
