import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";

import { repositoryRoot } from "../../../local/paths";

const FOLDER = path.join(repositoryRoot, "docs/runbooks");

/** Commands of a page that belong together: a block, or what stands in a line of text. */
export interface Script {
  /** Page and line, such as `database.md:12`. */
  readonly where: string;
  readonly text: string;
}

/** Pages of runbooks, and those that runbooks send to for commands. */
export function pages(): readonly string[] {
  const runbooks = readdirSync(FOLDER).filter((file) => file.endsWith(".md"));
  return [...runbooks.map((file) => path.join(FOLDER, file)), path.join(repositoryRoot, "docs/game-days.md")];
}

/** Programs whose commands are tried; anything else in a line of text is no command. */
const PROGRAMS = /^(aws|npm|pulumi) /;

/** All commands of a page in their order, with something for each `<placeholder>`. */
export function scriptsOf(file: string): readonly Script[] {
  const name = path.basename(file);
  const text = readFileSync(file, "utf8");
  const lineOf = (index: number) => text.slice(0, index).split("\n").length;
  const blocks = [...text.matchAll(/^( *)```sh\n([^]*?)\n\1```$/gm)];
  const rest = text.replaceAll(/^( *)```[^]*?^\1```$/gm, (block) => block.replaceAll(/[^\n]/g, " "));
  const spans = [...rest.matchAll(/`([^`\n]+)`/g)].filter(([, span = ""]) => PROGRAMS.test(span));
  return [
    ...blocks.map(({ index, 2: block = "" }) => ({ index, text: block })),
    ...spans.map(({ index, 1: span = "" }) => ({ index, text: span })),
  ]
    .sort((a, b) => a.index - b.index)
    .map(({ index, text: script }) => ({ where: `${name}:${lineOf(index)}`, text: filled(script) }));
}

/** What stands for placeholders: long enough for any id. */
const EXAMPLE = "example-0000-4000-8000-000000000000";
/** The same for those whose value has a form. */
const EXAMPLES: Readonly<Record<string, string>> = {
  arn: "arn:aws:secretsmanager:eu-central-1:111122223333:secret:streamflix/prod/database/service-AbCdEf",
  ResourceArn: "arn:aws:rds:eu-central-1:111122223333:cluster:streamflix-database-prod",
  vCPU: "32",
};

function filled(text: string): string {
  return text
    .replaceAll(/<([A-Za-z][\w .-]*)>/g, (_, name: string) => EXAMPLES[name] ?? EXAMPLE)
    .replaceAll("…", EXAMPLE);
}
