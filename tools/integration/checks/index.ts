import type { Check } from "../check";
import type { Target } from "../target";
import { apiCheck } from "./api";
import { databaseCheck } from "./database";
import { ingestionCheck } from "./ingestion";
import { restoreCheck } from "./restore";
import { rotationCheck } from "./rotation";
import { serviceCheck } from "./service";

const CHECKS = {
  service: serviceCheck,
  api: apiCheck,
  ingestion: ingestionCheck,
  rotation: rotationCheck,
  // Signs in with what the rotation has made.
  database: databaseCheck,
  restore: restoreCheck,
} as const satisfies Record<string, (target: Target) => Check>;

/** Names of all checks, in the order in which they run. */
export const CHECK_NAMES = Object.keys(CHECKS) as readonly (keyof typeof CHECKS)[];

/** All checks of a stack. */
export const checksOf = (target: Target): readonly Check[] => CHECK_NAMES.map((name) => CHECKS[name](target));
