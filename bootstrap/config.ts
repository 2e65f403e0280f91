import { z } from "zod";

import { REGION_OF_ENVIRONMENT, REGIONS, STANDBY_REGION_NAMES } from "../config/facts";
import { noted } from "../config/fields";
import { type ConfigModel, load } from "../config/parse";
import { type DraftOf, type Fault, faultIf } from "../config/rules";
import { accountId, environment } from "../config/schema";
import { SERVICE_LINKED_ROLES, SOMETIMES } from "./facts";

const OWNERS = z.enum(["create", "adopt"]);
const ONE = {
  allowed: "create, or adopt where the account has it already",
  why: "an account has one of it, and making it a second time fails in the middle of a deployment",
};

/** Who makes something that an account can have only once. */
const owner = (means: string) => noted(OWNERS, { means, ...ONE });

/** Who makes something that an account can have only once, and that only some need. */
const ownerIfAny = (means: string, absent: string) =>
  noted(OWNERS.exactOptional(), { means, ...ONE, absent });

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

type Sometimes = keyof typeof SOMETIMES;
const NEEDED_BY: Readonly<Record<Sometimes, string>> = {
  faultInjection: "no role; no stack of the account has streamflix:gameDays",
  restoreTesting: "no role; no stack of the account has streamflix:backup.restoreTests",
};

const serviceLinkedRoles = noted(
  z
    .strictObject(
      Object.fromEntries(
        Object.entries(SERVICE_LINKED_ROLES).map(([name, service]) => {
          const means = `Role of ${service}, with which it acts in the account in its own name.`;
          return [name, name in SOMETIMES ? ownerIfAny(means, NEEDED_BY[name as Sometimes]) : owner(means)];
        }),
      ) as Record<Exclude<keyof typeof SERVICE_LINKED_ROLES, Sometimes>, ReturnType<typeof owner>> &
        Record<Sometimes, ReturnType<typeof ownerIfAny>>,
    )
    .readonly(),
  {
    means: "Roles that AWS services need before the first resource of theirs is made.",
    allowed: `an object with create or adopt for each of ${Object.keys(SERVICE_LINKED_ROLES).join(", ")}; the last two only where a stack needs them`,
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

const state = noted(
  z
    .strictObject({
      earlierStatesDays: noted(z.int().min(30).max(2555), {
        means:
          "Days for which an earlier state of a stack can be brought back, and the history of updates is kept.",
        allowed: "a whole number from 30 to 2555",
        why: "a damaged state may be noticed late, and each one holds names and addresses of what was there",
      }),
      accessLogDays: noted(z.int().min(30).max(731), {
        means: "Days for which it is kept who read or changed a state.",
        allowed: "a whole number from 30 to 731",
        why: "a state holds encrypted secrets, and who took a copy may be asked late",
      }),
    })
    .readonly(),
  {
    means: "Where the account's stacks keep their state.",
    allowed: "an object with earlierStatesDays and accessLogDays",
    why: "without its state a stack can be neither changed nor taken down",
  },
);

/** An environment of the repository, whose name GitHub writes into its runs' tokens. */
const environmentName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
const NAMED = {
  allowed: "name of a GitHub environment: 1 to 63 lower-case letters, digits and hyphens",
  why: "tokens name it, and a pattern would let other environments in",
};
const runsOf = (means: string) => noted(environmentName, { means, ...NAMED });

const stackRoles = noted(
  z
    .strictObject({
      deploy: runsOf("Environment whose runs deploy the stack."),
      preview: runsOf(
        "Environment whose runs read the stack's state, with the secrets in it, and nothing else.",
      ),
      drift: runsOf("Environment whose runs compare the account with the state."),
      integration: noted(environmentName.exactOptional(), {
        means: "Environment whose runs check the deployed stack: they rotate passwords and start a task.",
        ...NAMED,
        absent: "no role for the weekly checks",
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means: "Who may do what with a stack of the platform in this account.",
    allowed: "an object with deploy, preview, drift and, where the stack is checked every week, integration",
    why: "each role is for one kind of run, so that an approval of one gives no rights of another",
    absent: "the account has no such stack",
  },
);

const ci = noted(
  z
    .strictObject({
      repository: noted(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[\w.-]{1,100}$/), {
        means: "GitHub repository whose workflows come into the account.",
        allowed: "<owner>/<name>",
        why: "a pattern would let other repositories in",
      }),
      identityProvider: owner("The account's trust in GitHub's tokens."),
      imageEnvironment: noted(environmentName.exactOptional(), {
        means: "Environment whose runs push images of the service to this account.",
        ...NAMED,
        absent: "no workflow pushes images here",
      }),
      stacks: noted(
        z
          .strictObject({ dev: stackRoles, staging: stackRoles, prod: stackRoles, "prod-dr": stackRoles })
          .readonly(),
        {
          means: "The platform's stacks in this account.",
          allowed: "an object with dev, staging, prod or prod-dr",
          why: "each stack has roles of its own, for its region alone",
        },
      ),
    })
    .readonly(),
  {
    means: "The pipeline that deploys, and nobody else does.",
    allowed: "an object with repository, identityProvider and stacks",
    why: "deploy rights belong to the job that always passes the policy pack",
  },
);

/** The whole configuration of an account, in the order of the stack files. */
export const bootstrapSchema = z
  .strictObject({ environment, aws, standby, serviceLinkedRoles, settings, registry, state, ci })
  .readonly();

/** An account's configuration. */
export type BootstrapConfig = z.infer<typeof bootstrapSchema>;
/** Section `streamflix:registry`. */
export type RegistryConfig = BootstrapConfig["registry"];

/** Section `streamflix:state`. */
export type StateConfig = BootstrapConfig["state"];
/** Section `streamflix:ci`. */
export type CiConfig = BootstrapConfig["ci"];

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
  {
    id: "stacks-are-here",
    check({ environment, standby, ci }) {
      const own = environment?.name;
      if (own === undefined || isStandby(own)) return [];
      // A region that is refused for itself says nothing of the stack.
      const standsBy = (stack: keyof CiConfig["stacks"]) =>
        own === "prod" &&
        isStandby(stack) &&
        standby !== undefined &&
        (standby.region ?? REGION_OF_ENVIRONMENT[stack]) === REGION_OF_ENVIRONMENT[stack];
      return stacksOf(ci).flatMap(([stack]) =>
        faultIf(stack !== own && !standsBy(stack), {
          path: ["ci", "stacks", stack],
          allowed: `${own}${own === "prod" ? `, and prod-dr where streamflix:standby.region is ${REGION_OF_ENVIRONMENT["prod-dr"]}` : ""}`,
          why: "a stack's state and roles are in the account and the region where it is deployed",
        }),
      );
    },
  },
  {
    id: "own-stack",
    check: ({ environment, ci }) =>
      faultIf(
        environment?.name !== undefined &&
          !isStandby(environment.name) &&
          ci?.stacks !== undefined &&
          ci.stacks[environment.name] === undefined,
        {
          path: ["ci", "stacks"],
          allowed: `an object with ${environment?.name ?? ""}`,
          why: "the account's own stack could be deployed by nobody",
        },
      ),
  },
  {
    id: "environments-apart",
    check({ ci }) {
      const runs = [
        ...stacksOf(ci).flatMap(([stack, roles]) =>
          Object.entries(roles).map(([what, name]) => ({ path: ["ci", "stacks", stack, what], name })),
        ),
        ...(ci?.imageEnvironment === undefined
          ? []
          : [{ path: ["ci", "imageEnvironment"], name: ci.imageEnvironment }]),
      ];
      return runs.flatMap(({ path, name }, index) =>
        faultIf(
          runs.slice(0, index).some((it) => it.name === name),
          {
            path,
            allowed: "an environment that nothing else under streamflix:ci names",
            why: "who is approved for one kind of run could take the role of the other with the same token",
          },
        ),
      );
    },
  },
];

/** The stacks of which a draft says something. */
function stacksOf(ci: Draft["ci"]) {
  return Object.entries(ci?.stacks ?? {}) as [keyof CiConfig["stacks"], Readonly<Record<string, string>>][];
}

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
