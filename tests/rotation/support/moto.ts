import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";

import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

import { cacheDirectory } from "../../../local/paths";
import { say } from "../../../local/problem";
import { freePort } from "../../support/free-port";
import { impatientClient } from "./secrets-manager";

/** The version that the tests' tables were made with; the tests of divergences say what a newer one mends. */
const VERSION = "5.2.5";
const READY_WITHIN_MS = 60_000;

/**
 * moto, a simulation of AWS by others: a second opinion on Secrets Manager. It runs on 127.0.0.1 in a Python environment
 * that the first start makes in the cache directory (about a minute, 320 MB).
 */
export class MotoServer {
  /** For the hook that starts it: the first start makes the environment. */
  static readonly startTimeoutMs = 600_000;
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #kill: () => void;
  /** The end of what it printed. */
  #log = "";

  private constructor(environment: string, port: number) {
    this.url = `http://127.0.0.1:${port}`;
    // Not bin/moto_server, which names the directory that the environment was made in.
    this.#process = spawn(
      path.join(environment, "bin", "python"),
      ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)],
      { stdio: ["ignore", "ignore", "pipe"] },
    );
    this.#process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#log = (this.#log + text).slice(-2000);
    });
    this.#kill = () => this.#process.kill();
    process.once("exit", this.#kill);
  }

  /** @throws Error that names what is missing when there is no Python to run it with */
  static async start(): Promise<MotoServer> {
    const server = new MotoServer(await motoEnvironment(), await freePort());
    try {
      await server.#ready();
      await server.#post("/moto-api/config", "motoapi", { lambda: { use_docker: false } });
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  async stop(): Promise<void> {
    process.off("exit", this.#kill);
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const closed = once(this.#process, "close");
    this.#kill();
    await closed;
  }

  /** A real client of Secrets Manager in moto. */
  client(): SecretsManagerClient {
    return impatientClient(this.url);
  }

  /**
   * Makes a function that does nothing, for RotateSecret to call.
   *
   * @returns its ARN
   */
  async makeFunction(): Promise<string> {
    const trust = {
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: "sts:AssumeRole",
    };
    const role = await this.query("iam", "2010-05-08", "CreateRole", {
      RoleName: "rotation",
      AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [trust] }),
    });
    const { FunctionArn } = (await this.#post("/2015-03-31/functions", "lambda", {
      FunctionName: "rotation",
      Runtime: "nodejs22.x",
      Role: /<Arn>(.*)<\/Arn>/.exec(role)?.[1],
      Handler: "index.handler",
      Code: { ZipFile: "" },
    })) as { FunctionArn: string };
    return FunctionArn;
  }

  /**
   * Calls an operation of a service that has AWS's query protocol.
   *
   * @returns the answer, which is XML
   */
  async query(
    service: string,
    version: string,
    action: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<string> {
    const body = new URLSearchParams({ Action: action, Version: version, ...parameters });
    return this.#request("/", service, body);
  }

  async #post(route: string, service: string, input: object): Promise<unknown> {
    return JSON.parse(await this.#request(route, service, JSON.stringify(input)));
  }

  async #request(route: string, service: string, body: string | URLSearchParams): Promise<string> {
    // moto takes the service from what a signature covers, and checks no signature.
    const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/${service}/aws4_request`;
    const response = await fetch(this.url + route, { method: "POST", headers: { authorization }, body });
    const text = await response.text();
    if (!response.ok) throw new Error(`moto answers ${response.status} to ${service}: ${text}`);
    return text;
  }

  async #ready(): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS;
    for (;;) {
      const answers = await fetch(`${this.url}/moto-api/`).then(
        (response) => response.ok,
        () => false,
      );
      if (answers) return;
      if (this.#process.exitCode !== null)
        throw new Error(`moto ended with ${this.#process.exitCode}:\n${this.#log}`);
      if (Date.now() > deadline) {
        throw new Error(`moto was not ready within ${READY_WITHIN_MS / 1000} s:\n${this.#log}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/**
 * The Python environment with moto in it. It is made in a directory of its own and moved into place in one step, so two
 * first runs at once both end with a whole one.
 */
export async function motoEnvironment(): Promise<string> {
  const place = path.join(cacheDirectory(), `moto-${VERSION}`);
  if (existsSync(place)) return place;
  say(`Making a Python environment with moto ${VERSION}, once (about a minute) …`);
  mkdirSync(path.dirname(place), { recursive: true });
  const workshop = mkdtempSync(path.join(path.dirname(place), ".moto-"));
  const made = path.join(workshop, "environment");
  const abandon = () => {
    rmSync(workshop, { recursive: true, force: true });
  };
  process.once("exit", abandon);
  try {
    await run("python3", ["--version"], "there is no python3 on PATH");
    await run("python3", ["-m", "venv", made], "Python's venv module is missing (Debian: python3-venv)");
    await run(
      path.join(made, "bin", "python"),
      ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", `moto[server]==${VERSION}`],
      `pip can't install moto[server]==${VERSION}`,
    );
    try {
      renameSync(made, place);
    } catch (error) {
      // Another run was faster.
      if (!existsSync(place)) throw error;
    }
    return place;
  } finally {
    process.off("exit", abandon);
    abandon();
  }
}

async function run(command: string, words: readonly string[], otherwise: string): Promise<void> {
  try {
    await promisify(execFile)(command, words);
  } catch (error) {
    const text = error instanceof Error ? error.message.trim().split("\n").slice(-5).join("\n") : "";
    throw new Error(
      `The tests against moto need Python 3 with its venv module and a package index, and ${otherwise}:\n${text}`,
      { cause: error },
    );
  }
}
