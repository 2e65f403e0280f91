import { z } from "zod";

import { noted } from "./fields";

const mode = noted(z.enum(["act", "dryRun"]), {
  means: "Whether the case changes anything, or records and tells what it would have changed.",
  allowed: "act or dryRun",
  why: "a change nobody expects can do harm: watch in dryRun what would happen before it does",
});

const minutes = (most: number, byDefault: number, means: string, why: string) =>
  noted(z.int().min(1).max(most).default(byDefault), {
    means,
    allowed: `a whole number from 1 to ${most}`,
    why,
  });

const keys = noted(z.strictObject({ mode }).readonly().exactOptional(), {
  means: "A key of the stack that was disabled or scheduled for deletion is enabled again.",
  allowed: "an object with mode; needs streamflix:audit.trail",
  why: "all data under a key is lost with it",
  absent: "nothing is done, and nobody is told, until data can't be read",
});

const rotation = noted(
  z
    .strictObject({
      mode,
      coolDownMinutes: minutes(
        10_080,
        360,
        "Minutes after a retry in which a further failure is only announced.",
        "a rotation that fails again needs a person, not another try",
      ),
    })
    .readonly()
    .exactOptional(),
  {
    means: "A rotation that failed is tried again, once in a cool-down.",
    allowed: "an object; needs streamflix:rotation and streamflix:audit.trail",
    why: "most failures are a database that was just failing over",
    absent: "a failed rotation waits for Secrets Manager or a person",
  },
);

const capacity = noted(
  z
    .strictObject({
      mode,
      interruptions: noted(z.int().min(1).max(1000).default(3), {
        means: "Spot tasks that AWS takes back within withinMinutes before the service leaves Spot.",
        allowed: "a whole number from 1 to 1000",
        why: "single interruptions are what Spot is like",
      }),
      withinMinutes: minutes(
        60,
        15,
        "Minutes in which interruptions are counted.",
        "ECS forgets stopped tasks after about an hour",
      ),
      shiftMinutes: minutes(
        1440,
        120,
        "Minutes until the service goes back to Spot.",
        "on-demand capacity costs about three times as much; each shift deploys the tasks anew",
      ),
    })
    .readonly()
    .exactOptional(),
  {
    means:
      "When AWS takes Spot tasks away or has none, the service runs on on-demand capacity for a while. With mode act what it runs on belongs to this case, and a change of streamflix:service.capacity takes effect minutes after the deployment.",
    allowed:
      "an object; needs streamflix:service with a spotWeight above 0 and a vcpuQuota.onDemand for all tasks",
    why: "ECS never replaces Spot by on-demand capacity itself",
    absent: "the service waits for Spot capacity",
  },
);

const failover = noted(z.strictObject({}).readonly().exactOptional(), {
  means: "A failover of the database is announced with who writes now and what to look at. Changes nothing.",
  allowed: "an empty object; needs streamflix:database",
  why: "whoever is called at night should not have to look that up",
  absent: "a failover shows in the database's metrics only",
});

/** Section `streamflix:remediation`. */
export const remediation = noted(
  z
    .strictObject({
      cases: noted(z.strictObject({ keys, rotation, capacity, failover }).readonly(), {
        means: "What is mended or announced; a case that is left out is not built.",
        allowed: "an object with one case at least",
        why: "each case is a decision of its own",
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means: "What mends itself: rules on events of AWS, and the function that answers them.",
    allowed: "an object",
    why: "what can be mended in a minute shouldn't wait for a person",
    absent: "nothing mends itself",
  },
);
