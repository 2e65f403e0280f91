import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  type BackupConfig,
  type Counterpart,
  dataTags,
  type Names,
  type RetentionConfig,
} from "../../config";
import type { AlertTopics } from "../alerts";
import type { MetricSource } from "../metrics";
import { policyText } from "../policy";
import { RestoreTests, type RestoreTargets } from "./restore-tests";
import { BackupRole } from "./role";
import { backupTag, planName } from "./tag";

export interface BackupArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  readonly backup: BackupConfig;
  /** Days back to which the database can be restored to any second. @default there is no database */
  readonly databaseDays: number | undefined;
  /** How many resources of the stack are tagged for the plan; without any, the vault is there for copies of others. */
  readonly tagged: number;
  readonly keyArns: Readonly<Record<"backup" | "viewerData" | "logs" | "messaging", pulumi.Input<string>>>;
  /** What restore tests restore, and where. */
  readonly restoreTargets: RestoreTargets;
  /** Stack whose vault gets a copy of each night's backup. @default no copies */
  readonly standby: Counterpart | undefined;
  /** Who is told what no figure shows. @default nobody */
  readonly alertTopics: AlertTopics | undefined;
  /** Refuses to delete the vault or what is in it. */
  readonly protect: boolean;
}

/** What is watched of the backups. */
export interface BackupMetrics {
  readonly vault: MetricSource;
  /** Backups that every night has to bring. */
  readonly jobsPerDay: number;
  readonly areCopied: boolean;
  /** What is known of the restores that are tried every week. @default none are tried */
  readonly tests?: Pick<RestoreTests, "verification">;
}

/** The nightly rule as it was asked for: times in UTC, windows in minutes. */
const NIGHTLY = {
  ruleName: "DailyBackups",
  schedule: "cron(0 2 * * ? *)",
  startWindow: 60,
  completionWindow: 120,
} as const;

/** Continuous backups need a time as well: when AWS Backup looks after them. Apart from the nightly ones. */
const CONTINUOUS = { ruleName: "ContinuousBackups", schedule: "cron(0 6 * * ? *)" } as const;

/** What ends a backup before its time, or lets somebody do so. */
const ENDS = [
  "backup:DeleteRecoveryPoint",
  "backup:DisassociateRecoveryPoint",
  "backup:UpdateRecoveryPointLifecycle",
];

/**
 * Backups of what the stack holds: a vault under its own key, with a policy and, where configured, a lock; a plan that
 * backs up every night what carries its tag, and copies it to the standby region; and one that owns the database's
 * automated backups. What each needs of AWS is in the role.
 */
export class Backup extends pulumi.ComponentResource {
  readonly vaultName: string;
  readonly metrics: BackupMetrics;

  constructor(name: string, args: BackupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:backup:Backup", name, {}, opts);
    this.vaultName = vaultName(args.names);

    const vault = this.vault(name, args);
    const tests = args.tagged > 0 ? this.plans(name, args, vault) : undefined;
    this.metrics = {
      ...(tests && { tests: { verification: tests.verification } }),
      vault: { namespace: "AWS/Backup", dimensions: { BackupVaultName: this.vaultName } },
      jobsPerDay: args.tagged,
      areCopied: args.standby !== undefined,
    };
    this.registerOutputs({ vaultName: this.vaultName, metrics: this.metrics });
  }

  /** What backs up every night, and what owns the database's automated backups; what tries to restore, which it returns. */
  private plans(name: string, args: BackupArgs, vault: aws.backup.Vault): RestoreTests | undefined {
    const { names, accountId, region, backup } = args;
    const parent = { parent: this };
    const standby = args.standby && {
      ...args.standby,
      vaultArn: vaultArn({ ...args.standby, accountId }),
    };
    const role = new BackupRole(
      name,
      {
        names,
        accountId,
        region,
        vaultArn: vaultArn(args),
        isContinuous: backup.continuous !== undefined,
        ...(standby && { standby }),
      },
      // Named in its policy, by a text that makes no dependency.
      { parent: this, dependsOn: [vault] },
    );
    const lifecycle = { deleteAfter: backup.retentionDays };
    const nightly = new aws.backup.Plan(
      name,
      {
        name: planName(names),
        rules: [
          {
            ...NIGHTLY,
            targetVaultName: vault.name,
            lifecycle,
            ...(standby && { copyActions: [{ destinationVaultArn: standby.vaultArn, lifecycle }] }),
          },
        ],
      },
      parent,
    );
    const clusters = `arn:aws:rds:${region}:${accountId}:cluster:*`;
    this.selection(name, nightly, role, args, [
      clusters,
      `arn:aws:elasticfilesystem:${region}:${accountId}:file-system/*`,
    ]);
    if (backup.continuous && args.databaseDays !== undefined) {
      const continuous = new aws.backup.Plan(
        `${name}-continuous`,
        {
          name: names.fixed("backupPlan", "continuous"),
          rules: [
            {
              ...CONTINUOUS,
              targetVaultName: vault.name,
              enableContinuousBackup: true,
              lifecycle: { deleteAfter: args.databaseDays },
            },
          ],
        },
        parent,
      );
      // Of what can't be backed up continuously AWS would make one more backup a day.
      this.selection(`${name}-continuous`, continuous, role, args, [clusters]);
    }
    const tests =
      backup.restoreTests &&
      new RestoreTests(
        `${name}-tests`,
        {
          names,
          accountId,
          region,
          retention: args.retention,
          restoreTests: backup.restoreTests,
          vaultArn: vaultArn(args),
          targets: args.restoreTargets,
          keyArns: args.keyArns,
        },
        // Named by a text that makes no dependency.
        { parent: this, dependsOn: [vault] },
      );
    return tests;
  }

  /** The vault, with who may do what to it, its lock, and who is told of what befalls it. */
  private vault(name: string, args: BackupArgs): aws.backup.Vault {
    const { retention, backup, alertTopics, protect } = args;
    const parent = { parent: this };
    const vault = new aws.backup.Vault(
      name,
      {
        name: this.vaultName,
        kmsKeyArn: args.keyArns.backup,
        // A stack that may be destroyed takes its backups with it.
        forceDestroy: !protect,
        tags: dataTags("personal", "backup"),
      },
      { parent: this, protect },
    );
    new aws.backup.VaultPolicy(
      name,
      { backupVaultName: vault.name, policy: policyText(accessStatements(args)) },
      parent,
    );
    if (backup.lock) {
      new aws.backup.VaultLockConfiguration(
        name,
        {
          backupVaultName: vault.name,
          minRetentionDays: retention.backup.minimumDays,
          maxRetentionDays: retention.backup.maximumDays,
          ...(backup.lock.changeableForDays !== undefined && {
            changeableForDays: backup.lock.changeableForDays,
          }),
        },
        parent,
      );
    }
    if (alertTopics) {
      new aws.backup.VaultNotifications(
        name,
        {
          backupVaultName: vault.name,
          snsTopicArn: alertTopics.warning,
          // Jobs that fail have figures, and alarms; these are what has none, or what says which copy it was.
          backupVaultEvents: ["CONTINUOUS_BACKUP_INTERRUPTED", "COPY_JOB_FAILED"],
        },
        parent,
      );
    }
    return vault;
  }

  /** What of some kinds carries the tag of the stack's plan. */
  private selection(
    name: string,
    plan: aws.backup.Plan,
    role: BackupRole,
    { names }: BackupArgs,
    resources: string[],
  ): void {
    new aws.backup.Selection(
      name,
      {
        name: "tagged",
        planId: plan.id,
        iamRoleArn: role.arn,
        resources,
        conditions: [
          {
            stringEquals: Object.entries(backupTag(names)).map(([key, value]) => ({
              key: `aws:ResourceTag/${key}`,
              value,
            })),
          },
        ],
      },
      { parent: this },
    );
  }
}

function vaultName(names: Names): string {
  return names.fixed("backupVault", "vault");
}

/** Spelled out, so that a preview shows policies. */
function vaultArn(stack: Pick<BackupArgs, "names" | "accountId" | "region">): string {
  return `arn:aws:backup:${stack.region}:${stack.accountId}:backup-vault:${vaultName(stack.names)}`;
}

/** A vault's policy stands for what is in it too, whose ARNs are those of other services: so it names no resource. */
function accessStatements({ accountId, protect }: BackupArgs): aws.iam.PolicyStatement[] {
  const deny = { Effect: "Deny" as const, Principal: "*", Resource: "*" };
  return [
    {
      Sid: "OwnAccountOnly",
      ...deny,
      Action: "backup:*",
      Condition: {
        StringNotEquals: { "aws:PrincipalAccount": accountId },
        // AWS Backup itself, which keeps to the plan.
        Bool: { "aws:PrincipalIsAWSService": "false" },
      },
    },
    // Backups end by their plan: AWS Backup takes them away with the role that made them, at their own service.
    ...(protect ? [{ Sid: "NobodyEndsBackups", ...deny, Action: ENDS }] : []),
  ];
}
