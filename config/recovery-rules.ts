import { faultIf, type Rule } from "./rules";

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
    id: "standby-has-its-own-names",
    check: ({ environment, recovery }) =>
      faultIf(recovery?.suffix !== undefined && recovery.suffix === environment?.suffix, {
        path: ["recovery", "suffix"],
        hint: "write the suffix of the other stack: names of IAM are the same in all regions",
      }),
  },
];
