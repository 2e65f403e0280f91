import { catalog } from "./catalog";
import { toPolicies } from "./engine/policy";

/** The pack's policies, without starting a server: tests use these, `index.ts` serves them. */
export const policies = toPolicies(catalog);
