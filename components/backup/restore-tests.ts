import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BackupConfig, Names, RetentionConfig } from "../../config";
import type { FilesNetwork } from "./file-checks";
import { RestoreRole } from "./restore-role";
import {
  RestoreVerification,
  type VerificationMetrics,
  type VerificationNetwork,
} from "./restore-verification";
import { backupTag } from "./tag";

/** Where a test restores to: into the network of the originals, where nobody has a way to it but from there. */
export interface RestoreTargets {
  /** @default there is no database */
  readonly database?: {
    readonly subnetGroupName: pulumi.Input<string>;
    readonly securityGroupId: pulumi.Input<string>;
    /** Whether there are continuous backups, which are restored to a second. */
    readonly isContinuous: boolean;
    /** From where it is looked into. */
    readonly network: VerificationNetwork;
  };
  /** @default there are no shared files */
  readonly files?: {
    /** From where they are looked into. */
    readonly network: FilesNetwork;
  };
}

export interface RestoreTestsArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  readonly restoreTests: NonNullable<BackupConfig["restoreTests"]>;
  readonly vaultArn: string;
  readonly targets: RestoreTargets;
  /** Keys; what is restored comes under that of database and files as well. */
  readonly keyArns: Readonly<Record<"viewerData" | "logs" | "messaging", pulumi.Input<string>>>;
}

/** On Mondays during the day: somebody is there when one fails. */
const SCHEDULE = "cron(0 9 ? * MON *)";
/** Starts within these hours, so that it is over by the evening. */
const START_WINDOW_HOURS = 4;
/** The newest backup of the week. */
const SELECTION_WINDOW_DAYS = 7;
/** How long what is restored stays, so that somebody can look at it; then AWS Backup takes it away. */
const VALIDATION_WINDOW_HOURS = 4;

/**
 * Restores the newest backups every week, and has AWS Backup take away what came of it: the newest of the nightly ones,
 * and the database to a second of its continuous one. AWS Backup keeps how long each took.
 *
 * A restored cluster has no instance, and restored files no way to them: what is in them only verification finds out.
 */
export class RestoreTests extends pulumi.ComponentResource {
  /** Figures of what was found in what was restored; undefined where nobody looks. */
  readonly verification: VerificationMetrics | undefined;

  constructor(name: string, args: RestoreTestsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:backup:RestoreTests", name, {}, opts);
    const { names, targets } = args;
    const role = new RestoreRole(name, args, { parent: this });

    const nightly = this.plan(`${name}-nightly`, "nightly", "SNAPSHOT", args);
    if (targets.files) {
      this.selection(`${name}-nightly-files`, "files", nightly, role, names, {
        protectedResourceType: "EFS",
        restoreMetadataOverrides: { kmsKeyId: args.keyArns.viewerData },
      });
    }
    const { database } = targets;
    if (database) {
      const restored = {
        protectedResourceType: "Aurora",
        restoreMetadataOverrides: {
          dbSubnetGroupName: database.subnetGroupName,
          vpcSecurityGroupIds: pulumi.jsonStringify([database.securityGroupId]),
        },
      };
      this.selection(`${name}-nightly-database`, "database", nightly, role, names, restored);
      if (database.isContinuous) {
        const continuous = this.plan(`${name}-continuous`, "continuous", "CONTINUOUS", args);
        this.selection(`${name}-continuous-database`, "database", continuous, role, names, restored);
      }
    }
    this.verification = this.verify(name, args);
    this.registerOutputs({ verification: this.verification });
  }

  private verify(
    name: string,
    { names, accountId, region, retention, restoreTests, targets, keyArns }: RestoreTestsArgs,
  ): VerificationMetrics | undefined {
    const database = targets.database &&
      restoreTests.database && { ...targets.database, ...restoreTests.database };
    const files = targets.files && restoreTests.files && { ...targets.files, ...restoreTests.files };
    if (database === undefined && files === undefined) return undefined;
    const kinds = targets.database?.isContinuous
      ? (["nightly", "continuous"] as const)
      : (["nightly"] as const);
    return new RestoreVerification(
      `${name}-verification`,
      {
        names,
        accountId,
        region,
        retention,
        keyArns,
        ...(database && { database }),
        ...(files && { files }),
        plans: kinds.map((kind) => ({
          name: names.fixed("restoreTestingPlan", kind),
          isContinuous: kind === "continuous",
        })),
      },
      { parent: this },
    ).metrics;
  }

  private plan(
    name: string,
    what: string,
    recoveryPointType: "SNAPSHOT" | "CONTINUOUS",
    { names, vaultArn }: RestoreTestsArgs,
  ): aws.backup.RestoreTestingPlan {
    return new aws.backup.RestoreTestingPlan(
      name,
      {
        name: names.fixed("restoreTestingPlan", what),
        scheduleExpression: SCHEDULE,
        startWindowHours: START_WINDOW_HOURS,
        recoveryPointSelection: {
          algorithm: "LATEST_WITHIN_WINDOW",
          includeVaults: [vaultArn],
          recoveryPointTypes: [recoveryPointType],
          selectionWindowDays: SELECTION_WINDOW_DAYS,
        },
      },
      { parent: this },
    );
  }

  private selection(
    name: string,
    what: string,
    plan: aws.backup.RestoreTestingPlan,
    role: RestoreRole,
    names: Names,
    restored: Pick<
      aws.backup.RestoreTestingSelectionArgs,
      "protectedResourceType" | "restoreMetadataOverrides"
    >,
  ): void {
    new aws.backup.RestoreTestingSelection(
      name,
      {
        name: what,
        restoreTestingPlanName: plan.name,
        iamRoleArn: role.arn,
        ...restored,
        protectedResourceConditions: {
          stringEquals: Object.entries(backupTag(names)).map(([key, value]) => ({
            key: `aws:ResourceTag/${key}`,
            value,
          })),
        },
        validationWindowHours: VALIDATION_WINDOW_HOURS,
      },
      { parent: this },
    );
  }
}
