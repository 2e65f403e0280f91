/**
 * `npm run policy:report -- --stack prod`: what every rule says about every resource of a deployed stack, by the article
 * of the GDPR that it supports, as Markdown, JSON and SARIF.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { checkout, repositoryRoot } from "../../local/paths";
import { Problem } from "../../local/problem";
import { catalog } from "../../policy-pack/src/catalog";
import { suppressions } from "../../policy-pack/src/suppressions";
import { readWords, UsageError } from "../command-line";
import { exportName, exportText } from "../stack-export";
import { runTool, userPath } from "../tool";
import type { PackConfig } from "./analyzer";
import { evaluate } from "./evaluate";
import { type ReportFacts, toJson, toMarkdown, toSarif } from "./report-formats";
import { readStackResources } from "./stack-resources";

const HELP = `npm run policy:report -- --stack <name> [options]

  --stack <name>    whose rules apply: policy-pack/config/<name>.json
  --file <path>     what \`pulumi stack export\` wrote, or a preview's JSON; without it the local engine's stack is exported
  --config <path>   another policy configuration
  --out <path>      directory for policy-report.md, .json and .sarif; reports/<name> by itself

Exit status: 0 when the reports were written, 1 when they could not be made, 2 for a wrong command line.`;

const OPTIONS = {
  stack: { type: "string" },
  file: { type: "string" },
  config: { type: "string" },
  out: { type: "string" },
} as const;

async function run(line: readonly string[]): Promise<number> {
  const words = readWords(line, OPTIONS);
  const stack = words.stackName();
  const [file, config, out] = [words.text("file"), words.text("config"), words.text("out")];
  if (stack === undefined || words.problems.length > 0) throw new UsageError(words.problems);
  const settings = readConfig(config === undefined ? checkout.policyConfig(stack) : userPath(config));
  const source = exportName(stack, file);
  const resources = readStackResources(exportText(stack, file), source);
  const rows = await evaluate(catalog, resources, settings, suppressions);
  const facts: ReportFacts = { stack, source, resources: resources.length };
  const directory = out === undefined ? join(repositoryRoot, "reports", stack) : userPath(out);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "policy-report.md"), toMarkdown(facts, rows));
  writeFileSync(join(directory, "policy-report.json"), toJson(facts, rows));
  writeFileSync(join(directory, "policy-report.sarif"), toSarif(facts, rows));
  const count = (status: string) => rows.filter((row) => row.status === status).length;
  console.log(
    `${resources.length} resources: ${count("fail")} failures, ${count("indeterminate")} not known yet, ` +
      `${count("suppressed")} suppressed, ${count("pass")} passes; written to ${directory}`,
  );
  return 0;
}

function readConfig(file: string): PackConfig {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as PackConfig;
  } catch {
    throw new Problem(`${file} can't be read. Allowed: a file with the policy pack's settings as JSON.`);
  }
}

void runTool({ help: HELP, run });
