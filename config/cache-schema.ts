import { z } from "zod";

import { CACHE_ENGINES, CACHE_NODE_TYPES, CACHE_VERSIONS } from "./data-facts";
import { dailyWindowText, noted, weeklyWindowText } from "./fields";

const VERSIONS = CACHE_ENGINES.map((name) => `${name}: ${CACHE_VERSIONS[name].join(", ")}`).join("; ");

/** Section `streamflix:cache`. */
export const cache = noted(
  z
    .strictObject({
      engine: noted(z.enum(CACHE_ENGINES).default("valkey"), {
        means: "Engine of the cache; clients talk to both in the same way.",
        allowed: CACHE_ENGINES.join(" or "),
        why: "ElastiCache has no other with replicas; AWS changes redis to valkey in place, never back",
      }),
      engineVersion: noted(z.string().regex(/^\d+\.\d+$/), {
        means: "Version of the engine.",
        allowed: `a version of the engine, in quotes (${VERSIONS})`,
        why: "another would fail in the middle of a deployment; there is no way back to an older one",
      }),
      nodeType: noted(z.enum(CACHE_NODE_TYPES), {
        means: "Size of every node.",
        allowed: "cache.t4g.micro, small or medium, or cache.m7g or cache.r7g in sizes large to 16xlarge",
        why: "ElastiCache has these Graviton types in eu-central-1",
      }),
      nodes: noted(z.int().min(2).max(6).default(2), {
        means: "Primary plus replicas, spread over the zones; a replica takes over when the primary fails.",
        allowed: "a whole number from 2 to 6",
        why: "failover needs a replica, and a shard has at most 5 of them",
      }),
      applyChanges: noted(z.enum(["now", "window"]), {
        means: "When changes that replace nodes happen: at once, or in the next maintenanceWindow.",
        allowed: "now or window",
        why: "a wrong guess would either drop connections by day, or leave a change pending unnoticed",
      }),
      snapshotRetentionDays: noted(z.int().min(1).max(35).default(7), {
        means: "Days each daily snapshot is kept.",
        allowed: "a whole number from 1 to 35, within streamflix:retention.backup",
        why: "AWS takes no more, and 0 would turn snapshots off",
      }),
      snapshotWindow: noted(dailyWindowText(60), {
        means: "When the daily snapshot is taken, in UTC.",
        allowed: "hh:mm-hh:mm of at least 60 minutes, apart from maintenanceWindow",
        why: "AWS takes no shorter one, and refuses windows that overlap",
      }),
      maintenanceWindow: noted(weeklyWindowText(60), {
        means: "When nodes may be replaced for maintenance, in UTC.",
        allowed: "ddd:hh:mm-ddd:hh:mm of 60 minutes to a day, such as sun:05:00-sun:06:00",
        why: "AWS would pick a window at random, perhaps in the evening peak",
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means: "Cache in the isolated tier: always encrypted, over TLS only, sign-in by IAM.",
    allowed: "an object",
    why: "nothing that decides downtime or cost is guessed",
    absent: "no cache",
  },
);
