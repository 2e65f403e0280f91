import { z } from "zod";

import { REGIONS, STANDBY_REGION_NAMES } from "../config/facts";
import { distinct, noted } from "../config/fields";
import { type ConfigModel, load } from "../config/parse";
import { type DraftOf, type Fault, faultIf } from "../config/rules";
import { accountId } from "../config/schema";

const TAG = /^[\w.:/=+@-]{1,64}$/;
const tag = (means: string) =>
  noted(z.string().regex(TAG), {
    means,
    allowed: "1 to 64 letters, digits and . : / = + @ _ -",
    why: "costs and questions go to whom the tags name",
  });

const environment = noted(
  z
    .strictObject({
      name: noted(z.literal("main"), {
        means: "What the stack is for: value of the tag `environment`.",
        allowed: "main",
        why: "an account manages one organization",
      }),
      suffix: noted(z.string().regex(/^[a-z][a-z0-9]{0,11}$/), {
        means: "Last part of every physical name: streamflix-<what>-<suffix>.",
        allowed: "1 to 12 lower-case letters and digits, starting with a letter",
        why: "names of policies are unique in an organization",
      }),
      owner: tag("Team that answers for the guardrails: tag `owner`."),
      costCenter: tag("Account the costs go to: tag `cost-center`."),
      protection: noted(z.boolean(), {
        means: "Whether guardrails can be neither deleted nor replaced.",
        allowed: "true or false",
        why: "an hour without them is enough for what they are against",
      }),
    })
    .readonly(),
  { means: "What the stack is.", allowed: "an object", why: "names, tags and protection come from it" },
);

const homeRegions = Object.keys(REGIONS) as [keyof typeof REGIONS, ...(keyof typeof REGIONS)[]];
const aws = noted(
  z
    .strictObject({
      accountId,
      region: noted(z.enum(homeRegions), {
        means: "Region of the stack set; policies are in none.",
        allowed: homeRegions.join(", "),
        why: "a stack set is managed where it was made",
      }),
    })
    .readonly(),
  {
    means: "The account that manages the organization.",
    allowed: "an object",
    why: "a wrong account must never be guessed",
  },
);

const regionNames = [...new Set([...homeRegions, ...STANDBY_REGION_NAMES])];
const regions = noted(distinct(z.enum(regionNames)).min(1).readonly(), {
  means: "Regions in which accounts may do anything at all.",
  allowed: `a list of ${regionNames.join(", ")}, each once`,
  why: "personal data stays in the EU, whatever the policies of an account say",
});

const target = z.string().regex(/^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|\d{12})$/);
const TARGET = "ids of a root, of units (ou-…) and of accounts (in quotes), each once";
const unit = z.string().regex(/^ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}$/);

const guardrails = noted(
  z
    .strictObject({
      targets: noted(distinct(target).min(1).readonly(), {
        means:
          "Where regions are limited, accounts stay, AI services learn nothing, and nothing of EC2 is shared.",
        allowed: TARGET,
        why: "a policy that is attached to nothing guards nothing",
      }),
      protectedTargets: noted(distinct(target).min(1).readonly(), {
        means: "Where nobody ends audit, keys or backups, administrators included.",
        allowed: TARGET,
        why: "a stack in such an account can't be taken down, which is right for prod and wrong for dev",
      }),
    })
    .readonly(),
  {
    means: "What accounts can't do whoever asks.",
    allowed: "an object with targets and protectedTargets",
    why: "an administrator of an account can change everything in it but this",
  },
);

const baseline = noted(
  z
    .strictObject({
      organizationalUnits: noted(distinct(unit).min(1).readonly(), {
        means: "Units whose accounts get it, now and when they join.",
        allowed: "ids of units (ou-…), each once",
        why: "in an account with a stack of the platform that makes its own, AWS refuses the second",
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means: "Threat detection and access analysis for accounts that have no stack of the platform.",
    allowed: "an object",
    why: "an account that nobody watches is where an intruder stays",
    absent: "such accounts are watched by nobody",
  },
);

/** The whole configuration of the organization, in the order of the stack file. */
export const organizationSchema = z
  .strictObject({ environment, aws, regions, guardrails, baseline })
  .readonly();

/** The organization's configuration. */
export type OrganizationConfig = z.infer<typeof organizationSchema>;

type Draft = DraftOf<OrganizationConfig>;

const rules: readonly { readonly id: string; readonly check: (draft: Draft) => readonly Fault[] }[] = [
  {
    id: "home-is-allowed",
    check: ({ aws, regions }) =>
      faultIf(aws?.region !== undefined && regions !== undefined && !regions.includes(aws.region), {
        path: ["regions"],
        allowed: `a list with ${aws?.region ?? ""}`,
        why: "the stack set would be in a region that accounts can't use",
      }),
  },
  {
    id: "management-is-not-guarded",
    check: ({ aws, guardrails }) =>
      (["targets", "protectedTargets"] as const).flatMap((list) =>
        faultIf(aws?.accountId !== undefined && (guardrails?.[list] ?? []).includes(aws.accountId), {
          path: ["guardrails", list],
          allowed: "ids without the management account's",
          why: "these policies do nothing in the account that manages the organization",
        }),
      ),
  },
];

/** Schema and rules of the organization's configuration. */
export const organizationModel: ConfigModel<OrganizationConfig, Draft> = {
  schema: organizationSchema,
  rules,
  warnings: () => [],
};

/**
 * The organization's configuration.
 *
 * @throws pulumi.RunError with one report of every problem
 */
export function loadOrganizationConfig(): OrganizationConfig {
  return load(organizationModel);
}
