import { faultIf, prodOnly, type Rule } from "./rules";
import { STREAM_LIMITS } from "./streaming-facts";

/** Cross-field rules about the stream of events, in the order of the schema. */
export const STREAMING_RULES: readonly Rule[] = [
  {
    id: "shards-of-region",
    check({ streaming, aws }) {
      const shards = streaming?.capacity?.provisioned?.shards;
      if (shards === undefined || aws?.region === undefined) return [];
      const limit = STREAM_LIMITS[aws.region].shards;
      return faultIf(shards > limit, {
        path: ["streaming", "capacity", "provisioned", "shards"],
        allowed: `at most ${limit} in ${aws.region}`,
        why: "an account has no more without asking, and the deployment would fail in the middle",
      });
    },
  },
  prodOnly(
    "prod-has-two-shards",
    {
      path: ["streaming", "capacity", "provisioned", "shards"],
      allowed: "2 or more in prod",
      why: "one hot key fills a shard, and the rest of the events needs another",
    },
    ({ streaming }) => streaming?.capacity?.provisioned?.shards !== 1,
  ),
  {
    id: "on-demand-of-region",
    check({ streaming, aws }) {
      const peak = streaming?.capacity?.onDemand?.peakMegabytesPerSecond;
      if (peak === undefined || aws?.region === undefined) return [];
      const limit = STREAM_LIMITS[aws.region].onDemandMegabytesPerSecond;
      return faultIf(peak > limit, {
        path: ["streaming", "capacity", "onDemand", "peakMegabytesPerSecond"],
        allowed: `at most ${limit} in ${aws.region}`,
        why: "a stream on demand stops scaling there and refuses what comes on top",
        hint: "have fewer or smaller events, aggregate them, or write provisioned with the shards that AWS has granted",
      });
    },
  },
];
