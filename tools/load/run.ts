import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Settings } from "../../load/settings";
import { DURATION, FAILED } from "../../load/shape";
import { findTool } from "../../local/go-tool";
import { bundle, type Script } from "./bundle";
import { k6 } from "./k6";

/** What a run measured. */
export interface Figures {
  readonly requestsPerSecond: number;
  readonly p99Milliseconds: number;
}

/** What became of a run. */
export interface Outcome {
  /** k6's exit status: 0 when every threshold held, 99 when one did not. */
  readonly code: number;
  /** @default k6 ended without figures */
  readonly figures?: Figures;
}

/** What gets from the environment to k6: credentials of callers, and where people keep things. */
const PASSED = ["PATH", "HOME", "TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/** How a script is run. */
export interface Manner {
  /** Whether k6 prints no summary. @default false */
  readonly quiet?: boolean;
  /** Whether an earlier run has made the profiles. @default false */
  readonly prepared?: boolean;
}

/** Runs a script with k6; its output goes to stdout and stderr. */
export async function runScript(script: Script, settings: Settings, manner: Manner = {}): Promise<Outcome> {
  const command = await findTool(k6);
  const directory = mkdtempSync(join(tmpdir(), "streamflix-load-"));
  try {
    const file = join(directory, `${script}.js`);
    const summary = join(directory, "summary.json");
    writeFileSync(file, bundle(script, settings));
    const words = ["run", "--no-usage-report", "--address", "", "--summary-export", summary];
    if (manner.prepared === true) words.push("--no-setup");
    if (manner.quiet === true || !process.stdout.isTTY) words.push("--no-color", "--quiet");
    const child = spawn(command, [...words, file], {
      env: Object.fromEntries(PASSED.map((name) => [name, process.env[name]])),
      // Without a summary k6 would write none into the file either.
      stdio: ["ignore", manner.quiet === true ? "ignore" : "inherit", "inherit"],
    });
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status) => {
        resolve(status ?? 1);
      });
    });
    const figures = figuresIn(summary, settings.seconds);
    return { code, ...(figures && { figures }) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function figuresIn(file: string, seconds: number): Figures | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const { metrics } = JSON.parse(text) as {
    readonly metrics: Readonly<Record<string, Readonly<Record<string, number>> | undefined>>;
  };
  // A share: "passes" are the requests that failed.
  const { passes = NaN, fails = NaN } = metrics[FAILED] ?? {};
  const p99Milliseconds = metrics[DURATION]?.["p(99)"] ?? NaN;
  const requestsPerSecond = (passes + fails) / seconds;
  return requestsPerSecond > 0 && p99Milliseconds > 0 ? { requestsPerSecond, p99Milliseconds } : undefined;
}
