import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";

import { motoEnvironment, MotoServer } from "../../rotation/support/moto";

/** What became of one `aws` command: see aws_server.py. */
export interface Tried {
  readonly words: readonly string[];
  readonly outcome: "ran" | "validated" | "own" | "wrong";
  readonly reason?: string;
}

/** How a script ended. */
export interface Finished {
  readonly code: number | null;
  readonly stderr: string;
  /** Its `aws` commands, in the order in which they ended. */
  readonly aws: readonly Tried[];
  /** Its commands of other programs that are stood for, such as `npm`. */
  readonly others: readonly (readonly string[])[];
}

/** Said after the last command of a script: see aws_server.py. */
const END = "end-of-script";

/** Programs that are not started; their words are kept. */
const OTHERS = ["npm", "pulumi"];

/** A place where `aws` is answered by models of AWS's services and by moto, for scripts as people would paste them. */
export class EmulatedAws {
  readonly #folder = mkdtempSync(path.join(tmpdir(), "streamflix-runbooks-"));
  readonly #moto: MotoServer;
  readonly #server: ChildProcess;
  readonly #tried: Tried[] = [];
  #ended: () => void = () => undefined;

  private constructor(moto: MotoServer, python: string) {
    this.#moto = moto;
    const socket = path.join(this.#folder, "aws.socket");
    this.#server = spawn(python, ["-B", path.join(__dirname, "aws_server.py"), socket, moto.url], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const bin = path.join(this.#folder, "bin");
    mkdirSync(bin);
    const program = (name: string, text: string) => {
      writeFileSync(path.join(bin, name), text);
      chmodSync(path.join(bin, name), 0o755);
    };
    program("aws", `#!/bin/sh\nexec "${python}" -ISB "${path.join(__dirname, "aws_client.py")}" "$@"\n`);
    for (const name of OTHERS) {
      program(name, `#!/bin/sh\n{ printf '%s\\0' "${name}" "$@"; echo; } >> "${this.#others}"\n`);
    }
  }

  get #others(): string {
    return path.join(this.#folder, "others");
  }

  /** Starts moto, with what runbooks look for, and the server that answers. */
  static async start(): Promise<EmulatedAws> {
    const moto = await MotoServer.start();
    const aws = new EmulatedAws(moto, path.join(await motoEnvironment(), "bin", "python"));
    try {
      await aws.#ready();
      return aws;
    } catch (error) {
      await aws.stop();
      throw error;
    }
  }

  #ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#server.stdout === null) throw new Error("the server has no output");
      createInterface(this.#server.stdout).on("line", (line) => {
        if (line === "ready") {
          resolve();
          return;
        }
        const tried = JSON.parse(line) as Tried;
        if (tried.words[0] === END) this.#ended();
        else this.#tried.push(tried);
      });
      this.#server.on("exit", (code) => {
        reject(new Error(`the server of commands ended with ${code ?? "a signal"}`));
      });
    });
  }

  async stop(): Promise<void> {
    this.#server.removeAllListeners("exit");
    this.#server.kill();
    await this.#moto.stop();
    rmSync(this.#folder, { recursive: true });
  }

  /** A new terminal: variables and functions of scripts before are not there any more. */
  newTerminal(): void {
    rmSync(this.#terminal, { force: true });
  }

  get #terminal(): string {
    return path.join(this.#folder, "terminal");
  }

  /** Runs a script in bash, as after the lines that the overview of the runbooks begins with. */
  run(script: string): Promise<Finished> {
    const kept = `{ declare -p; declare -f; } > "${this.#terminal}"`;
    // Wherever the script ends: bash leaves it where a variable is not set.
    const end = `trap "aws ${END}" EXIT`;
    const text = `${end}\nif [ -f "${this.#terminal}" ]; then . "${this.#terminal}" 2>/dev/null; fi\n${script}\n${kept}`;
    // What the server says of the last command may come after the script's end.
    const told = new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
    const before = this.#tried.length;
    writeFileSync(this.#others, "");
    return new Promise((resolve) => {
      const child = spawn("bash", ["-u", "-o", "pipefail", "-c", text], {
        cwd: this.#folder,
        stdio: ["ignore", "ignore", "pipe"],
        env: {
          PATH: `${path.join(this.#folder, "bin")}:/usr/local/bin:/usr/bin:/bin`,
          RUNBOOK_AWS_SOCKET: path.join(this.#folder, "aws.socket"),
          SUFFIX: "prod",
          AWS_REGION: "eu-central-1",
        },
      });
      let stderr = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
      });
      child.on(
        "close",
        (code) =>
          void told.then(() => {
            const others = readFileSync(this.#others, "utf8").split("\n").filter(Boolean);
            resolve({
              code,
              stderr,
              aws: this.#tried.slice(before),
              others: others.map((line) => line.split("\0").slice(0, -1)),
            });
          }),
      );
    });
  }
}
