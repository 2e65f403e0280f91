/**
 * `npm test`: runs every suite, three at a time, then those that need the machine to themselves, and prints each one's
 * time against its budget. The last line is `N passed, N failed`; the exit status is 0 only when nothing failed.
 * `--quick` leaves out what is slow.
 */
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findCli } from "../../local/cli";
import { suites, type Suite } from "./suites";

const REPOSITORY = path.resolve(__dirname, "../..");

/** Suites at a time, on two cores: some wait for timers or for one process at a time. */
const LANES = 3;

/** Lines of a failed suite's output that the end repeats. */
const LINES_OF_FAILURE = 80;

interface Result {
  readonly suite: Suite;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
  readonly output: string;
}

async function main(words: readonly string[]): Promise<number> {
  const quick = words.includes("--quick");
  const chosen = suites.filter((suite) => !quick || !suite.slow);
  if (!quick) {
    // Made apart from the suites, since a first build takes minutes.
    await findCli();
  }
  const start = Date.now();
  // What one suite has deployed or planned, others take from there.
  const prepared = fs.mkdtempSync(path.join(os.tmpdir(), "streamflix-prepared-"));
  process.env["STREAMFLIX_TEST_PREPARED"] = prepared;
  // The engine spends a fifth of its time on collecting garbage that there is room for.
  process.env["GOGC"] ??= "400";
  const queue = chosen.filter(({ alone }) => !alone);
  const results: Result[] = [];
  const lane = async () => {
    for (let suite = queue.shift(); suite !== undefined; suite = queue.shift()) {
      results.push(await runSuite(suite));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  for (const suite of chosen.filter(({ alone }) => alone)) results.push(await runSuite(suite));
  fs.rmSync(prepared, { recursive: true, force: true });
  repeatFailures(results);
  report(results, (Date.now() - start) / 1000);
  const failed = sum(results.map((result) => result.failed));
  console.log(`\n${sum(results.map((result) => result.passed))} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Runs one suite and prints its output as a block once it has ended. */
async function runSuite(suite: Suite): Promise<Result> {
  const start = Date.now();
  const { code, output } = await run(suite.command);
  const seconds = (Date.now() - start) / 1000;
  const passing = Number(/(\d+) passing/.exec(output)?.[1] ?? 0);
  const failing = Number(/(\d+) failing/.exec(output)?.[1] ?? 0);
  // A check without tests of its own counts as one; so does a runner that broke, and one that ran nothing.
  const passed = suite.countsTests ? passing : Number(code === 0);
  const failed = code === 0 && passed > 0 ? 0 : Math.max(failing, 1);
  console.log(`\n── ${suite.name} ${"─".repeat(Math.max(0, 76 - suite.name.length))}\n${output.trimEnd()}`);
  return { suite, passed, failed, seconds, output };
}

function run([command = "", ...words]: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, {
      cwd: REPOSITORY,
      env: {
        ...process.env,
        PATH: `${path.join(REPOSITORY, "node_modules/.bin")}:${process.env["PATH"] ?? ""}`,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    child.once("error", reject);
    child.once("close", (code) => {
      resolve({ code, output });
    });
  });
}

/** Shows once more, at the end where people look, what went wrong far above. */
function repeatFailures(results: readonly Result[]): void {
  for (const { suite, output } of results.filter(({ failed }) => failed > 0)) {
    const lines = output.trimEnd().split("\n");
    // What mocha says of failures begins with their number; other checks end with what they found.
    const start = lines.findIndex((line) => /^\s+\d+ failing/.test(line));
    const shown = start < 0 ? lines.slice(-LINES_OF_FAILURE) : lines.slice(start, start + LINES_OF_FAILURE);
    console.log(`\n── failed: ${suite.name}\n${shown.join("\n")}`);
  }
}

function report(results: readonly Result[], total: number): void {
  console.log("\nsuite                 passed  failed   seconds  budget");
  for (const { suite, passed, failed, seconds } of results) {
    const over = seconds > suite.budgetSeconds ? "  over budget" : "";
    const row = [
      suite.name.padEnd(20),
      pad(passed, 7),
      pad(failed, 7),
      pad(seconds.toFixed(1), 9),
      pad(suite.budgetSeconds, 7),
    ];
    console.log(`${row.join(" ")}${over}`);
  }
  console.log(`${`all, ${LANES} at a time`.padEnd(36)} ${pad(total.toFixed(1), 9)}`);
}

function pad(value: number | string, width: number): string {
  return String(value).padStart(width);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
