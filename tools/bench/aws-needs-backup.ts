/**
 * Backup's part of the list in `aws-needs.ts`.
 *
 * Left out, since AWS takes the request without them: what a selection's tags and patterns stand for, the vaults that
 * copies go to, the vaults and groups of restore tests, and what the role may do besides looking for tags.
 */
import type { Need } from "./aws-edges";

const VAULT = ["aws:backup/vault:Vault"];

const ofVault = (call: string): Need => ({
  property: "backupVaultName",
  types: VAULT,
  reason: `${call} takes BackupVaultName; ResourceNotFoundException without it`,
});

export const BACKUP_NEEDS: Readonly<Record<string, readonly Need[]>> = {
  "aws:backup/vault:Vault": [
    {
      property: "kmsKeyArn",
      types: ["aws:kms/key:Key"],
      by: "arn",
      reason: "CreateBackupVault takes EncryptionKeyArn",
    },
  ],
  "aws:backup/vaultPolicy:VaultPolicy": [ofVault("PutBackupVaultAccessPolicy")],
  "aws:backup/vaultLockConfiguration:VaultLockConfiguration": [ofVault("PutBackupVaultLockConfiguration")],
  "aws:backup/vaultNotifications:VaultNotifications": [
    ofVault("PutBackupVaultNotifications"),
    {
      property: "snsTopicArn",
      types: ["aws:sns/topic:Topic"],
      by: "arn",
      reason: "PutBackupVaultNotifications takes SNSTopicArn",
    },
  ],
  "aws:backup/plan:Plan": [
    {
      property: "rules.targetVaultName",
      types: VAULT,
      reason: "CreateBackupPlan takes TargetBackupVaultName, and refuses one that is not there",
    },
  ],
  "aws:backup/restoreTestingPlan:RestoreTestingPlan": [],
  "aws:backup/restoreTestingSelection:RestoreTestingSelection": [
    {
      property: "restoreTestingPlanName",
      types: ["aws:backup/restoreTestingPlan:RestoreTestingPlan"],
      reason: "CreateRestoreTestingSelection takes RestoreTestingPlanName",
    },
    {
      property: "iamRoleArn",
      types: ["aws:iam/role:Role"],
      by: "arn",
      reason: "CreateRestoreTestingSelection takes IamRoleArn, which AWS Backup has to be able to assume",
    },
  ],
  "aws:sfn/stateMachine:StateMachine": [
    {
      property: "roleArn",
      types: ["aws:iam/role:Role"],
      by: "arn",
      reason: "CreateStateMachine takes RoleArn, which Step Functions has to be able to assume",
    },
    {
      property: "encryptionConfiguration.kmsKeyId",
      types: ["aws:kms/key:Key"],
      by: "arn",
      reason: "CreateStateMachine takes KmsKeyId, and encrypts the definition with it at once",
    },
  ],
  "aws:backup/selection:Selection": [
    {
      property: "planId",
      types: ["aws:backup/plan:Plan"],
      reason: "CreateBackupSelection takes BackupPlanId",
    },
    {
      property: "iamRoleArn",
      types: ["aws:iam/role:Role"],
      by: "arn",
      reason: "CreateBackupSelection takes IamRoleArn, which AWS Backup has to be able to assume",
    },
  ],
};
