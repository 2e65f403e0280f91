import { homeProvider } from "../components/provider";
import { Names } from "../config";
import { Baseline } from "./baseline";
import { loadOrganizationConfig } from "./config";
import { Guardrails } from "./guardrails";

const config = loadOrganizationConfig();
const { regions, guardrails, baseline } = config;
const names = new Names(config);
const opts = { providers: [homeProvider(config)] };

// What accounts can't do.
new Guardrails("guardrails", { names, regions, guardrails, protect: config.environment.protection }, opts);

// What accounts have that no stack of the platform is in.
if (baseline) new Baseline("baseline", { names, regions, ...baseline }, opts);
