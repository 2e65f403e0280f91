import { CACHE_VERSIONS } from "./data-facts";
import { type Draft, faultIf, prodOnly, type Rule, standsBy } from "./rules";
import { dailyWindow, weeklyWindow, windowsOverlap } from "./windows";

function overlapping(daily: string | undefined, weekly: string | undefined): boolean {
  const [day, week] = [dailyWindow(daily ?? ""), weeklyWindow(weekly ?? "")];
  return day !== undefined && week !== undefined && windowsOverlap(day, week);
}

/** Which kind of instances was chosen, as long as that is clear. */
function kindOf(engine: NonNullable<Draft["database"]>["engine"]): "serverless" | "provisioned" | undefined {
  const { serverless, provisioned } = engine ?? {};
  if (serverless !== undefined) return provisioned === undefined ? "serverless" : undefined;
  return provisioned === undefined ? undefined : "provisioned";
}

/** Whether the first of two values, both given, is the greater one. */
function above(low: number | undefined, high: number | undefined): boolean {
  return low !== undefined && high !== undefined && low > high;
}

/** Cross-field rules about database, rotation, cache and files, in the order of the schema. */
export const DATA_RULES: readonly Rule[] = [
  {
    id: "database-capacity-range",
    check({ database }) {
      const { minCapacity, maxCapacity } = database?.engine?.serverless ?? {};
      return faultIf(above(minCapacity, maxCapacity), {
        path: ["database", "engine", "serverless", "minCapacity"],
        allowed: `at most maxCapacity, ${maxCapacity ?? 0}`,
        why: "a range that ends below its start holds no capacity",
      });
    },
  },
  {
    id: "auto-pause-from-zero",
    check({ database }) {
      const { minCapacity, secondsUntilAutoPause } = database?.engine?.serverless ?? {};
      return faultIf((minCapacity ?? 0) > 0 && secondsUntilAutoPause !== undefined, {
        path: ["database", "engine", "serverless", "secondsUntilAutoPause"],
        allowed: "nothing, unless minCapacity is 0",
        why: "an instance pauses only where it may go down to 0; AWS would ignore the time",
        hint: "remove it, or set minCapacity to 0",
      });
    },
  },
  prodOnly(
    "prod-database-is-awake",
    {
      path: ["database", "engine", "serverless", "minCapacity"],
      allowed: "0.5 or more in prod",
      why: "a paused instance keeps the next viewer waiting for 15 seconds or more",
    },
    ({ database }) => database?.engine?.serverless?.minCapacity !== 0,
  ),
  {
    id: "readers-of-serverless",
    check({ database }) {
      return faultIf(
        kindOf(database?.engine) === "serverless" && database?.readers?.provisioned !== undefined,
        {
          path: ["database", "readers", "provisioned"],
          allowed: "readers.serverless with a serverless engine",
          why:
            "AWS doesn't support Application Auto Scaling of Serverless v2 readers: they grow instead of multiplying, " +
            "so their CPU use says nothing",
          hint: "write readers.serverless.count; capacity scales within engine.serverless",
        },
      );
    },
  },
  {
    id: "readers-of-provisioned",
    check({ database }) {
      return faultIf(
        kindOf(database?.engine) === "provisioned" && database?.readers?.serverless !== undefined,
        {
          path: ["database", "readers", "serverless"],
          allowed: "readers.provisioned with a provisioned engine",
          why: "a failover to a reader of another kind would change what the database can do",
          hint: "write readers.provisioned with the same number as min and max for a fixed number of readers",
        },
      );
    },
  },
  {
    id: "reader-range",
    check({ database }) {
      const { min, max } = database?.readers?.provisioned ?? {};
      return faultIf(above(min, max), {
        path: ["database", "readers", "provisioned", "min"],
        allowed: `at most max, ${max ?? 0}`,
        why: "a range that ends below its start holds no number",
      });
    },
  },
  {
    id: "database-windows-apart",
    check({ database }) {
      return faultIf(overlapping(database?.backupWindow, database?.maintenanceWindow), {
        path: ["database", "maintenanceWindow"],
        allowed: `a window apart from backupWindow, ${database?.backupWindow ?? ""} of every day`,
        why: "AWS refuses windows that overlap",
      });
    },
  },
  {
    id: "database-reaches-its-secrets",
    check({ database, network }) {
      const lacks = network?.endpoints?.includes("secretsmanager") === false;
      return faultIf(database !== undefined && lacks, {
        path: ["network", "endpoints"],
        allowed: "a list with secretsmanager, since there is a database",
        why: "the function that makes the database's roles reads secrets through this endpoint and has no other way out",
        hint: "add secretsmanager",
      });
    },
  },
  {
    id: "rotation-has-a-database",
    check({ rotation, database }) {
      return faultIf(rotation !== undefined && database === undefined, {
        path: ["rotation"],
        allowed: "nothing, without streamflix:database",
        why: "it is the database's passwords that are rotated",
        hint: "remove it",
      });
    },
  },
  prodOnly(
    "prod-rotates",
    {
      path: ["rotation"],
      allowed: "a section in prod, since there is a database",
      why: "a password that never changes is good for whoever once saw it",
    },
    // A copy gets new passwords from its primary.
    (draft) => draft.rotation !== undefined || draft.database === undefined || standsBy(draft),
  ),
  {
    id: "cache-version-of-engine",
    check({ cache }) {
      if (cache?.engine === undefined || cache.engineVersion === undefined) return [];
      const versions: readonly string[] = CACHE_VERSIONS[cache.engine];
      return faultIf(!versions.includes(cache.engineVersion), {
        path: ["cache", "engineVersion"],
        allowed: `${versions.join(", ")} for ${cache.engine}`,
      });
    },
  },
  {
    id: "cache-windows-apart",
    check({ cache }) {
      return faultIf(overlapping(cache?.snapshotWindow, cache?.maintenanceWindow), {
        path: ["cache", "maintenanceWindow"],
        allowed: `a window apart from snapshotWindow, ${cache?.snapshotWindow ?? ""} of every day`,
        why: "AWS refuses windows that overlap",
      });
    },
  },
  {
    id: "files-age-in-order",
    check({ files }) {
      const { infrequentAccessAfterDays: first, archiveAfterDays: second } = files ?? {};
      return faultIf(first !== undefined && second !== undefined && second <= first, {
        path: ["files", "archiveAfterDays"],
        allowed: `more than infrequentAccessAfterDays, ${first ?? 0}`,
        why: "a file passes through Infrequent Access on its way to Archive",
      });
    },
  },
];

/** What of a valid data tier its operator should still think about. */
export function dataWarnings({ environment, database }: Draft): string[] {
  const { serverless, provisioned } = database?.engine ?? {};
  const warnings: string[] = [];
  const minimum = serverless?.minCapacity;
  // Who sets the time until the pause has chosen a small idle database, and read what that costs.
  if (minimum !== undefined && serverless?.secondsUntilAutoPause === undefined) {
    const at = `streamflix:database.engine.serverless.minCapacity is ${minimum}`;
    if (minimum <= 0.5) {
      warnings.push(
        `${at}: AWS caps max_connections at 2,000, whatever maxCapacity is. From 1 on it doesn't.`,
      );
    }
    if (minimum < 2) {
      warnings.push(`${at}: Performance Insights wants 2 or more, and takes memory from queries below that.`);
    }
  }
  if (environment?.protection === true && provisioned?.instanceClass?.startsWith("db.t") === true) {
    warnings.push(
      `streamflix:database.engine.provisioned.instanceClass is ${provisioned.instanceClass}: burstable, so it slows ` +
        "down or costs extra under steady load. AWS advises it for tests only.",
    );
  }
  return warnings;
}
