import { type ChildProcess, execFileSync, spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const PROJECT = path.resolve(__dirname, "../../..");

/** A line of the service's log. */
export type LogLine = Readonly<Record<string, unknown>>;

let bundle: string | undefined;

/** Builds the service as its image does, once in this process. */
function built(): string {
  if (bundle !== undefined) return bundle;
  const directory = mkdtempSync(path.join(tmpdir(), "streamflix-service-"));
  process.once("exit", () => {
    rmSync(directory, { recursive: true, force: true });
  });
  bundle = path.join(directory, "service.js");
  const words = ["run", "build", "--silent", "--workspace", "service", "--", `--outfile=${bundle}`];
  execFileSync("npm", [...words, "--log-level=error"], { cwd: PROJECT, stdio: "pipe" });
  return bundle;
}

/** The real service as a process of its own. */
export class ServiceProcess {
  readonly #child: ChildProcess;
  #output = "";
  #errors = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on("data", (text: Buffer) => (this.#output += text.toString()));
    child.stderr?.on("data", (text: Buffer) => (this.#errors += text.toString()));
  }

  /** Starts it with this environment and nothing of the tests' own; it does not wait until it serves. */
  static spawn(environment: Readonly<Record<string, string>>, words: readonly string[] = []): ServiceProcess {
    const stdio: StdioOptions = ["ignore", "pipe", "pipe"];
    const child = spawn(process.execPath, [built(), ...words], { env: environment, stdio });
    return new ServiceProcess(child);
  }

  /** Starts it and waits until it serves. */
  static async start(environment: Readonly<Record<string, string>>): Promise<ServiceProcess> {
    const service = ServiceProcess.spawn(environment);
    for (let attempt = 0; attempt < 400 && service.#child.exitCode === null; attempt += 1) {
      if (service.lines.some((line) => line["event"] === "serving")) return service;
      await sleep(25);
    }
    throw new Error(`The service did not start:\n${service.output}`);
  }

  get url(): string {
    const serving = this.lines.find((line) => line["event"] === "serving");
    return `http://127.0.0.1:${String(serving?.["port"])}`;
  }

  /** Everything it wrote. */
  get output(): string {
    return this.#output + this.#errors;
  }

  get errors(): string {
    return this.#errors;
  }

  get lines(): LogLine[] {
    const whole = this.#output.split("\n").slice(0, -1);
    return whole.map((line) => JSON.parse(line) as LogLine);
  }

  events(): unknown[] {
    return this.lines.map((line) => line["event"]);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Its exit status; null while it runs. */
  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** Its exit status, once it has one. */
  async exit(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, "close");
    return this.#child.exitCode;
  }

  /** Ends it without ceremony. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.exit();
  }
}
