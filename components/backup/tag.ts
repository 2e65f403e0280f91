import type { Names } from "../../config";

/** Name of the plan that backs up every night. */
export function planName(names: Names): string {
  return names.fixed("backupPlan", "backup");
}

/** The tag by which the stack's plan finds what it backs up: its owner carries it, whoever makes the backups. */
export function backupTag(names: Names) {
  return { "backup-plan": planName(names) } as const;
}
