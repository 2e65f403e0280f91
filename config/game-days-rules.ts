import { faultIf, prodOnly, type Rule } from "./rules";

const ZONE = ["gameDays", "zone"] as const;

/** Cross-field rules about game days, in the order of the schema. */
export const GAME_DAY_RULES: readonly Rule[] = [
  {
    id: "game-days-can-be-stopped",
    check: ({ gameDays, monitoring }) =>
      faultIf(gameDays !== undefined && monitoring?.objectives === undefined, {
        path: ["monitoring", "objectives"],
        allowed: "objectives, since there is a section streamflix:gameDays",
        why: "an experiment has to end by itself when it uses up what was promised to callers",
        hint: "promise something, or remove streamflix:gameDays",
      }),
  },
  {
    id: "game-days-in-a-zone-of-the-stack",
    check({ aws, gameDays, cache }) {
      const zones = aws?.availabilityZones;
      if (zones === undefined || gameDays?.zone === undefined) return [];
      // The n-th node of the cache is in the n-th zone.
      const allowed = zones.slice(0, cache?.nodes ?? zones.length);
      return faultIf(!allowed.includes(gameDays.zone), {
        path: ZONE,
        allowed: `one of ${allowed.join(", ")}`,
      });
    },
  },
  prodOnly(
    "prod-allows-game-days",
    {
      path: ["gameDays", "allowInProd"],
      allowed: "true in prod, or no section streamflix:gameDays",
      why: "whoever feels an experiment there is a viewer, so somebody has to have meant it",
    },
    ({ gameDays }) => gameDays === undefined || gameDays.allowInProd === true,
  ),
];
