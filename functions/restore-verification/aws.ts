import {
  DescribeRestoreJobCommand,
  PutRestoreValidationResultCommand,
  type BackupClient,
} from "@aws-sdk/client-backup";
import {
  CreateDBInstanceCommand,
  DeleteDBClusterCommand,
  DeleteDBInstanceCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  ModifyDBClusterCommand,
  type RDSClient,
} from "@aws-sdk/client-rds";

/** One restored cluster, as far as it matters whether it can be worked with. */
export interface ClusterFacts {
  readonly status: string;
  readonly host: string;
  /** Status of the instance that verification adds; undefined without one. */
  readonly instance: string | undefined;
}

/** A cluster that a restore test has made. */
export interface RestoredCluster {
  /** Undefined once it is gone. */
  facts(): Promise<ClusterFacts | undefined>;
  /** AWS Backup restores a cluster without instances: nobody can sign in. Does nothing where there is one. */
  addInstance(instanceClass: string): Promise<void>;
  /** Takes some seconds to be in force. */
  setMasterPassword(password: string): Promise<void>;
  /** Asks for the end of instance and cluster, whatever state they are in. */
  remove(): Promise<void>;
}

/** A restore job: who wanted it, what it made, and when. */
export interface JobFacts {
  /** Undefined when no restore test wanted it. */
  readonly planArn: string | undefined;
  /** Undefined when it made something else, as the next one. */
  readonly clusterId: string | undefined;
  readonly fileSystemId: string | undefined;
  /** What the backup holds; undefined where AWS Backup does not say. */
  readonly backupBytes: number | undefined;
  readonly begunAt: Date;
  /** When the backup was made that it restored. */
  readonly backedUpAt: Date;
}

/** Restore jobs of AWS Backup. */
export interface RestoreJobs {
  facts(jobId: string): Promise<JobFacts>;
  report(jobId: string, status: "SUCCESSFUL" | "FAILED", message: string): Promise<void>;
}

/** Longest text that AWS Backup keeps with a verdict. */
const MESSAGE_LENGTH = 1000;

/** The cluster, by the API of RDS. */
export class RdsCluster implements RestoredCluster {
  readonly #rds: Pick<RDSClient, "send">;
  readonly #clusterId: string;
  readonly #instanceId: string;

  constructor(rds: Pick<RDSClient, "send">, clusterId: string) {
    this.#rds = rds;
    this.#clusterId = clusterId;
    this.#instanceId = `${clusterId}-1`;
  }

  async facts(): Promise<ClusterFacts | undefined> {
    const { DBClusters: [cluster] = [] } = await this.#rds
      .send(new DescribeDBClustersCommand({ DBClusterIdentifier: this.#clusterId }))
      .catch(unless("DBClusterNotFoundFault", { DBClusters: [] }));
    if (cluster === undefined) return undefined;
    const { DBInstances: [instance] = [] } = await this.#rds
      .send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: this.#instanceId }))
      .catch(unless("DBInstanceNotFoundFault", { DBInstances: [] }));
    return {
      status: cluster.Status ?? "unknown",
      host: cluster.Endpoint ?? "",
      instance: instance?.DBInstanceStatus,
    };
  }

  async addInstance(instanceClass: string): Promise<void> {
    await this.#rds
      .send(
        new CreateDBInstanceCommand({
          DBClusterIdentifier: this.#clusterId,
          DBInstanceIdentifier: this.#instanceId,
          DBInstanceClass: instanceClass,
          Engine: "aurora-postgresql",
          PubliclyAccessible: false,
        }),
      )
      .catch(unless("DBInstanceAlreadyExistsFault", undefined));
  }

  async setMasterPassword(password: string): Promise<void> {
    await this.#rds.send(
      new ModifyDBClusterCommand({
        DBClusterIdentifier: this.#clusterId,
        MasterUserPassword: password,
        ApplyImmediately: true,
      }),
    );
  }

  async remove(): Promise<void> {
    const { instance, status } = (await this.facts()) ?? {};
    if (instance !== undefined && instance !== "deleting") {
      await this.#rds
        .send(
          new DeleteDBInstanceCommand({ DBInstanceIdentifier: this.#instanceId, SkipFinalSnapshot: true }),
        )
        .catch(unless("DBInstanceNotFoundFault", undefined));
    }
    if (status !== undefined && status !== "deleting") {
      await this.#rds
        .send(new DeleteDBClusterCommand({ DBClusterIdentifier: this.#clusterId, SkipFinalSnapshot: true }))
        // With an instance that is still going, the cluster waits for the next round.
        .catch(unless("DBClusterNotFoundFault", undefined))
        .catch(unless("InvalidDBClusterStateFault", undefined));
    }
  }
}

/** The jobs, by the API of AWS Backup. */
export class BackupJobs implements RestoreJobs {
  readonly #backup: Pick<BackupClient, "send">;

  constructor(backup: Pick<BackupClient, "send">) {
    this.#backup = backup;
  }

  async facts(jobId: string): Promise<JobFacts> {
    const job = await this.#backup.send(new DescribeRestoreJobCommand({ RestoreJobId: jobId }));
    if (job.CreationDate === undefined) throw new Error(`restore job ${jobId} has no date`);
    const arn = job.CreatedResourceArn ?? "";
    return {
      planArn: job.CreatedBy?.RestoreTestingPlanArn,
      clusterId: /^arn:aws:rds:[^:]+:\d+:cluster:(.+)$/.exec(arn)?.[1],
      fileSystemId: /^arn:aws:elasticfilesystem:[^:]+:\d+:file-system\/(.+)$/.exec(arn)?.[1],
      backupBytes: job.BackupSizeInBytes,
      begunAt: job.CreationDate,
      backedUpAt: job.RecoveryPointCreationDate ?? job.CreationDate,
    };
  }

  async report(jobId: string, status: "SUCCESSFUL" | "FAILED", message: string): Promise<void> {
    await this.#backup.send(
      new PutRestoreValidationResultCommand({
        RestoreJobId: jobId,
        ValidationStatus: status,
        ValidationStatusMessage: message.slice(0, MESSAGE_LENGTH),
      }),
    );
  }
}

/** An answer in place of one kind of failure. */
export function unless<Answer>(name: string, answer: Answer): (error: unknown) => Answer {
  return (error) => {
    if (error instanceof Error && error.name === name) return answer;
    throw error;
  };
}
