import type { Props } from "../../../account/store";
import { inRange, oneOf, shaped } from "../checks";
import { requireKeyGrant, requireKeyUse } from "../key-grants";
import { AwsError, type Model } from "../model";
import { requireTrust, roleAllows } from "../policy-documents";
import { hexOf, mapOf, mapsOf, strings, stringsAt, text, type World } from "../world";
import { isUntried } from "../preparation";
import { planProblems, requireKept, requireLifecycle } from "./backup-rules";
import { publishGrants, TOPIC } from "./sns";

export const VAULT = "aws:backup/vault:Vault";
const LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration";
const PLAN = "aws:backup/plan:Plan";

/** Principal of AWS Backup. */
const BACKUP = "backup.amazonaws.com";

/** Events that a vault still tells of; AWS takes those of single outcomes of backups too, and never sends them. */
const EVENTS = [
  "BACKUP_JOB_COMPLETED",
  "BACKUP_JOB_STARTED",
  "CONTINUOUS_BACKUP_INTERRUPTED",
  "COPY_JOB_FAILED",
  "COPY_JOB_STARTED",
  "COPY_JOB_SUCCESSFUL",
  "RECOVERY_POINT_MODIFIED",
  "RESTORE_JOB_COMPLETED",
  "RESTORE_JOB_STARTED",
  "S3_BACKUP_OBJECT_FAILED",
  "S3_RESTORE_OBJECT_FAILED",
];

const ofVault = { types: [VAULT], by: "id" } as const;

const vault: Model = {
  type: VAULT,
  source: "internal/service/backup/vault.go",
  forceNew: ["kmsKeyArn", "name"],
  kept: ["kmsKeyArn"],
  autoName: "name",
  seconds: 2,
  taggable: true,
  computed: ["arn", "recoveryPoints"],
  defaults: { forceDestroy: false },
  check: (inputs) =>
    shaped(inputs, "name", /^[\w-]{2,50}$/, "2 to 50 letters, digits, hyphens and underscores"),
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `AlreadyExistsException: Backup vault with the same name already exists: ${text(inputs, "name")}`,
  }),
  verify: (inputs, world) => {
    if (typeof inputs["kmsKeyArn"] === "string") requireKeyUse(world, inputs["kmsKeyArn"], "backup");
  },
  make: (inputs, world) => {
    const name = text(inputs, "name");
    return { id: name, computed: { arn: world.arn("backup", `backup-vault:${name}`), recoveryPoints: 0 } };
  },
  beforeDelete: ({ inputs, computed }) => {
    if (inputs["forceDestroy"] !== true && Number(computed["recoveryPoints"]) > 0) {
      throw new AwsError(
        "InvalidRequestException",
        "Backup vault cannot be deleted because it contains recovery points.",
      );
    }
  },
};

const vaultPolicy: Model = {
  type: "aws:backup/vaultPolicy:VaultPolicy",
  source: "internal/service/backup/vault_policy.go",
  forceNew: ["backupVaultName"],
  seconds: 1,
  taggable: false,
  computed: ["backupVaultArn"],
  references: { backupVaultName: ofVault },
  documents: [{ property: "policy", kind: "resource" }],
  make: (inputs, world) => ofNamedVault(inputs, world),
};

const vaultLock: Model = {
  type: LOCK,
  source: "internal/service/backup/vault_lock_configuration.go",
  forceNew: ["backupVaultName", "changeableForDays", "maxRetentionDays", "minRetentionDays"],
  seconds: 1,
  taggable: false,
  computed: ["backupVaultArn"],
  references: { backupVaultName: ofVault },
  check: (inputs) => inRange(inputs, "changeableForDays", 3, 36_500),
  verify: (inputs) => {
    const least = inputs["minRetentionDays"];
    const most = inputs["maxRetentionDays"];
    for (const days of [least, most]) {
      if (typeof days === "number" && (days < 1 || days > 36_500)) {
        throw new AwsError("InvalidParameterValueException", "Retention days has to be between 1 and 36500");
      }
    }
    if (typeof least === "number" && typeof most === "number" && least > most) {
      throw new AwsError(
        "InvalidParameterValueException",
        "Max retention days has to be greater than or equal to min retention days",
      );
    }
  },
  make: (inputs, world) => ofNamedVault(inputs, world),
  beforeDelete: ({ inputs }) => {
    if (typeof inputs["changeableForDays"] === "number") {
      throw new AwsError(
        "InvalidRequestException",
        `Vault ${text(inputs, "backupVaultName")} is locked in compliance mode: here its days of grace count as over.`,
      );
    }
  },
};

const vaultNotifications: Model = {
  type: "aws:backup/vaultNotifications:VaultNotifications",
  source: "internal/service/backup/vault_notifications.go",
  forceNew: ["backupVaultEvents", "backupVaultName", "snsTopicArn"],
  seconds: 1,
  taggable: false,
  computed: ["backupVaultArn"],
  references: { backupVaultName: ofVault },
  check: (inputs) => oneOf(inputs, "backupVaultEvents", EVENTS),
  verify: (inputs, world) => {
    requireTopic(world, text(inputs, "snsTopicArn"));
  },
  make: (inputs, world) => ofNamedVault(inputs, world),
};

const plan: Model = {
  type: PLAN,
  source: "internal/service/backup/plan.go",
  forceNew: ["name"],
  autoName: "name",
  seconds: 2,
  taggable: true,
  computed: ["arn", "version"],
  check: planProblems,
  verify: (inputs, world) => {
    for (const rule of mapsOf(inputs["rules"])) {
      const target = world.need(ofVault, text(rule, "targetVaultName"));
      requireLifecycle(rule, lockOf(world, target.id));
      for (const copy of mapsOf(rule["copyActions"])) requireCopy(copy, world);
    }
  },
  make: (inputs, world, name) => {
    const id = uuid(`${world.place.account}/${name}/${text(inputs, "name")}`);
    return {
      id,
      computed: { arn: world.arn("backup", `backup-plan:${id}`), version: hexOf(JSON.stringify(inputs), 32) },
    };
  },
  keptWhileReferenced: true,
};

const selection: Model = {
  type: "aws:backup/selection:Selection",
  source: "internal/service/backup/selection.go",
  forceNew: ["conditions", "iamRoleArn", "name", "notResources", "planId", "resources", "selectionTags"],
  kept: ["conditions", "notResources"],
  autoName: "name",
  seconds: 3,
  taggable: false,
  computed: [],
  references: { planId: { types: [PLAN], by: "id" } },
  check: (inputs) => [
    ...shaped(inputs, "name", /^[\w.-]{1,50}$/, "1 to 50 letters, digits and _.-"),
    ...mapsOf(inputs["selectionTags"]).flatMap((tag) => oneOf(tag, "type", ["STRINGEQUALS"])),
  ],
  unique: (inputs) => ({
    claim: `${text(inputs, "planId")}/${text(inputs, "name")}`,
    taken: `AlreadyExistsException: Backup selection ${text(inputs, "name")} already exists in the plan.`,
  }),
  verify: verifySelection,
  make: (inputs) => ({ id: uuid(`${text(inputs, "planId")}/${text(inputs, "name")}`), computed: {} }),
  importId: (inputs, id) => `${text(inputs, "planId")}|${id}`,
};

export const backupModels: readonly Model[] = [
  vault,
  vaultPolicy,
  vaultLock,
  vaultNotifications,
  plan,
  selection,
];

function ofNamedVault(inputs: Props, world: World) {
  const name = text(inputs, "backupVaultName");
  const { computed } = world.need(ofVault, name);
  return { id: name, computed: { backupVaultArn: computed["arn"] } };
}

function lockOf(world: World, vaultName: string): Props {
  return world.all(LOCK).find(({ inputs }) => inputs["backupVaultName"] === vaultName)?.inputs ?? {};
}

/** A copy to a vault that is not there, or whose lock refuses it, fails every night, and AWS says so in the job only. */
function requireCopy(copy: Props, world: World): void {
  const arn = text(copy, "destinationVaultArn");
  const [, , , region = "", account = ""] = arn.split(":");
  if (account !== world.place.account || isUntried(region, world)) return;
  const there = world.in(region);
  const target = there.need({ types: [VAULT], by: "arn" }, arn);
  requireKept(mapOf(copy["lifecycle"]), lockOf(there, target.id));
}

/** AWS would take a topic that refuses what the vault tells, and lose it. */
function requireTopic(world: World, arn: string): void {
  const topic = world.need({ types: [TOPIC], by: "arn" }, arn);
  if (publishGrants(world, arn, BACKUP).length === 0) {
    throw new AwsError("AccessDeniedException", `The policy of ${arn} does not let ${BACKUP} publish.`);
  }
  const key = topic.inputs["kmsMasterKeyId"];
  if (typeof key === "string") {
    requireKeyGrant(world, key, BACKUP, { "aws:sourceaccount": world.place.account });
  }
}

/** AWS looks whether it can take the role and ask for tags; whether the role can back up, only the jobs show. */
function verifySelection(inputs: Props, world: World): void {
  const role = text(inputs, "iamRoleArn");
  requireTrust(world, role, BACKUP);
  if (!roleAllows(world, role, "tag:GetResources", "*")) {
    throw new AwsError(
      "InvalidParameterValueException",
      `IAM Role ${role} is not authorized to call tag:GetResources`,
    );
  }
  const conditions = mapsOf(inputs["conditions"]).flatMap((it) => Object.values(it));
  if (strings(inputs["resources"]).length === 0 && mapsOf(inputs["selectionTags"]).length === 0) {
    throw new AwsError("InvalidParameterValueException", "Resources or tags have to be given.");
  }
  for (const key of stringsAt(conditions.flat(), "key")) {
    if (!key.startsWith("aws:ResourceTag/")) {
      throw new AwsError("InvalidParameterValueException", `Invalid condition key: ${key}`);
    }
  }
}

function uuid(seed: string): string {
  return hexOf(seed, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
