import { REGION_OF_ENVIRONMENT } from "./facts";
import { type Draft, type Fault, faultIf, type Rule } from "./rules";

/** Cross-field rules about the stack that stands by. */
export const RECOVERY_RULES: readonly Rule[] = [
  {
    id: "standby-has-no-standby",
    check: ({ environment, recovery }) =>
      faultIf(recovery !== undefined && environment?.name === "prod-dr", {
        path: ["recovery"],
        why: "this stack stands by itself, and two that copy to each other never end",
        hint: "remove the section",
      }),
  },
  {
    id: "stands-by-in-prod-dr",
    check: ({ environment, standby }) =>
      faultIf(standby !== undefined && environment?.name !== undefined && environment.name !== "prod-dr", {
        path: ["standby"],
        why: "only prod-dr stands by",
        hint: "remove the section; streamflix:recovery names the stack that stands by for this one",
      }),
  },
  {
    id: "stands-by-elsewhere",
    check: ({ standby }) =>
      faultIf(standby?.region === REGION_OF_ENVIRONMENT["prod-dr"], {
        path: ["standby", "region"],
        hint: "write the region of the other stack: two in one are lost together",
      }),
  },
  { id: "recovery-has-its-own-names", check: (draft) => ownNameFaults("recovery", draft) },
  { id: "standby-has-its-own-names", check: (draft) => ownNameFaults("standby", draft) },
];

function ownNameFaults(section: "recovery" | "standby", draft: Draft): Fault[] {
  const suffix = draft[section]?.suffix;
  return faultIf(suffix !== undefined && suffix === draft.environment?.suffix, {
    path: [section, "suffix"],
    hint: "write the suffix of the other stack: names of IAM are the same in all regions",
  });
}
