import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { PackConfig } from "../../tools/policy/analyzer";
import { readStackResources } from "../../tools/policy/stack-resources";
import { previewJson } from "../../tools/plan/main";
import { preparedFolder } from "../support/prepared";
import type { Specimen } from "./proof";

const PREVIEW = "preview.json";

/** A stack as the program plans it from nothing, under its own policy configuration. */
export async function plannedSpecimen(stack: string): Promise<Specimen> {
  const resources = readStackResources(await plannedJson(stack), `the plan of ${stack}`);
  return { stack, resources, config: packConfig(stack) };
}

/** The JSON of a preview of the stack from nothing, which takes about ten seconds to make: the suites share one. */
export async function plannedJson(stack: string): Promise<string> {
  const folder = await preparedFolder(`${stack}-planned`, (draft) => {
    writeFileSync(join(draft, PREVIEW), previewJson(stack));
  });
  return readFileSync(join(folder, PREVIEW), "utf8");
}

/** A stack's policy configuration file. */
export function packConfig(stack: string): PackConfig {
  const file = join(__dirname, "../../policy-pack/config", `${stack}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as PackConfig;
}
