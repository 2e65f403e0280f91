import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { createClient } from "@redis/client";

import { makeCertificates } from "../../functions/support/certificates";
import { freePort } from "../../support/free-port";

/** Either speaks the same protocol; Debian calls their packages like their programs. */
const PROGRAMS = ["valkey-server", "redis-server"] as const;

/** As the platform gives the service's user: see `components/cache.ts`. */
const SERVICE_RIGHTS = "~* +@all -@admin -@dangerous +info";

/** Users of the server: one with a password, as a stand-in for IAM's token, and one who may sign in with any token. */
export const PASSWORD_USER = "streamflix-service";
export const ANY_TOKEN_USER = "streamflix-service-any-token";
export const PASSWORD = "a-token-for-this-test";
const ADMIN = "test-admin";

/** A real Valkey or Redis server on 127.0.0.1, over TLS only, in a directory of its own that goes with it. */
export class CacheServer {
  readonly port: number;
  readonly ca: string;
  readonly caFile: string;
  readonly #directory: string;
  readonly #program: string;
  #process: ChildProcess | undefined;

  private constructor(directory: string, port: number, program: string) {
    this.#directory = directory;
    this.port = port;
    this.#program = program;
    const tls = path.join(directory, "tls");
    const { caPem, certificateFiles } = makeCertificates(tls, ["localhost"]);
    this.ca = caPem;
    this.caFile = path.join(tls, "ca.pem");
    const settings = [
      "bind 127.0.0.1",
      "port 0",
      `tls-port ${port}`,
      `tls-cert-file ${certificateFiles.get("localhost") ?? ""}`,
      `tls-key-file ${path.join(tls, "server.key")}`,
      `tls-ca-cert-file ${this.caFile}`,
      "tls-auth-clients no",
      'save ""',
      `dir ${directory}`,
      "user default off",
      `user ${PASSWORD_USER} on >${PASSWORD} ${SERVICE_RIGHTS}`,
      `user ${ANY_TOKEN_USER} on nopass ${SERVICE_RIGHTS}`,
      `user ${ADMIN} on >${PASSWORD} ~* +@all`,
    ];
    writeFileSync(path.join(directory, "server.conf"), `${settings.join("\n")}\n`);
  }

  static async start(): Promise<CacheServer> {
    const program = installed() ?? install();
    const server = new CacheServer(
      mkdtempSync(path.join(tmpdir(), "streamflix-cache-")),
      await freePort(),
      program,
    );
    await server.launch();
    return server;
  }

  /** Starts the program, on the same port as before. */
  async launch(): Promise<void> {
    const child = spawn(this.#program, [path.join(this.#directory, "server.conf")], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    let said = "";
    child.stdout.on("data", (text: Buffer) => (said += text.toString()));
    child.stderr.on("data", (text: Buffer) => (said += text.toString()));
    for (let attempt = 0; attempt < 200; attempt += 1) {
      if (child.exitCode !== null) break;
      if (await listens(this.port)) return;
      await sleep(50);
    }
    throw new Error(`${this.#program} did not start:\n${said}`);
  }

  /** Ends the program; what it had in memory is gone. */
  async halt(): Promise<void> {
    const child = this.#process;
    if (child?.exitCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  }

  /** Stops or continues the program: its connections stay, but it does not answer. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#process?.kill(name);
  }

  async stop(): Promise<void> {
    this.signal("SIGCONT");
    await this.halt();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Runs a command as a user who may do everything. */
  async command(...words: string[]): Promise<unknown> {
    const client = createClient({
      username: ADMIN,
      password: PASSWORD,
      socket: { tls: true, host: "localhost", port: this.port, ca: this.ca },
    });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return await client.sendCommand(words);
    } finally {
      client.destroy();
    }
  }
}

function installed(): string | undefined {
  return PROGRAMS.find((program) => {
    try {
      execFileSync(program, ["--version"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  });
}

/** Installs the package where that is possible, or says what to install. */
function install(): string {
  const apt = (...words: string[]) =>
    execFileSync("apt-get", words, {
      // In run level 1 the package's script starts no server of its own.
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
      stdio: "ignore",
    });
  try {
    if (process.getuid?.() !== 0) throw new Error("not root");
    apt("update");
    for (const program of PROGRAMS) {
      try {
        apt("install", "--yes", "--no-install-recommends", program);
        break;
      } catch {
        // Older Debian knows only the other one.
      }
    }
  } catch {
    // Said below.
  }
  const program = installed();
  if (program !== undefined) return program;
  throw new Error(`These tests need a real server: install the Debian package ${PROGRAMS.join(" or ")}.`);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
