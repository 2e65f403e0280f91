import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { preparedFolder } from "../../support/prepared";

/** Root of the checkout under test. */
export const REPOSITORY = path.resolve(__dirname, "../../..");

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams, for messages that may come on either. */
  readonly output: string;
}

/**
 * One machine: a local home of its own, in which stacks and simulated accounts live. Every command runs the real
 * wrapper, the real CLI and the whole program.
 */
export class Machine {
  readonly home: string;
  readonly #checkout: string;

  constructor(home: string, checkout: string = REPOSITORY) {
    this.home = home;
    this.#checkout = checkout;
  }

  /** Runs `npm run local -- <words>` with stdin closed, as CI would. */
  run(...words: string[]): Promise<Finished> {
    return this.#start("local/main.ts", words);
  }

  /** Like run, but a non-zero exit is an error that shows the output. */
  async ok(...words: string[]): Promise<Finished> {
    return successful(words, await this.run(...words));
  }

  /**
   * Deploys in one pass, without preview and policy pack (see apply.ts): half of the time of `up`, for tests that assert
   * neither. Takes the flags of `up`.
   */
  tryApply(...flags: string[]): Promise<Finished> {
    return this.#start("tests/engine/support/apply.ts", flags);
  }

  /** Like tryApply, but a non-zero exit is an error that shows the output. */
  async apply(...flags: string[]): Promise<Finished> {
    return successful(["apply", ...flags], await this.tryApply(...flags));
  }

  #start(script: string, words: readonly string[]): Promise<Finished> {
    return new Promise((resolve, reject) => {
      const child = spawn(
        process.execPath,
        ["--require", LOADER, path.join(this.#checkout, script), ...words],
        {
          cwd: this.#checkout,
          env: { ...process.env, STREAMFLIX_LOCAL_HOME: this.home, NO_COLOR: "1" },
          stdio: ["ignore", "pipe", "pipe"],
        },
      );
      const chunks = { stdout: "", stderr: "", output: "" };
      for (const stream of ["stdout", "stderr"] as const) {
        child[stream].setEncoding("utf8").on("data", (text: string) => {
          chunks[stream] += text;
          chunks.output += text;
        });
      }
      child.once("error", reject);
      child.once("close", (code) => {
        resolve({ code: code ?? -1, ...chunks });
      });
    });
  }

  /** A second machine in the same state. */
  copy(): Machine {
    const twin = emptyHome();
    fs.cpSync(this.home, twin, { recursive: true });
    return new Machine(twin, this.#checkout);
  }

  remove(): void {
    fs.rmSync(this.home, { recursive: true, force: true });
  }
}

/** A machine on which the stack exists but nothing is deployed; prepared once, then copied. */
export function freshMachine(stack: string): Promise<Machine> {
  return copyOf(`${stack}-fresh`, (machine) => machine.ok("config", "--stack", stack));
}

/** A machine on which the committed stack is deployed, with that deployment's journal; deployed once, then copied. */
export function deployedMachine(stack: string): Promise<Machine> {
  return copyOf(`${stack}-deployed`, (machine) => machine.apply("--stack", stack));
}

/** A copy of a machine that the first who asks for it prepares. */
async function copyOf(name: string, prepare: (machine: Machine) => Promise<unknown>): Promise<Machine> {
  const template = await preparedFolder(name, async (draft) => {
    await prepare(new Machine(draft));
  });
  return new Machine(template).copy();
}

function successful(words: readonly string[], finished: Finished): Finished {
  if (finished.code !== 0) {
    throw new Error(`local ${words.join(" ")} ended with ${finished.code}:\n${finished.output}`);
  }
  return finished;
}

/**
 * A copy of the checkout in which a developer has edited a file: tracked and new files are copied, packages linked.
 * The edit must change something.
 */
export function editedCheckout(file: string, edit: (text: string) => string): string {
  const copy = emptyHome();
  const skipped = new Set(["node_modules", ".git", ".local"].map((name) => path.join(REPOSITORY, name)));
  fs.cpSync(REPOSITORY, copy, { recursive: true, filter: (source) => !skipped.has(source) });
  fs.symlinkSync(path.join(REPOSITORY, "node_modules"), path.join(copy, "node_modules"));
  const target = path.join(copy, file);
  const before = fs.readFileSync(target, "utf8");
  const after = edit(before);
  if (after === before) {
    throw new Error(`the edit of ${file} changed nothing: the test no longer fits the code`);
  }
  fs.writeFileSync(target, after);
  return copy;
}

/** An empty folder, removed when the process ends. */
export function emptyHome(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "streamflix-test-"));
  homes.push(folder);
  return folder;
}

/** A stack file made from a committed one by replacing text; each replacement must fit. */
export function stackFile(name: string, base: string, ...replacements: readonly [string, string][]): string {
  return written(name, replaced(base, replacements));
}

/** Sections that every stack has; any other one is a feature. */
const FOUNDATIONS = ["environment", "aws", "keys", "retention", "network"];

/** The same with some features only, for tests that are about these and for which the whole stack would take long. */
export function smallStackFile(
  name: string,
  base: string,
  features: readonly string[],
  ...replacements: readonly [string, string][]
): string {
  const { config } = parse(replaced(base, replacements)) as { config: Record<string, unknown> };
  const others = Object.entries(config).filter(([key]) => !key.startsWith("streamflix:"));
  const kept = [...FOUNDATIONS, ...features].map((section) => {
    const value = config[`streamflix:${section}`];
    if (value === undefined) throw new Error(`Pulumi.${base}.yaml has no section ${section}`);
    return [`streamflix:${section}`, value] as const;
  });
  return written(name, stringify({ config: Object.fromEntries([...others, ...kept]) }));
}

function replaced(base: string, replacements: readonly (readonly [string, string])[]): string {
  let text = fs.readFileSync(path.join(REPOSITORY, `Pulumi.${base}.yaml`), "utf8");
  for (const [old, now] of replacements) {
    if (!text.includes(old)) {
      throw new Error(`Pulumi.${base}.yaml has no "${old}": the test no longer fits the file`);
    }
    text = text.replaceAll(old, now);
  }
  return text;
}

function written(name: string, text: string): string {
  const file = path.join(emptyHome(), `Pulumi.${name}.yaml`);
  fs.writeFileSync(file, text);
  return file;
}

const LOADER = path.join(REPOSITORY, "tools/typescript.cjs");
const homes: string[] = [];

process.on("exit", () => {
  for (const home of homes) {
    fs.rmSync(home, { recursive: true, force: true });
  }
});
