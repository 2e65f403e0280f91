/**
 * `npm run config-reference` runs this, too: writes the stack files of docs/migration and the page about them. A test
 * fails when they are out of date.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import * as prettier from "prettier";
import { renderPage } from "./page";
import {
  hasPolicies,
  MIGRATION_DIRECTORY,
  policyFileName,
  renderPolicies,
  renderStackFile,
  stackFileName,
} from "./stack-files";
import { STEPS } from "./steps";

/** Every file of the folder by its name, as it is to be. */
export async function migrationFiles(): Promise<ReadonlyMap<string, string>> {
  const page = await prettier.format(renderPage(), { parser: "markdown", printWidth: 110 });
  const policies = STEPS.filter(hasPolicies).map((step) => ({
    name: policyFileName(step),
    text: renderPolicies(step),
  }));
  const formatted = policies.map(async ({ name, text }): Promise<[string, string]> => [
    name,
    await prettier.format(text, { parser: "json", printWidth: 110 }),
  ]);
  return new Map([
    ...(await Promise.all(formatted)),
    ...STEPS.map((step): [string, string] => [stackFileName(step), renderStackFile(step)]),
    ["README.md", page],
  ]);
}

async function main(): Promise<void> {
  fs.mkdirSync(MIGRATION_DIRECTORY, { recursive: true });
  for (const [name, text] of await migrationFiles()) {
    fs.writeFileSync(path.join(MIGRATION_DIRECTORY, name), text);
  }
}

if (require.main === module) void main();
