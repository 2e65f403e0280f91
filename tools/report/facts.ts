import { catalog } from "../../policy-pack/src/catalog";
import { suppressions } from "../../policy-pack/src/suppressions";
import { type Alarm, alarmsOf } from "../checklist/alarms";
import { type Copy, copiesOf } from "../checklist/copies";
import { Inventory } from "../checklist/inventory";
import { type Estimate, estimate } from "../cost/estimate";
import { readStack } from "../cost/stack";
import { environmentOf, readUsage } from "../cost/usage";
import type { PackConfig } from "../policy/analyzer";
import { evaluate, type Row } from "../policy/evaluate";
import { readStackResources, type StackResource } from "../policy/stack-resources";
import { type Box, boxesOf, subnetsOf, type Zone } from "./boxes";
import { type Kept, keptOf } from "./kept";

/** All that the page says of a stack. */
export interface Facts {
  readonly stack: string;
  readonly regions: readonly string[];
  readonly accountId: string | undefined;
  /** When the export was made, as Pulumi wrote it. */
  readonly exportedAt: string | undefined;
  /** Resources of AWS. */
  readonly resources: readonly StackResource[];
  readonly boxes: readonly Box[];
  readonly zones: readonly Zone[];
  readonly cost: Estimate;
  readonly policies: readonly Row[];
  readonly alarms: readonly Alarm[];
  readonly kept: readonly Kept[];
  /** What is kept a second time, in another region. */
  readonly copies: readonly Copy[];
}

/**
 * @param source what the export is called in an error
 * @throws Problem when the text is no export
 */
export async function factsOf(
  stack: string,
  text: string,
  source: string,
  settings: PackConfig,
): Promise<Facts> {
  const all = readStackResources(text, source);
  const cost = estimate(readStack(text, source), readUsage(environmentOf(stack)));
  const inventory = new Inventory(all);
  const { manifest } =
    (JSON.parse(text) as { deployment?: { manifest?: { time?: string } } }).deployment ?? {};
  return {
    stack,
    regions: [...new Set(inventory.all.map(regionOf).filter((it) => it !== undefined))].sort(),
    accountId: accountOf(inventory.all),
    exportedAt: manifest?.time,
    resources: inventory.all,
    boxes: boxesOf(inventory),
    zones: subnetsOf(inventory),
    cost,
    policies: await evaluate(catalog, all, settings, suppressions),
    alarms: alarmsOf(inventory),
    kept: keptOf(inventory),
    copies: copiesOf(inventory),
  };
}

/** Services without regions, some of whose resources have no ARN that says so. */
const GLOBAL = /^aws:(iam|route53|budgets|costexplorer|cloudfront)\//;

/** Region of a resource; undefined for what belongs to the account as a whole. */
export function regionOf({ type, outputs, provider }: StackResource): string | undefined {
  if (GLOBAL.test(type)) return undefined;
  const arn = typeof outputs["arn"] === "string" ? outputs["arn"].split(":") : undefined;
  const region = outputs["region"] ?? (arn === undefined ? provider?.inputs["region"] : arn[3]);
  return typeof region === "string" && region !== "" ? region : undefined;
}

function accountOf(resources: readonly StackResource[]): string | undefined {
  const arns = resources.map(({ outputs }) => outputs["arn"]).filter((it) => typeof it === "string");
  return arns.map((arn) => arn.split(":")[4]).find((account) => /^\d{12}$/.test(account ?? ""));
}
