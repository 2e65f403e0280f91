import { BackupClient, paginateListRestoreJobs, type RestoreJobsListMember } from "@aws-sdk/client-backup";

import { Broken, type Check } from "../check";
import type { Target } from "../target";

/** Restore tests run weekly; a day is left for one that is late. */
const DAYS = 8;

/** What AWS Backup has restored lately could be restored, and was found whole where somebody looked. */
export function restoreCheck({ region }: Target): Check {
  return {
    name: "restore",
    proves: `backups were restored within the last ${DAYS} days, the latest of each kind with success`,
    seconds: 60,
    look: async () => {
      const client = new BackupClient({ region });
      const ByCreatedAfter = new Date(Date.now() - DAYS * 24 * 3600 * 1000);
      const jobs: RestoreJobsListMember[] = [];
      for await (const { RestoreJobs = [] } of paginateListRestoreJobs({ client }, { ByCreatedAfter }))
        jobs.push(...RestoreJobs);
      if (jobs.length === 0) throw new Broken(`nothing was restored in the last ${DAYS} days`);
      const latest = [...latestByKind(jobs)];
      const failed = latest.filter(([, job]) => !isWhole(job));
      if (failed.length > 0) throw new Broken(failed.map(describe).join("; "));
      return latest.map(describe).join("; ");
    },
  };
}

function latestByKind(jobs: readonly RestoreJobsListMember[]): Map<string, RestoreJobsListMember> {
  const latest = new Map<string, RestoreJobsListMember>();
  const created = (job: RestoreJobsListMember | undefined) => job?.CreationDate?.getTime() ?? 0;
  for (const job of jobs) {
    const kind = job.ResourceType ?? "unknown kind";
    if (created(job) >= created(latest.get(kind))) latest.set(kind, job);
  }
  return latest;
}

/** Restore tests are validated; what people restore by hand is not. */
const isWhole = ({ Status, ValidationStatus }: RestoreJobsListMember) =>
  Status === "COMPLETED" && (ValidationStatus === undefined || ValidationStatus === "SUCCESSFUL");

function describe([kind, job]: readonly [string, RestoreJobsListMember]): string {
  const { Status = "unknown", ValidationStatus = "not validated", CreationDate } = job;
  return `${kind} ${Status}, ${ValidationStatus}, ${CreationDate?.toISOString().slice(0, 10) ?? "no date"}`;
}
