import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

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
    return new Promise((resolve, reject) => {
      const child = spawn(
        process.execPath,
        ["--require", LOADER, path.join(this.#checkout, "local/main.ts"), ...words],
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

  /** Like run, but a non-zero exit is an error that shows the output. */
  async ok(...words: string[]): Promise<Finished> {
    const finished = await this.run(...words);
    if (finished.code !== 0) {
      throw new Error(`local ${words.join(" ")} ended with ${finished.code}:\n${finished.output}`);
    }
    return finished;
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
export async function freshMachine(stack: string): Promise<Machine> {
  let template = templates.get(stack);
  if (template === undefined) {
    template = (async () => {
      const machine = new Machine(emptyHome());
      await machine.ok("config", "--stack", stack);
      return machine;
    })();
    templates.set(stack, template);
  }
  return (await template).copy();
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
  let text = fs.readFileSync(path.join(REPOSITORY, `Pulumi.${base}.yaml`), "utf8");
  for (const [old, now] of replacements) {
    if (!text.includes(old)) {
      throw new Error(`Pulumi.${base}.yaml has no "${old}": the test no longer fits the file`);
    }
    text = text.replaceAll(old, now);
  }
  const file = path.join(emptyHome(), `Pulumi.${name}.yaml`);
  fs.writeFileSync(file, text);
  return file;
}

const LOADER = path.join(REPOSITORY, "tools/typescript.cjs");
const templates = new Map<string, Promise<Machine>>();
const homes: string[] = [];

process.on("exit", () => {
  for (const home of homes) {
    fs.rmSync(home, { recursive: true, force: true });
  }
});
