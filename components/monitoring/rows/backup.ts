import type { BackupMetrics } from "../../backup";
import type { VerificationMetrics } from "../../backup/restore-verification";
import { metric } from "../../metrics";
import type { AlarmRow } from "../alarm";
import { inARow } from "../thresholds";

const HOUR = 3600;
const DAY = 86_400;

/** Ways in which a job can end other than well. */
const BACKUP_ENDS = {
  Failed: "A backup failed: the last good one is a night older.",
  Aborted: "Somebody broke a backup off: the last good one is a night older.",
  Expired: "A backup did not begin in its time: the last good one is a night older.",
} as const;

const ON_ANY = {
  severity: "critical",
  comparison: ">",
  threshold: 0,
  periods: inARow(HOUR, 1),
  missing: { as: "notBreaching", because: "it counts only when there is a job to count" },
} as const;

/** Alarms on what is in a vault, and on a night without its backup: one that failed, or one that nobody tried to make. */
export function backupAlarms(metrics: BackupMetrics): AlarmRow[] {
  return [
    {
      ...ON_ANY,
      what: "backup-not-ended",
      severity: "warning",
      means: "A backup could not be taken away after its time: what was erased since lives on in it.",
      runbook: "backup#not-ended",
      signal: metric(metrics.vault, "NumberOfRecoveryPointsExpired", "Sum"),
    },
    ...(metrics.jobsPerDay === 0 ? [] : jobAlarms(metrics)),
  ];
}

function jobAlarms({ vault, jobsPerDay, areCopied, tests }: BackupMetrics): AlarmRow[] {
  return [
    ...Object.entries(BACKUP_ENDS).map(([end, means]) => ({
      ...ON_ANY,
      what: `backup-${end.toLowerCase()}`,
      means,
      runbook: "backup#failed",
      signal: metric(vault, `NumberOfBackupJobs${end}`, "Sum"),
    })),
    {
      what: "backup-missing",
      severity: "critical",
      means: `On two days in a row fewer than ${jobsPerDay} backups were made: something is no longer backed up.`,
      runbook: "backup#missing",
      // As long as an older day has a figure, CloudWatch would look at that instead of at a day without any.
      signal: {
        expression: "FILL(completed, 0)",
        label: "Backups a day",
        metrics: { completed: metric(vault, "NumberOfBackupJobsCompleted", "Sum") },
      },
      comparison: "<",
      threshold: jobsPerDay,
      // The day that has just begun has none yet.
      periods: inARow(DAY, 2),
      missing: { as: "breaching", because: "AWS Backup reports nothing where there was no job" },
    },
    ...(tests
      ? [
          {
            ...ON_ANY,
            what: "backup-restore-failed",
            means: "A backup could not be restored in this week's test: it may be worth nothing.",
            runbook: "backup#restore-failed",
            signal: metric(vault, "NumberOfRestoreJobsFailed", "Sum"),
          },
        ]
      : []),
    ...(tests?.verification ? verificationAlarms(tests.verification) : []),
    ...(areCopied
      ? [
          {
            ...ON_ANY,
            what: "backup-copy-failed",
            means: "A backup was not copied to the standby region: it would be lost with this one.",
            runbook: "backup#copy-failed",
            signal: metric(vault, "NumberOfCopyJobsFailed", "Sum"),
          },
        ]
      : []),
  ];
}

/** What was restored, in words and in the alarm's name. */
const RESTORED = {
  database: { what: "backup-restore-slow", words: "a restored database" },
  files: { what: "backup-files-restore-slow", words: "restored files" },
} as const;

/** Alarms on what was found in what was restored, and on verifications that came to no end. */
function verificationAlarms(verification: VerificationMetrics): AlarmRow[] {
  const { restoresFailed, times, executions } = verification;
  const onAny = {
    comparison: ">",
    periods: inARow(HOUR, 1),
    missing: { as: "notBreaching", because: "it counts only when there is a restore to judge" },
  } as const;
  const ended = (how: "Failed" | "TimedOut" | "Aborted") => metric(executions, `Executions${how}`, "Sum");
  return [
    {
      ...onAny,
      what: "backup-restore-unfit",
      severity: "critical",
      means:
        "What was restored is not what it should be, or could not be judged: the backup may be worth nothing.",
      runbook: "backup#restore-unfit",
      signal: restoresFailed,
      threshold: 0,
    },
    ...times.map(
      ({ of, seconds, objectiveSeconds }) =>
        ({
          ...onAny,
          what: RESTORED[of].what,
          severity: "warning",
          means: `It took more than ${objectiveSeconds / 60} minutes until somebody could work with ${RESTORED[of].words}.`,
          runbook: "backup#restore-slow",
          signal: seconds,
          threshold: objectiveSeconds,
        }) as const,
    ),
    {
      ...onAny,
      what: "backup-verification-failed",
      severity: "critical",
      means:
        "The verdict on a restore was not reported, or what was restored was not taken away and is paid for.",
      runbook: "backup#verification-failed",
      signal: {
        expression: "failed + ended + aborted",
        label: "Verifications without an end",
        metrics: { failed: ended("Failed"), ended: ended("TimedOut"), aborted: ended("Aborted") },
      },
      threshold: 0,
    },
  ];
}
