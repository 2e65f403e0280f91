import { catalog } from "./catalog";
import { toPolicies } from "./engine/policy";
import { suppressions } from "./suppressions";

/** The pack's policies, without starting a server: tests use these, `index.ts` serves them. */
export const policies = toPolicies(catalog, suppressions);
