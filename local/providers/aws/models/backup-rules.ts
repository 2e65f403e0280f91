import type { Props } from "../../../account/store";
import { type CheckFailure, UNKNOWN } from "../../frame";
import { inRange, shaped, under } from "../checks";
import { AwsError } from "../model";
import { mapOf, mapsOf } from "../world";

export const SCHEDULE = /^(cron\(\S+( \S+){5}\)|rate\([1-9]\d* (minutes?|hours?|days?)\))$/;

/** Longest that a continuous backup is kept, and least days that a backup stays in cold storage. */
const CONTINUOUS_DAYS = 35;
const COLD_DAYS = 90;

/** What the provider finds wrong with a plan's rules. */
export function planProblems(inputs: Props): CheckFailure[] {
  const rules = inputs["rules"];
  if (rules === undefined || rules === UNKNOWN) return [];
  return mapsOf(rules).flatMap((rule, index) =>
    under(`rules[${index}]`, [
      ...shaped(rule, "ruleName", /^[\w.-]{1,50}$/, "1 to 50 letters, digits and _.-"),
      ...shaped(rule, "targetVaultName", /^[\w-]{2,50}$/, "2 to 50 letters, digits, hyphens and underscores"),
      ...inRange(mapOf(rule["lifecycle"]), "deleteAfter", 1, 36_500),
    ]),
  );
}

/**
 * What AWS refuses of a rule: times that don't go together, and, here, what the lock of its vault would make every job
 * of it fail on.
 */
export function requireLifecycle(rule: Props, lock: Props): void {
  const { schedule, enableContinuousBackup, startWindow, completionWindow } = rule;
  if (typeof schedule === "string" && !SCHEDULE.test(schedule)) {
    refuse(`Invalid schedule expression: ${schedule}`);
  }
  if (typeof startWindow === "number" && startWindow < 60) {
    refuse("Start window has to be 60 minutes or more.");
  }
  if (Number(completionWindow ?? 180) < Number(startWindow ?? 60) + 60) {
    refuse("Completion window has to be at least 60 minutes longer than the start window.");
  }
  const kept = [rule, ...mapsOf(rule["copyActions"])].map((it) => mapOf(it["lifecycle"]));
  for (const { coldStorageAfter, deleteAfter } of kept) {
    if (
      typeof coldStorageAfter === "number" &&
      Number(deleteAfter ?? Infinity) < coldStorageAfter + COLD_DAYS
    ) {
      refuse(`DeleteAfterDays has to be ${COLD_DAYS} days after MoveToColdStorageAfterDays.`);
    }
  }
  const days = mapOf(rule["lifecycle"])["deleteAfter"];
  if (enableContinuousBackup === true && (typeof days !== "number" || days > CONTINUOUS_DAYS)) {
    refuse(`Continuous backups are kept for 1 to ${CONTINUOUS_DAYS} days.`);
  }
  requireKept(mapOf(rule["lifecycle"]), lock);
}

/** What the lock of a vault refuses to keep. */
export function requireKept({ deleteAfter: days }: Props, lock: Props): void {
  const { minRetentionDays, maxRetentionDays } = lock;
  if (typeof minRetentionDays === "number" && typeof days === "number" && days < minRetentionDays) {
    refuse(`The vault's lock keeps backups for ${minRetentionDays} days at least, not for ${days}.`);
  }
  if (typeof maxRetentionDays === "number" && (typeof days !== "number" || days > maxRetentionDays)) {
    refuse(`The vault's lock keeps backups for ${maxRetentionDays} days at most.`);
  }
}

function refuse(problem: string): never {
  throw new AwsError("InvalidParameterValueException", problem);
}
