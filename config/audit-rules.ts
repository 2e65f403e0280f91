import { type Draft, faultIf, prodOnly, type Rule } from "./rules";

/** What an account has one of, in the order of the schema, and what prod would lack without. */
const SINGLES = {
  trail: "an incident would leave no trace",
  detector: "nobody would see stolen credentials at work",
  recorder: "nobody would see what is changed by hand",
  analyzer: "nobody would see what is open to others",
} as const satisfies Readonly<Partial<Record<keyof NonNullable<Draft["audit"]>, string>>>;

const names = Object.keys(SINGLES) as (keyof typeof SINGLES)[];

/** Cross-field rules about audit, in the order of the schema. */
export const AUDIT_RULES: readonly Rule[] = [
  ...names.map((name) =>
    prodOnly(
      `prod-has-${name}`,
      { path: ["audit", name], allowed: "create or adopt in prod", why: SINGLES[name] },
      ({ audit }) => audit?.[name] !== "off",
    ),
  ),
  {
    id: "audit-audits",
    check: ({ audit }) =>
      faultIf(audit !== undefined && names.every((name) => audit[name] === "off"), {
        path: ["audit"],
        why: "everything in it is off",
        hint: "remove the section, or create or adopt something",
      }),
  },
  {
    id: "lock-of-own-trail",
    check: ({ audit }) =>
      faultIf(audit?.lock !== undefined && audit.trail !== undefined && audit.trail !== "create", {
        path: ["audit", "lock"],
        allowed: "nothing, unless trail is create",
        why: "there is no bucket of this stack to lock",
        hint: "remove it",
      }),
  },
  prodOnly(
    "prod-locks-trail",
    {
      path: ["audit", "lock"],
      allowed: "GOVERNANCE or COMPLIANCE in prod",
      why: "who breaks in deletes the trail first",
    },
    ({ audit }) => audit?.trail !== "create" || audit.lock !== undefined,
  ),
  {
    id: "recording-of-own-recorder",
    check({ audit }) {
      if (audit?.recorder === undefined) return [];
      const path = ["audit", "recording"];
      return audit.recorder === "create"
        ? faultIf(audit.recording === undefined, {
            path,
            allowed: "continuous or daily, since recorder is create",
            why: "it decides what the recorder costs, and how late a rule sees a change",
          })
        : faultIf(audit.recording !== undefined, {
            path,
            allowed: "nothing, unless recorder is create",
            why: "this stack has no recorder to tell",
            hint: "remove it",
          });
    },
  },
];
