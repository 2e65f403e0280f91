import * as fs from "node:fs";
import * as path from "node:path";
import { Document, isMap, isNode, isPair, isScalar, parseDocument } from "yaml";
import { DIFFERENCES, type Step, STEPS } from "./steps";

const REPOSITORY = path.resolve(__dirname, "../..");

/** Where the stack files and the page about them are. */
export const MIGRATION_DIRECTORY = path.join(REPOSITORY, "docs/migration");

/** Name of a step's stack file. */
export function stackFileName({ number, slug }: Pick<Step, "number" | "slug">): string {
  return `${number}-${slug}.yaml`;
}

/** Name of a step's settings of the policy pack, for a step that has its own. */
export function policyFileName({ number, slug }: Pick<Step, "number" | "slug">): string {
  return `${number}-${slug}.policies.json`;
}

/** Settings of the policy pack for a step: the dev stack's, less strict where what a policy asks for comes later. */
export function renderPolicies(advisory: readonly string[]): string {
  const text = fs.readFileSync(path.join(REPOSITORY, "policy-pack/config/dev.json"), "utf8");
  const settings = JSON.parse(text) as Record<string, object>;
  for (const policy of advisory) settings[policy] = { ...settings[policy], enforcementLevel: "advisory" };
  return `${JSON.stringify(settings, undefined, 2)}\n`;
}

/** The stack file of a step, made from the shipped dev stack's, with its comments. */
export function renderStackFile(step: Step): string {
  const text = fs.readFileSync(path.join(REPOSITORY, "Pulumi.dev.yaml"), "utf8");
  const document = parseDocument(text);
  for (const { sections, number } of STEPS) {
    if (number <= step.number) continue;
    for (const section of sections) document.deleteIn(["config", `streamflix:${section}`]);
  }
  for (const { from = 1, until = STEPS.length, path: field, value, comment } of DIFFERENCES) {
    if (step.number < from || step.number > until) continue;
    setField(document, ["config", ...field], value, comment);
  }
  document.commentBefore =
    ` Step ${step.number} of ${STEPS.length}: ${step.title}. ` +
    "Complete, like Pulumi.dev.yaml, which it is made from by\n npm run config-reference; README.md in this folder tells about the steps.";
  return document.toString({ lineWidth: 0, indentSeq: true });
}

function setField(
  document: Document,
  field: readonly string[],
  value: unknown,
  comment: string | undefined,
): void {
  if (value === undefined) {
    document.deleteIn(field);
    return;
  }
  document.setIn(field, document.createNode(value));
  if (comment === undefined) return;
  const parent = document.getIn(field.slice(0, -1));
  const pair = isMap(parent) ? parent.items.find(({ key }) => nameOf(key) === field.at(-1)) : undefined;
  if (!isPair(pair)) return;
  const key = isNode(pair.key) ? pair.key : document.createNode(pair.key);
  key.commentBefore = ` ${comment}`;
  pair.key = key;
}

function nameOf(key: unknown): unknown {
  return isScalar(key) ? key.value : key;
}
