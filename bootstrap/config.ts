import { z } from "zod";

import { REGION_OF_ENVIRONMENT, REGIONS, STANDBY_REGION_NAMES } from "../config/facts";
import { noted } from "../config/fields";
import { type ConfigModel, load } from "../config/parse";
import { type DraftOf, type Fault, faultIf } from "../config/rules";
import { accountId, environment } from "../config/schema";
import { SERVICE_LINKED_ROLES } from "./facts";

/** Who makes something that an account can have only once. */
const owner = (means: string) =>
  noted(z.enum(["create", "adopt"]), {
    means,
    allowed: "create, or adopt where the account has it already",
    why: "an account has one of it, and making it a second time fails in the middle of a deployment",
  });

const aws = noted(
  z
    .strictObject({
      accountId,
      region: noted(z.enum(Object.keys(REGIONS) as [keyof typeof REGIONS, ...(keyof typeof REGIONS)[]]), {
        means: "Home region of the account: where its platform runs, and where images and state are.",
        allowed: "eu-central-1",
        why: "personal data stays in the EU, and the environments are all in one region",
      }),
    })
    .readonly(),
  {
    means: "Where the account's platform is.",
    allowed: "an object",
    why: "a wrong account must never be guessed",
  },
);

const standby = noted(
  z
    .strictObject({
      region: noted(z.enum(STANDBY_REGION_NAMES), {
        means: "Region that gets copies of images and state, and whose stacks may run there.",
        allowed: STANDBY_REGION_NAMES.join(", "),
        why: "what a failover needs has to be outside the home region, and inside the EU",
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means: "The region that takes over when the home region fails.",
    allowed: "an object",
    why: "a failover may need nothing of a region that is down",
    absent: "images and state are in the home region only, and nothing may run elsewhere",
  },
);

const serviceLinkedRoles = noted(
  z
    .strictObject(
      Object.fromEntries(
        Object.entries(SERVICE_LINKED_ROLES).map(([name, service]) => [
          name,
          owner(`Role of ${service}, with which it acts in the account in its own name.`),
        ]),
      ) as Record<keyof typeof SERVICE_LINKED_ROLES, ReturnType<typeof owner>>,
    )
    .readonly(),
  {
    means: "Roles that AWS services need before the first resource of theirs is made.",
    allowed: `an object with create or adopt for each of ${Object.keys(SERVICE_LINKED_ROLES).join(", ")}`,
    why: "without its role a service fails on first use, or makes it at the same time as another part does",
  },
);

const settings = noted(
  z
    .strictObject({
      apiLogs: owner("Role with which API Gateway writes logs: one setting per account and region."),
      s3PublicAccessBlock: owner("Block on public access to every bucket of the account."),
    })
    .readonly(),
  {
    means: "Settings of the account as a whole.",
    allowed: "an object with apiLogs and s3PublicAccessBlock",
    why: "the stacks of an account share them, so none of the stacks can own them",
  },
);

const registry = noted(
  z
    .strictObject({
      keptImages: noted(z.int().min(10).max(1000), {
        means: "Images of the service that are kept; older ones are deleted.",
        allowed: "a whole number from 10 to 1000",
        why: "a deployment is taken back to an older image, which has to be there; AWS keeps at most 20,000 by default",
      }),
      copyDays: noted(z.int().min(30).max(365), {
        means: "Days after which a copy of a public image is deleted; it is fetched again when it is pulled.",
        allowed: "a whole number from 30 to 365",
        why: "a copy that a running version needs must not go while its source could be down",
      }),
    })
    .readonly(),
  {
    means: "Container images: the service's own, and copies of public ones.",
    allowed: "an object",
    why: "a task that starts while a public registry is down still has to find its images",
  },
);

/** The whole configuration of an account, in the order of the stack files. */
export const bootstrapSchema = z
  .strictObject({ environment, aws, standby, serviceLinkedRoles, settings, registry })
  .readonly();

/** An account's configuration. */
export type BootstrapConfig = z.infer<typeof bootstrapSchema>;
/** Section `streamflix:registry`. */
export type RegistryConfig = BootstrapConfig["registry"];

type Draft = DraftOf<BootstrapConfig>;

const rules: readonly { readonly id: string; readonly check: (draft: Draft) => readonly Fault[] }[] = [
  {
    id: "prod-is-protected",
    check: ({ environment }) =>
      faultIf(environment?.name === "prod" && environment.protection === false, {
        path: ["environment", "protection"],
        allowed: "true in prod",
        why: "without state, keys and images, prod could be neither changed nor brought back",
      }),
  },
  {
    id: "account-of-home",
    check: ({ environment }) =>
      faultIf(environment?.name !== undefined && isStandby(environment.name), {
        path: ["environment", "name"],
        allowed: "dev, staging or prod",
        why: "an account is prepared once, by its home environment, for its standby region too",
      }),
  },
  {
    id: "region-of-environment",
    check({ environment, aws }) {
      if (environment?.name === undefined || aws?.region === undefined) return [];
      const home = REGION_OF_ENVIRONMENT[environment.name];
      return faultIf(!isStandby(environment.name) && aws.region !== home, {
        path: ["aws", "region"],
        allowed: `${home} for ${environment.name}`,
        why: "the platform's stacks of this environment are there",
      });
    },
  },
];

/** Whether an environment stands by for another one. */
function isStandby(name: keyof typeof REGION_OF_ENVIRONMENT): boolean {
  return REGIONS[REGION_OF_ENVIRONMENT[name]].role === "standby";
}

/** Schema and rules of an account's configuration. */
export const bootstrapModel: ConfigModel<BootstrapConfig, Draft> = {
  schema: bootstrapSchema,
  rules,
  warnings: () => [],
};

/**
 * The configuration of the account that is being prepared.
 *
 * @throws pulumi.RunError with one report of every problem
 */
export function loadBootstrapConfig(): BootstrapConfig {
  return load(bootstrapModel);
}
