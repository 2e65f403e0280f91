import { counterpart } from "./counterpart";
import { REGION_OF_ENVIRONMENT, STRICT_ENVIRONMENTS } from "./facts";
import { type Draft, type Fault, faultIf, type Rule, standsBy } from "./rules";

const AT = ["database", "global"] as const;

/** Capacity units below which AWS advises against a primary: its copies fall behind under load. */
const PRIMARY_MINIMUM_ACU = 8;

/** A rule about databases that are part of a global one: the fault, unless `holds`. */
function ofMembers(id: string, fault: Fault, holds: (draft: Draft) => boolean): Rule {
  return {
    id,
    check: (draft) => faultIf(draft.database?.global !== undefined && !holds(draft), fault),
  };
}

/** A section that a stack whose database is a copy can't have. */
function notOfCopies(section: "rotation" | "dataRetention", why: string): Rule {
  return {
    id: `no-${section}-of-a-copy`,
    check: ({ database, [section]: given }) =>
      faultIf(given !== undefined && database?.global?.secondaryOf !== undefined, {
        path: [section],
        allowed: "nothing, since streamflix:database.global.secondaryOf is set",
        why,
        hint: "remove it; it runs in the primary's stack, and its work arrives by replication",
      }),
  };
}

/** Cross-field rules about global databases, in the order of the schema. */
export const GLOBAL_DATABASE_RULES: readonly Rule[] = [
  {
    id: "global-by-environment",
    check(draft) {
      const { environment, database } = draft;
      if (environment?.name === undefined || database === undefined) return [];
      const region = REGION_OF_ENVIRONMENT[environment.name];
      const copy = database.global?.secondaryOf;
      return standsBy(draft)
        ? faultIf(copy === undefined, {
            path: [...AT, "secondaryOf"],
            allowed: `the suffix of the primary's stack, in ${region}`,
            why: "a database of its own in a standby region holds nothing that a viewer knows",
          })
        : faultIf(copy !== undefined, {
            path: [...AT, "secondaryOf"],
            allowed: `nothing in ${region}`,
            why: "copies are in the standby region, apart from what they are copies of",
            hint: "write global: {} for the primary",
          });
    },
  },
  ofMembers(
    "global-of-another-stack",
    {
      path: [...AT, "secondaryOf"],
      allowed: "another suffix than streamflix:environment.suffix",
      why: "a database is no copy of itself",
    },
    ({ database, environment }) =>
      database?.global?.secondaryOf === undefined || database.global.secondaryOf !== environment?.suffix,
  ),
  {
    id: "global-of-whom-it-stands-by-for",
    check({ environment, database, standby }) {
      const [copied, suffix] = [database?.global?.secondaryOf, standby?.suffix];
      // That a stack is no other one of itself is said elsewhere.
      if (
        copied === undefined ||
        suffix === undefined ||
        [copied, suffix].includes(environment?.suffix ?? "")
      )
        return [];
      return faultIf(copied !== suffix, {
        path: [...AT, "secondaryOf"],
        allowed: `"${suffix}", since streamflix:standby.suffix says so`,
        why: "a failover takes over database and copies of the same stack",
      });
    },
  },
  ofMembers(
    "global-never-pauses",
    {
      path: ["database", "engine", "serverless", "minCapacity"],
      allowed: "0.5 or more, since streamflix:database.global is there",
      why: "AWS pauses no instance of a global database, and says nothing: the bill does",
    },
    // In prod no database pauses anyway.
    ({ environment, database }) =>
      database?.engine?.serverless?.minCapacity !== 0 ||
      (environment?.name !== undefined && STRICT_ENVIRONMENTS.includes(environment.name)),
  ),
  ofMembers(
    "global-instance-class",
    {
      path: ["database", "engine", "provisioned", "instanceClass"],
      allowed: "a class of db.r6g, db.r7g or db.r8g, since streamflix:database.global is there",
      why: "AWS takes no burstable instances into a global database",
    },
    ({ database }) => database?.engine?.provisioned?.instanceClass?.startsWith("db.t") !== true,
  ),
  ofMembers(
    "global-major-version",
    {
      path: ["database", "allowMajorVersionUpgrade"],
      allowed: "false, since streamflix:database.global is there",
      why: "AWS upgrades all regions of a global database to a major version at once, not one cluster of it",
      hint: "follow docs/database-changes.md",
    },
    ({ database }) => database?.allowMajorVersionUpgrade !== true,
  ),
  ofMembers(
    "secondary-readers-fixed",
    {
      path: ["database", "readers", "provisioned", "max"],
      allowed: "the same number as min, since streamflix:database.global.secondaryOf is set",
      why: "AWS doesn't support Application Auto Scaling in secondary clusters",
    },
    ({ database }) => {
      const { min, max } = database?.readers?.provisioned ?? {};
      return database?.global?.secondaryOf === undefined || min === max;
    },
  ),
  {
    id: "standby-serves-a-copy",
    check: (draft) =>
      faultIf(standsBy(draft) && draft.service !== undefined && draft.database === undefined, {
        path: ["database"],
        allowed: "a section in the standby region, since streamflix:service is there",
        why: "a service that finds no database there never starts, and the deployment hangs",
        hint: "leave the service out, too, until prod's database is global",
      }),
  },
  {
    id: "secret-of-the-primary",
    check({ aws, environment, database }) {
      const { secondaryOf, serviceSecretArn } = database?.global ?? {};
      if (secondaryOf === undefined || serviceSecretArn === undefined) return [];
      if (aws?.region === undefined || aws.accountId === undefined || environment?.name === undefined)
        return [];
      // What else is wrong with them is said elsewhere.
      if (aws.region !== REGION_OF_ENVIRONMENT[environment.name] || secondaryOf === environment.suffix)
        return [];
      const { accountId, region } = aws;
      const { names } = counterpart({ accountId }, { region, suffix: secondaryOf });
      const start = `arn:aws:secretsmanager:${region}:${accountId}:secret:${names.prefix("secret", "database/service")}`;
      return faultIf(!serviceSecretArn.startsWith(start), {
        path: [...AT, "serviceSecretArn"],
        allowed: `${start}…`,
        why: "the service may read no other, and one of another region is out with it",
      });
    },
  },
  ofMembers(
    "copy-serves-with-its-secret",
    {
      path: [...AT, "serviceSecretArn"],
      allowed: "an ARN, since streamflix:service is there",
      why: "the service signs in with the copy of the primary's secret, and the stack looks nothing up",
    },
    (draft) =>
      draft.service === undefined ||
      !standsBy(draft) ||
      draft.database?.global?.secondaryOf === undefined ||
      draft.database.global.serviceSecretArn !== undefined,
  ),
  ofMembers(
    "primary-makes-its-secret",
    {
      path: [...AT, "serviceSecretArn"],
      allowed: "nothing in the home region",
      why: "a primary makes the secret itself",
      hint: "remove it",
    },
    (draft) => standsBy(draft) || draft.database?.global?.serviceSecretArn === undefined,
  ),
  notOfCopies("rotation", "nobody can set a password where nobody can write"),
  notOfCopies("dataRetention", "nobody can delete a row where nobody can write"),
];

/** What of a valid global database its operator should still think about. */
export function globalDatabaseWarnings({ database }: Draft): string[] {
  const minimum = database?.engine?.serverless?.minCapacity;
  const isPrimary = database?.global !== undefined && database.global.secondaryOf === undefined;
  return isPrimary && minimum !== undefined && minimum < PRIMARY_MINIMUM_ACU
    ? [
        `streamflix:database.engine.serverless.minCapacity is ${minimum}: AWS advises ${PRIMARY_MINIMUM_ACU} or more for the ` +
          "primary of a global database, whose copy may fall behind otherwise.",
      ]
    : [];
}
