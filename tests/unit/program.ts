import { createRequire } from "node:module";

import * as pulumi from "@pulumi/pulumi";

import { asEngineGives, type Shipped, stackFile } from "../config/helpers";
import { record, type Recording } from "./mocks";

const load = createRequire(__filename);

/** Runs index.ts as the engine would, with a shipped stack file and encrypted contacts. */
export function runProgram(stack: Shipped, contacts?: unknown, suffix?: string): Promise<Recording<unknown>> {
  const shipped = stackFile(stack);
  const environment = shipped["streamflix:environment"] as Record<string, unknown>;
  const config = {
    ...shipped,
    "streamflix:environment": { ...environment, suffix: suffix ?? environment["suffix"] },
    ...(contacts === undefined ? {} : { "streamflix:contacts": contacts }),
  };
  return record(() => {
    pulumi.runtime.setAllConfig(asEngineGives(config), ["streamflix:contacts"]);
    // A module runs once a process; each stack needs a run of its own.
    Reflect.deleteProperty(load.cache, load.resolve("../../index"));
    // A copy: the module's own exports are read-only.
    return { ...(load("../../index") as Record<string, unknown>) };
  }, stack);
}
