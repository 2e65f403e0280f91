import assert from "node:assert/strict";

import { Backup, type BackupArgs } from "../../components/backup";
import { counterpart } from "../../config";
import {
  countByType,
  ofType,
  only,
  registered,
  type Registered,
  section,
  stack,
  statementsOf,
} from "./data-mocks";
import { database, files } from "./data-stack";
import { TOPICS } from "./registrations";

const STANDBY_VAULT = "arn:aws:backup:eu-west-1:111122223333:backup-vault:streamflix-vault-dev-dr";
const RECOVERY = { region: "eu-west-1", suffix: "dev-dr" };
const BOUNDARY = "arn:aws:iam::111122223333:policy/streamflix-account/streamflix-replication";

/** Where databases are restored to. */
const RESTORED = {
  subnetGroupName: "isolated",
  securityGroupId: "group-data",
  isContinuous: true,
  network: { vpcId: "vpc", subnetIds: ["private-1"], endpointsSecurityGroupId: "group-endpoints" },
};

/** From where files are looked into. */
const FILES = { network: { vpcId: "vpc", subnetIds: ["isolated-1"] } };

/** What a Backup registers with a shipped stack's configuration, some of it changed. */
function backup(
  name: "dev" | "prod",
  changes: Readonly<Record<string, unknown>> = {},
  more: Partial<BackupArgs> = {},
): Promise<readonly Registered[]> {
  const { config, ...place } = stack(name, changes);
  return registered(
    () =>
      new Backup("backup", {
        ...place,
        backup: section(config, "backup"),
        databaseDays: section(config, "database").backupRetentionDays,
        tagged: 2,
        keyArns: {
          backup: "key-backup",
          viewerData: "key-viewer-data",
          logs: "key-logs",
          messaging: "key-messaging",
        },
        restoreTargets: { database: RESTORED, files: FILES },
        standby: config.recovery && counterpart(config.aws, config.recovery),
        alertTopics: TOPICS,
        ...more,
      }),
  );
}

const rightsOf = (all: readonly Registered[]) =>
  statementsOf(only(all, "RolePolicy", "backup").inputs["policy"]);
const isTagged = (stackName: string) => ({
  StringEquals: { "aws:ResourceTag/backup-plan": `streamflix-backup-${stackName}` },
});

describe("Backup", () => {
  let all: readonly Registered[];
  before(async () => {
    all = await backup("prod", { "streamflix:recovery": undefined });
  });

  it("registers exactly these resources", () => {
    assert.deepEqual(countByType(all), {
      "aws:backup/plan:Plan": 2,
      "aws:backup/restoreTestingPlan:RestoreTestingPlan": 2,
      "aws:backup/restoreTestingSelection:RestoreTestingSelection": 3,
      "aws:backup/selection:Selection": 2,
      "aws:backup/vault:Vault": 1,
      "aws:backup/vaultLockConfiguration:VaultLockConfiguration": 1,
      "aws:backup/vaultNotifications:VaultNotifications": 1,
      "aws:backup/vaultPolicy:VaultPolicy": 1,
      "aws:cloudwatch/eventRule:EventRule": 1,
      "aws:cloudwatch/eventTarget:EventTarget": 1,
      "aws:cloudwatch/logGroup:LogGroup": 4,
      "aws:ec2/securityGroup:SecurityGroup": 3,
      "aws:iam/role:Role": 7,
      "aws:iam/rolePolicy:RolePolicy": 7,
      "aws:lambda/function:Function": 3,
      "aws:sfn/stateMachine:StateMachine": 1,
      "aws:sqs/queue:Queue": 1,
      "aws:sqs/queuePolicy:QueuePolicy": 1,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 3,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 3,
    });
  });

  it("has the plan that was asked for, to the letter", () => {
    assert.deepEqual(only(all, "Plan", "backup").inputs, {
      name: "streamflix-backup-prod",
      rules: [
        {
          ruleName: "DailyBackups",
          schedule: "cron(0 2 * * ? *)",
          startWindow: 60,
          completionWindow: 120,
          targetVaultName: "streamflix-vault-prod",
          lifecycle: { deleteAfter: 30 },
        },
      ],
    });
  });

  it("keeps the vault under its own key, protected and locked without being for ever", () => {
    const { inputs, protect } = only(all, "Vault");
    assert.equal(protect, true);
    assert.deepEqual(inputs, {
      name: "streamflix-vault-prod",
      kmsKeyArn: "key-backup",
      forceDestroy: false,
      tags: { "data-classification": "personal", "retention-class": "backup" },
    });
    assert.deepEqual(only(all, "VaultLockConfiguration").inputs, {
      backupVaultName: "streamflix-vault-prod",
      minRetentionDays: 7,
      maxRetentionDays: 35,
    });
  });

  it("lets nobody of another account near the vault, and nobody end a backup", () => {
    const { policy, backupVaultName } = only(all, "VaultPolicy").inputs;
    assert.equal(backupVaultName, "streamflix-vault-prod");
    assert.deepEqual(statementsOf(policy), {
      OwnAccountOnly: {
        Sid: "OwnAccountOnly",
        Effect: "Deny",
        Principal: "*",
        Resource: "*",
        Action: "backup:*",
        Condition: {
          StringNotEquals: { "aws:PrincipalAccount": "444455556666" },
          Bool: { "aws:PrincipalIsAWSService": "false" },
        },
      },
      NobodyEndsBackups: {
        Sid: "NobodyEndsBackups",
        Effect: "Deny",
        Principal: "*",
        Resource: "*",
        Action: [
          "backup:DeleteRecoveryPoint",
          "backup:DisassociateRecoveryPoint",
          "backup:UpdateRecoveryPointLifecycle",
        ],
      },
    });
  });

  it("backs up what carries its tag, of the kinds that it may", () => {
    const chosen = (name: string, resources: string[]) => {
      const { conditions, ...inputs } = only(all, "Selection", name).inputs;
      assert.deepEqual(conditions, [
        { stringEquals: [{ key: "aws:ResourceTag/backup-plan", value: "streamflix-backup-prod" }] },
      ]);
      assert.deepEqual(inputs, {
        name: "tagged",
        planId: `Plan/${name}#id`,
        iamRoleArn: "Role/backup#arn",
        resources,
      });
    };
    const clusters = "arn:aws:rds:eu-central-1:444455556666:cluster:*";
    chosen("backup", [clusters, "arn:aws:elasticfilesystem:eu-central-1:444455556666:file-system/*"]);
    chosen("backup-continuous", [clusters]);
  });

  it("finds the tag on database and files, and nowhere else in them", async () => {
    const tag = (it: Registered) =>
      (it.inputs["tags"] as Record<string, string> | undefined)?.["backup-plan"];
    const tagged = [...(await database("prod")), ...(await files("prod"))].filter(
      (it) => tag(it) !== undefined,
    );
    assert.deepEqual(
      tagged.map((it) => [it.type, tag(it)]),
      [
        ["aws:rds/cluster:Cluster", "streamflix-backup-prod"],
        ["aws:efs/fileSystem:FileSystem", "streamflix-backup-prod"],
      ],
    );
  });

  it("owns the database's automated backups, for the days that the database's section says", async () => {
    assert.deepEqual(only(all, "Plan", "backup-continuous").inputs, {
      name: "streamflix-continuous-prod",
      rules: [
        {
          ruleName: "ContinuousBackups",
          schedule: "cron(0 6 * * ? *)",
          targetVaultName: "streamflix-vault-prod",
          enableContinuousBackup: true,
          lifecycle: { deleteAfter: 7 },
        },
      ],
    });
    const cluster = only(await database("prod"), "cluster:Cluster");
    assert.deepEqual(cluster.ignoreChanges, [
      "masterPassword",
      "globalClusterIdentifier",
      "replicationSourceIdentifier",
      "backupRetentionPeriod",
      "preferredBackupWindow",
    ]);
    assert.deepEqual(
      [cluster.inputs["backupRetentionPeriod"], cluster.inputs["preferredBackupWindow"]],
      [7, "01:00-02:00"],
    );
  });

  it("leaves them to the database without that, and takes no right on it", async () => {
    const without = { "streamflix:backup.continuous": undefined };
    const some = await backup("prod", without);
    assert.deepEqual(
      ofType(some, "Plan").map(({ name }) => name),
      ["backup"],
    );
    assert.equal(ofType(some, "Selection").length, 1);
    assert.deepEqual(only(await database("prod", without), "cluster:Cluster").ignoreChanges, [
      "masterPassword",
      "globalClusterIdentifier",
      "replicationSourceIdentifier",
    ]);
    const rights = JSON.stringify(rightsOf(some));
    assert.ok(!rights.includes("rds:Modify") && !rights.includes('AutomatedBackup"'), rights);
  });

  it("tells of what no figure shows", () => {
    assert.deepEqual(only(all, "VaultNotifications").inputs, {
      backupVaultName: "streamflix-vault-prod",
      snsTopicArn: "warnings",
      backupVaultEvents: ["CONTINUOUS_BACKUP_INTERRUPTED", "COPY_JOB_FAILED"],
    });
  });

  it("tells nobody where nobody is to be told", async () => {
    assert.equal(
      ofType(await backup("prod", {}, { alertTopics: undefined }), "VaultNotifications").length,
      0,
    );
  });

  it("lets dev be destroyed with its backups", async () => {
    const dev = await backup("dev");
    assert.equal(ofType(dev, "VaultLockConfiguration").length, 0);
    assert.deepEqual([only(dev, "Vault").protect, only(dev, "Vault").inputs["forceDestroy"]], [false, true]);
    assert.deepEqual(Object.keys(statementsOf(only(dev, "VaultPolicy").inputs["policy"])), [
      "OwnAccountOnly",
    ]);
  });

  it("locks for ever where that is written down", async () => {
    const locked = await backup("prod", {
      "streamflix:backup.lock": { mode: "compliance", changeableForDays: 14 },
    });
    assert.deepEqual(only(locked, "VaultLockConfiguration").inputs, {
      backupVaultName: "streamflix-vault-prod",
      minRetentionDays: 7,
      maxRetentionDays: 35,
      changeableForDays: 14,
    });
  });

  it("is a vault and nothing else where there is nothing to back up: it takes copies", async () => {
    const [standby, home] = [await backup("prod", {}, { tagged: 0 }), all];
    assert.deepEqual(countByType(standby), {
      "aws:backup/vault:Vault": 1,
      "aws:backup/vaultLockConfiguration:VaultLockConfiguration": 1,
      "aws:backup/vaultNotifications:VaultNotifications": 1,
      "aws:backup/vaultPolicy:VaultPolicy": 1,
    });
    for (const type of ["Vault", "VaultLockConfiguration", "VaultPolicy"]) {
      assert.deepEqual(only(standby, type).inputs, only(home, type).inputs);
    }
  });

  describe("its role", () => {
    it("is taken by AWS Backup, for this account where it says whom it works for", () => {
      const { assumeRolePolicy, namePrefix } = only(all, "Role", "backup").inputs;
      assert.equal(namePrefix, "streamflix-backup-prod-");
      assert.deepEqual(assumeRolePolicy, {
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "backup.amazonaws.com" },
            Action: "sts:AssumeRole",
            Condition: { StringEqualsIfExists: { "aws:SourceAccount": "444455556666" } },
          },
        ],
      });
    });

    it("may do this and no more", () => {
      const rds = "arn:aws:rds:eu-central-1:444455556666";
      const snapshots = `${rds}:cluster-snapshot:awsbackup:*job-*`;
      const keys = "arn:aws:kms:eu-central-1:444455556666:key/*";
      const own = {
        "ForAnyValue:StringEquals": {
          "kms:ResourceAliases": ["alias/streamflix-viewer-data-prod", "alias/streamflix-backup-prod"],
        },
      };
      const allowed = (Sid: string, Action: unknown, Resource: unknown, Condition?: unknown) => ({
        [Sid]: { Sid, Effect: "Allow", Action, Resource, ...(Condition === undefined ? {} : { Condition }) },
      });
      assert.deepEqual(rightsOf(all), {
        ...allowed(
          "LookAtDatabases",
          [
            "rds:DescribeDBClusterAutomatedBackups",
            "rds:DescribeDBClusters",
            "rds:DescribeDBClusterSnapshots",
            "rds:DescribeDBInstances",
            "rds:ListTagsForResource",
          ],
          [`${rds}:*`],
        ),
        ...allowed(
          "MakeSnapshots",
          ["rds:AddTagsToResource", "rds:CreateDBClusterSnapshot"],
          [`${rds}:cluster:streamflix-*`, snapshots],
        ),
        ...allowed(
          "CopyAndEndSnapshots",
          ["rds:CopyDBClusterSnapshot", "rds:DeleteDBClusterSnapshot"],
          [snapshots],
        ),
        ...allowed(
          "OwnAutomatedBackups",
          "rds:ModifyDBCluster",
          `${rds}:cluster:streamflix-*`,
          isTagged("prod"),
        ),
        ...allowed(
          "EndAutomatedBackups",
          "rds:DeleteDBClusterAutomatedBackup",
          `${rds}:cluster-auto-backup:*`,
        ),
        ...allowed(
          "BackUpFiles",
          ["elasticfilesystem:Backup", "elasticfilesystem:DescribeTags"],
          "arn:aws:elasticfilesystem:eu-central-1:444455556666:file-system/*",
          isTagged("prod"),
        ),
        ...allowed("FindTagged", "tag:GetResources", "*"),
        ...allowed(
          "FillVaults",
          ["backup:CopyIntoBackupVault", "backup:DescribeBackupVault"],
          ["arn:aws:backup:eu-central-1:444455556666:backup-vault:streamflix-vault-prod"],
        ),
        ...allowed("LookAtKeys", "kms:DescribeKey", keys, own),
        ...allowed("LendKeys", "kms:CreateGrant", keys, {
          ...own,
          Bool: { "kms:GrantIsForAWSResource": "true" },
        }),
      });
    });
  });

  describe("its restore tests", () => {
    const tests = "RestoreTestingPlan";
    const selections = "RestoreTestingSelection";

    it("restore the newest nightly backups and the newest continuous one, each week", () => {
      const planOf = (name: string, type: string) => ({
        name,
        scheduleExpression: "cron(0 9 ? * MON *)",
        startWindowHours: 4,
        recoveryPointSelection: {
          algorithm: "LATEST_WITHIN_WINDOW",
          includeVaults: ["arn:aws:backup:eu-central-1:444455556666:backup-vault:streamflix-vault-prod"],
          recoveryPointTypes: [type],
          selectionWindowDays: 7,
        },
      });
      assert.deepEqual(
        ofType(all, tests).map(({ inputs }) => inputs),
        [planOf("streamflix_continuous_prod", "CONTINUOUS"), planOf("streamflix_nightly_prod", "SNAPSHOT")],
      );
    });

    it("restore what carries the tag, beside the originals and under their key", () => {
      const common = {
        iamRoleArn: "Role/backup-tests#arn",
        validationWindowHours: 4,
        protectedResourceConditions: {
          stringEquals: [{ key: "aws:ResourceTag/backup-plan", value: "streamflix-backup-prod" }],
        },
      };
      const aurora = {
        ...common,
        name: "database",
        protectedResourceType: "Aurora",
        restoreMetadataOverrides: {
          dbSubnetGroupName: "isolated",
          vpcSecurityGroupIds: '["group-data"]',
        },
      };
      assert.deepEqual(
        ofType(all, selections).map(({ inputs }) => inputs),
        [
          { ...aurora, restoreTestingPlanName: "streamflix_continuous_prod" },
          { ...aurora, restoreTestingPlanName: "streamflix_nightly_prod" },
          {
            ...common,
            name: "files",
            restoreTestingPlanName: "streamflix_nightly_prod",
            protectedResourceType: "EFS",
            restoreMetadataOverrides: { kmsKeyId: "key-viewer-data" },
          },
        ],
      );
    });

    it("may make clusters of the tests' name and file systems, and delete nothing", () => {
      const rights = statementsOf(only(all, "RolePolicy", "backup-tests").inputs["policy"]);
      assert.deepEqual(Object.keys(rights), [
        "LookAtDatabases",
        "RestoreDatabases",
        "RestoreFiles",
        "LookAtKeys",
        "LendKeys",
      ]);
      const rds = "arn:aws:rds:eu-central-1:444455556666";
      assert.deepEqual(rights["RestoreDatabases"]?.["Resource"], [
        `${rds}:cluster:awsbackup-restore-test-*`,
        `${rds}:cluster:streamflix-*`,
        `${rds}:cluster-auto-backup:*`,
        `${rds}:cluster-pg:*`,
        `${rds}:cluster-snapshot:awsbackup:*job-*`,
        `${rds}:og:*`,
        `${rds}:subgrp:streamflix-*`,
      ]);
      assert.doesNotMatch(JSON.stringify(rights), /Delete|Modify/);
    });

    it("are of what there is: no database, no continuous backups, no files, no tests at all", async () => {
      const count = async (name: "dev" | "prod", restoreTargets: BackupArgs["restoreTargets"]) => {
        const some = await backup(name, {}, { restoreTargets });
        return [ofType(some, tests).length, ofType(some, selections).length];
      };
      const database = { ...RESTORED, isContinuous: false };
      assert.deepEqual(await count("prod", { files: FILES }), [1, 1]);
      assert.deepEqual(await count("prod", { database }), [1, 1]);
      assert.deepEqual(await count("dev", { database, files: FILES }), [0, 0]);
    });
  });

  describe("with a stack that stands by", () => {
    let copying: readonly Registered[];
    before(async () => {
      copying = await backup("dev", { "streamflix:recovery": RECOVERY });
    });

    it("copies each night's backup there, for as long", () => {
      const rules = only(copying, "Plan", "backup").inputs["rules"] as Record<string, unknown>[];
      assert.deepEqual(rules[0]?.["copyActions"], [
        { destinationVaultArn: STANDBY_VAULT, lifecycle: { deleteAfter: 30 } },
      ]);
    });

    it("has the boundary of what may carry data there, and rights on both sides", () => {
      assert.equal(only(copying, "Role", "backup").inputs["permissionsBoundary"], BOUNDARY);
      const rights = rightsOf(copying);
      const added = Object.keys(rights).filter((sid) => !(sid in rightsOf(all)));
      assert.deepEqual(added, ["TakeFromVault", "LookAtStandbyKey", "LendStandbyKey"]);
      assert.deepEqual(rights["TakeFromVault"]?.["Resource"], [
        "arn:aws:backup:eu-central-1:111122223333:backup-vault:streamflix-vault-dev",
        "arn:aws:backup:eu-central-1:111122223333:recovery-point:*",
        "arn:aws:rds:eu-central-1:111122223333:cluster-snapshot:awsbackup:*job-*",
      ]);
      assert.deepEqual(rights["FillVaults"]?.["Resource"], [
        "arn:aws:backup:eu-central-1:111122223333:backup-vault:streamflix-vault-dev",
        STANDBY_VAULT,
      ]);
      assert.deepEqual(rights["CopyAndEndSnapshots"]?.["Resource"], [
        "arn:aws:rds:eu-central-1:111122223333:cluster-snapshot:awsbackup:*job-*",
        "arn:aws:rds:eu-west-1:111122223333:cluster-snapshot:awsbackup:*job-*",
      ]);
      assert.deepEqual(rights["LendStandbyKey"], {
        Sid: "LendStandbyKey",
        Effect: "Allow",
        Action: "kms:CreateGrant",
        Resource: "arn:aws:kms:eu-west-1:111122223333:key/*",
        Condition: {
          "ForAnyValue:StringEquals": { "kms:ResourceAliases": ["alias/streamflix-backup-dev-dr"] },
          Bool: { "kms:GrantIsForAWSResource": "true" },
        },
      });
    });
  });
});
