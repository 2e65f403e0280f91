import * as fs from "node:fs";
import * as path from "node:path";
import { Document, isMap, isNode, isPair, isScalar, parseDocument } from "yaml";
import { platformSchema } from "../../config/schema";
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

/** Whether a step has settings of the policy pack of its own, and not the dev stack's. */
export function hasPolicies({ advisory, settings }: Step): boolean {
  return advisory !== undefined || settings !== undefined;
}

/**
 * Settings of the policy pack for a step: the dev stack's, less strict where what a policy asks for comes later, and
 * with what comes with the step.
 */
export function renderPolicies({
  advisory = [],
  settings = {},
}: Pick<Step, "advisory" | "settings">): string {
  const text = fs.readFileSync(path.join(REPOSITORY, "policy-pack/config/dev.json"), "utf8");
  const all = JSON.parse(text) as Record<string, object>;
  for (const policy of advisory) all[policy] = { ...all[policy], enforcementLevel: "advisory" };
  for (const [policy, more] of Object.entries(settings)) all[policy] = { ...all[policy], ...more };
  return `${JSON.stringify(all, undefined, 2)}\n`;
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
  inSchemaOrder(document);
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

/** What the shipped file doesn't have was added at the end. */
function inSchemaOrder(document: Document): void {
  const config = document.get("config");
  if (!isMap(config)) return;
  const order = Object.keys(platformSchema.unwrap().shape).map((section) => `streamflix:${section}`);
  const place = (key: unknown) => order.indexOf(String(nameOf(key)));
  config.items.sort((a, b) => place(a.key) - place(b.key));
}

function nameOf(key: unknown): unknown {
  return isScalar(key) ? key.value : key;
}
