import type { StoppedTask } from "./event";

/** Codes of tasks that ended by themselves, or never ran. */
const FAILED = ["EssentialContainerExited", "TaskFailedToStart"];

/** A task that was replaced because it answered badly has the code of one that scaling took away. */
const ANSWERED_BADLY = /failed (ELB|container) health checks/i;

/** Why a task stopped, as far as somebody has to know. */
export function lossOf({ stopCode, stoppedReason }: StoppedTask): "failure" | "interruption" | "none" {
  if (stopCode === "SpotInterruption") return "interruption";
  return FAILED.includes(stopCode) || ANSWERED_BADLY.test(stoppedReason) ? "failure" : "none";
}

/** How its containers ended, those that ended well left out. */
export function exitsOf({ containers }: StoppedTask): string {
  const bad = containers.filter(({ exitCode, reason }) => (exitCode ?? 0) !== 0 || reason !== undefined);
  const texts = bad.map(({ name, exitCode, reason }) =>
    [name, exitCode === undefined ? "without a code" : `with ${exitCode}`, ...(reason ? [reason] : [])].join(
      " ",
    ),
  );
  return texts.length === 0 ? "all well" : texts.join("; ");
}
