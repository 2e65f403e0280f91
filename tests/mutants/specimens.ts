import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { PackConfig } from "../../tools/policy/analyzer";
import { readStackResources } from "../../tools/policy/stack-resources";
import { previewJson } from "../../tools/plan/main";
import type { Specimen } from "./proof";

/** A stack as the program plans it from nothing, under its own policy configuration. */
export function plannedSpecimen(stack: string): Specimen {
  return { stack, resources: readStackResources(plannedJson(stack)), config: packConfig(stack) };
}

/** The preview's JSON. One that was just made saves its maker the ten seconds that another takes. */
export function plannedJson(stack: string): string {
  const made = process.env[`STREAMFLIX_PREVIEW_${stack.toUpperCase()}`];
  return made === undefined ? previewJson(stack) : readFileSync(made, "utf8");
}

/** A stack's policy configuration file. */
export function packConfig(stack: string): PackConfig {
  const file = join(__dirname, "../../policy-pack/config", `${stack}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as PackConfig;
}
