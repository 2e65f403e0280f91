import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";

import * as pulumi from "@pulumi/pulumi";

import { lambdaBundle } from "../../components/lambda-bundle";

/** Calls the handler as Lambda does, and prints what it gives or throws. */
const RUNNER = `
  const { handler } = require("./index.js");
  const context = { getRemainingTimeInMillis: () => Number(process.argv[3]) };
  if (handler.length > 2) throw new Error("Lambda would take it for a handler with a callback");
  handler(JSON.parse(process.argv[2]), context)
    .then((report) => ({ report }), (error) => ({ error: { name: error.name, message: error.message } }))
    .then((result) => process.stdout.write(JSON.stringify(result) + "\\n", () => process.exit()));
`;

/** What an invocation ended with: one of both. */
export interface Ending<Report> {
  readonly report?: Report;
  readonly error?: { readonly name: string; readonly message: string };
}

/** A function's bundle as it is deployed, each invocation in a process of its own. */
export class LambdaProcess<Report> {
  /** What each invocation printed, its ending as the last line. */
  readonly printed: string[] = [];
  readonly #directory = mkdtempSync(path.join(tmpdir(), "streamflix-lambda-"));

  /** @param entry file of the handler, relative to the project */
  static async of<Report>(entry: string): Promise<LambdaProcess<Report>> {
    const lambda = new LambdaProcess<Report>();
    const { archive } = lambdaBundle(entry);
    const code = (await archive.assets)["index.js"];
    assert.ok(code instanceof pulumi.asset.FileAsset);
    copyFileSync(await code.path, path.join(lambda.#directory, "index.js"));
    lambda.put("runner.js", RUNNER);
    return lambda;
  }

  /** Puts a text file beside the code. */
  put(name: string, text: string): void {
    const file = path.join(this.#directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** @param environment all that the process gets, besides credentials and a region */
  async invoke(
    event: unknown,
    environment: Readonly<Record<string, string>>,
    remainingMs: number,
  ): Promise<Ending<Report>> {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [path.join(this.#directory, "runner.js"), JSON.stringify(event), String(remainingMs)],
      {
        cwd: this.#directory,
        env: {
          AWS_REGION: "eu-central-1",
          AWS_ACCESS_KEY_ID: "test",
          AWS_SECRET_ACCESS_KEY: "test",
          ...environment,
        },
      },
    );
    this.printed.push(stdout);
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Ending<Report>;
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
