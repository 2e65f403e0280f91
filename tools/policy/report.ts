/**
 * `npm run policy:report -- --stack prod`: what every rule says about every resource of a deployed stack, by the article
 * of the GDPR that it supports, as Markdown, JSON and SARIF.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { catalog } from "../../policy-pack/src/catalog";
import { suppressions } from "../../policy-pack/src/suppressions";
import { exportOf, NotDeployed } from "../stack-export";
import type { PackConfig } from "./analyzer";
import { evaluate } from "./evaluate";
import { type ReportFacts, toJson, toMarkdown, toSarif } from "./report-formats";
import { readStackResources, UnreadableState } from "./stack-resources";

const REPOSITORY = join(__dirname, "../..");
const HELP = `npm run policy:report -- --stack <name> [--file <export>] [--config <file>] [--out <directory>]

  --stack   whose rules apply: policy-pack/config/<name>.json
  --file    what \`pulumi stack export\` wrote, or a preview's JSON; without it the local engine's stack is exported
  --config  another policy configuration
  --out     where policy-report.md, .json and .sarif go (default: reports/<name>)
`;

/** A problem that the user can mend; printed as one line. */
class Problem extends Error {}

async function main(words: readonly string[]): Promise<void> {
  const { stack, file, config, out, help } = argumentsOf(words);
  if (help === true || stack === undefined) {
    if (help === true) {
      process.stdout.write(HELP);
      return;
    }
    throw new Problem("--stack is missing: whose report is it?");
  }
  const settings = readConfig(config ?? join(REPOSITORY, "policy-pack/config", `${stack}.json`));
  const source = file ?? `the local engine's stack ${stack}`;
  const text = file === undefined ? localExport(stack) : readText(userPath(file));
  const resources = readResources(text, source);
  const rows = await evaluate(catalog, resources, settings, suppressions);
  const facts: ReportFacts = { stack, source, resources: resources.length };
  const directory = out === undefined ? join(REPOSITORY, "reports", stack) : userPath(out);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "policy-report.md"), toMarkdown(facts, rows));
  writeFileSync(join(directory, "policy-report.json"), toJson(facts, rows));
  writeFileSync(join(directory, "policy-report.sarif"), toSarif(facts, rows));
  const count = (status: string) => rows.filter((row) => row.status === status).length;
  process.stdout.write(
    `${resources.length} resources: ${count("fail")} failures, ${count("indeterminate")} not known yet, ` +
      `${count("suppressed")} suppressed, ${count("pass")} passes; written to ${directory}\n`,
  );
}

function argumentsOf(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        stack: { type: "string" },
        file: { type: "string" },
        config: { type: "string" },
        out: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new Problem(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}

function readConfig(file: string): PackConfig {
  try {
    return JSON.parse(readText(file)) as PackConfig;
  } catch (error) {
    throw error instanceof Problem ? error : new Problem(`${file} is not JSON`);
  }
}

function readResources(text: string, source: string) {
  try {
    return readStackResources(text);
  } catch (error) {
    throw error instanceof UnreadableState ? new Problem(`${source} can't be read: ${error.message}`) : error;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new Problem(`${file} can't be read: there is no such file`);
  }
}

function localExport(stack: string): string {
  try {
    return exportOf(stack);
  } catch (error) {
    throw error instanceof NotDeployed ? new Problem(error.message) : error;
  }
}

// npm runs scripts in the package's directory and tells in INIT_CWD where the user stood.
function userPath(path: string): string {
  return resolve(process.env["INIT_CWD"] ?? process.cwd(), path);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof Problem)) {
    throw error;
  }
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
});
