import assert from "node:assert/strict";

import type { Props } from "../../local/account/store";
import {
  ACCOUNT,
  DataAccount,
  document,
  type Made,
  NOTHING,
  refusal,
  REGION,
  T,
} from "./data-models-account";

const BACKUP = {
  Lock: "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
  Notifications: "aws:backup/vaultNotifications:VaultNotifications",
  Plan: "aws:backup/plan:Plan",
  Policy: "aws:backup/vaultPolicy:VaultPolicy",
  Selection: "aws:backup/selection:Selection",
  Vault: "aws:backup/vault:Vault",
} as const;
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/backup`;
const TOPIC_ARN = `arn:aws:sns:${REGION}:${ACCOUNT}:warnings`;

const vault = (data: DataAccount, changes: Props = {}) =>
  data.make(BACKUP.Vault, { name: "vault", ...changes });
const named = { backupVaultName: "vault" };

async function lock(data: DataAccount, changes: Props = {}): Promise<Made> {
  await vault(data);
  return data.make(BACKUP.Lock, { ...named, ...changes });
}

/** A plan with one rule into a vault that is there. */
async function plan(data: DataAccount, rule: Props = {}): Promise<Made> {
  if (data.accounts.find(ACCOUNT, REGION, BACKUP.Vault, "vault") === undefined) await vault(data);
  return data.make(BACKUP.Plan, {
    name: "nightly",
    rules: [{ ruleName: "daily", targetVaultName: "vault", schedule: "cron(0 2 * * ? *)", ...rule }],
  });
}

const ELSEWHERE = "eu-west-1";
const COPIES = `arn:aws:backup:${ELSEWHERE}:${ACCOUNT}:backup-vault:vault`;
const copyOf = (lifecycle: Props) => ({ copyActions: [{ destinationVaultArn: COPIES, lifecycle }] });
const stackElsewhere = (data: DataAccount) =>
  data.make(T.Vpc, { region: ELSEWHERE, cidrBlock: "10.1.0.0/16" });

/** A stack in another region, with a locked vault. */
async function vaultElsewhere(data: DataAccount): Promise<void> {
  const region = ELSEWHERE;
  await stackElsewhere(data);
  await data.make(BACKUP.Vault, { name: "vault", region });
  await data.make(BACKUP.Lock, { ...named, region, minRetentionDays: 7, maxRetentionDays: 35 });
}

interface Choice {
  readonly service?: string;
  readonly action?: string;
  readonly inputs?: Props;
}

async function selection(data: DataAccount, { service, action, inputs }: Choice = {}): Promise<Made> {
  const { id } = await plan(data);
  const role = await data.role(service ?? "backup.amazonaws.com", "backup");
  const policy = document({ Action: action ?? "tag:GetResources", Resource: "*" });
  await data.make(T.RolePolicy, { name: "backup", role: "backup", policy });
  return data.make(BACKUP.Selection, {
    name: "tagged",
    planId: id,
    iamRoleArn: role,
    resources: ["*"],
    ...inputs,
  });
}

async function notifications(data: DataAccount, inputs: Props = {}, publisher = "backup.amazonaws.com") {
  await vault(data);
  const topic = await data.make(T.Topic, { name: "warnings" });
  await data.make("aws:sns/topicPolicy:TopicPolicy", {
    arn: topic.id,
    policy: document({ Principal: { Service: publisher }, Action: "sns:Publish", Resource: topic.id }),
  });
  return data.make(BACKUP.Notifications, {
    ...named,
    snsTopicArn: topic.id,
    backupVaultEvents: ["COPY_JOB_FAILED"],
    ...inputs,
  });
}

const invalid = (problem: string) => `InvalidParameterValueException: ${problem}`;

const CASES: readonly (readonly [string, string, (data: DataAccount) => Promise<unknown>])[] = [
  [
    "a vault with a name of one character",
    'name: expected 2 to 50 letters, digits, hyphens and underscores, got "v"',
    (data) => vault(data, { name: "v" }),
  ],
  [
    "a second vault of a name",
    "AlreadyExistsException: Backup vault with the same name already exists: vault",
    async (data) => {
      await vault(data);
      await vault(data);
    },
  ],
  [
    "a vault under a key that AWS Backup can't use",
    `KMSKeyNotAccessibleFault: The policy of arn:aws:kms:${REGION}:${ACCOUNT}:key/# does not allow kms:CreateGrant, kms:Decrypt, kms:GenerateDataKey to account ${ACCOUNT} through backup`,
    async (data) => vault(data, { kmsKeyArn: await data.key([]) }),
  ],
  [
    "a lock of a vault that is not there",
    `Vault.NotFound: Vault "vault" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => data.make(BACKUP.Lock, named),
  ],
  [
    "two days of grace",
    "changeableForDays: expected to be in the range (3 - 36500), got 2",
    (data) => lock(data, { changeableForDays: 2 }),
  ],
  [
    "a lock whose end is before its beginning",
    invalid("Max retention days has to be greater than or equal to min retention days"),
    (data) => lock(data, { minRetentionDays: 30, maxRetentionDays: 7 }),
  ],
  [
    "a lock for no day",
    invalid("Retention days has to be between 1 and 36500"),
    (data) => lock(data, { minRetentionDays: 0 }),
  ],
  [
    "to take off a lock of mode compliance",
    "InvalidRequestException: Vault vault is locked in compliance mode: here its days of grace count as over.",
    async (data) => data.delete(await lock(data, { changeableForDays: 3 })),
  ],
  [
    "a rule with a blank in its name",
    'rules[0].ruleName: expected 1 to 50 letters, digits and _.-, got "every day"',
    (data) => plan(data, { ruleName: "every day" }),
  ],
  [
    "a rule into a vault that is not there",
    `Vault.NotFound: Vault "other" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => plan(data, { targetVaultName: "other" }),
  ],
  [
    "a schedule of five fields",
    invalid("Invalid schedule expression: cron(0 2 * * ?)"),
    (data) => plan(data, { schedule: "cron(0 2 * * ?)" }),
  ],
  [
    "half an hour to begin",
    invalid("Start window has to be 60 minutes or more."),
    (data) => plan(data, { startWindow: 30 }),
  ],
  [
    "no time between begin and end",
    invalid("Completion window has to be at least 60 minutes longer than the start window."),
    (data) => plan(data, { startWindow: 60, completionWindow: 119 }),
  ],
  [
    "a month in cold storage",
    invalid("DeleteAfterDays has to be 90 days after MoveToColdStorageAfterDays."),
    (data) => plan(data, { lifecycle: { coldStorageAfter: 1, deleteAfter: 31 } }),
  ],
  [
    "the same of a copy",
    invalid("DeleteAfterDays has to be 90 days after MoveToColdStorageAfterDays."),
    (data) =>
      plan(data, {
        copyActions: [
          {
            destinationVaultArn: `arn:aws:backup:${REGION}:${ACCOUNT}:backup-vault:vault`,
            lifecycle: { coldStorageAfter: 1, deleteAfter: 90 },
          },
        ],
      }),
  ],
  [
    "a copy to a vault that the stack there does not have",
    `Vault.NotFound: Vault "${COPIES}" does not exist in account ${ACCOUNT}, ${ELSEWHERE}`,
    async (data) => {
      await stackElsewhere(data);
      await plan(data, copyOf({}));
    },
  ],
  [
    "a copy that goes before the lock of its vault lets it",
    invalid("The vault's lock keeps backups for 7 days at least, not for 6."),
    async (data) => {
      await vaultElsewhere(data);
      await plan(data, copyOf({ deleteAfter: 6 }));
    },
  ],
  [
    "a copy that stays for longer than the lock of its vault lets it",
    invalid("The vault's lock keeps backups for 35 days at most."),
    async (data) => {
      await vaultElsewhere(data);
      await plan(data, copyOf({ deleteAfter: 36 }));
    },
  ],
  [
    "continuous backups of 36 days",
    invalid("Continuous backups are kept for 1 to 35 days."),
    (data) => plan(data, { enableContinuousBackup: true, lifecycle: { deleteAfter: 36 } }),
  ],
  [
    "continuous backups for ever",
    invalid("Continuous backups are kept for 1 to 35 days."),
    (data) => plan(data, { enableContinuousBackup: true }),
  ],
  [
    "less than the vault's lock demands",
    invalid("The vault's lock keeps backups for 7 days at least, not for 6."),
    async (data) => {
      await lock(data, { minRetentionDays: 7 });
      await plan(data, { lifecycle: { deleteAfter: 6 } });
    },
  ],
  [
    "more than the vault's lock lets be",
    invalid("The vault's lock keeps backups for 35 days at most."),
    async (data) => {
      await lock(data, { maxRetentionDays: 35 });
      await plan(data, {});
    },
  ],
  [
    "a role that AWS Backup can't take",
    `AccessDenied: backup.amazonaws.com may not assume ${ROLE_ARN}: its trust policy does not name it`,
    (data) => selection(data, { service: "rds.amazonaws.com" }),
  ],
  [
    "a role that may not look for tags",
    invalid(`IAM Role ${ROLE_ARN} is not authorized to call tag:GetResources`),
    (data) => selection(data, { action: "tag:GetTagKeys" }),
  ],
  [
    "a selection of nothing",
    invalid("Resources or tags have to be given."),
    (data) => selection(data, { inputs: { resources: undefined } }),
  ],
  [
    "a condition on something else than a tag",
    invalid("Invalid condition key: backup-plan"),
    (data) =>
      selection(data, {
        inputs: { conditions: [{ stringEquals: [{ key: "backup-plan", value: "nightly" }] }] },
      }),
  ],
  [
    "a tag that is compared in another way",
    "type: expected one of STRINGEQUALS, got STRINGLIKE",
    (data) => selection(data, { inputs: { selectionTags: [{ type: "STRINGLIKE", key: "a", value: "b" }] } }),
  ],
  [
    "a second selection of a name",
    "AlreadyExistsException: Backup selection tagged already exists in the plan.",
    async (data) => data.make(BACKUP.Selection, (await selection(data)).inputs),
  ],
  [
    "an event that a vault no longer sends",
    "backupVaultEvents: expected one of BACKUP_JOB_COMPLETED, BACKUP_JOB_STARTED, CONTINUOUS_BACKUP_INTERRUPTED, COPY_JOB_FAILED, COPY_JOB_STARTED, COPY_JOB_SUCCESSFUL, RECOVERY_POINT_MODIFIED, RESTORE_JOB_COMPLETED, RESTORE_JOB_STARTED, S3_BACKUP_OBJECT_FAILED, S3_RESTORE_OBJECT_FAILED, got BACKUP_JOB_FAILED",
    (data) => notifications(data, { backupVaultEvents: ["BACKUP_JOB_FAILED"] }),
  ],
  [
    "a topic that is not there",
    `Topic.NotFound: Topic "${TOPIC_ARN}-2" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => notifications(data, { snsTopicArn: `${TOPIC_ARN}-2` }),
  ],
  [
    "a topic that does not admit the vault",
    `AccessDeniedException: The policy of ${TOPIC_ARN} does not let backup.amazonaws.com publish.`,
    (data) => notifications(data, {}, "events.amazonaws.com"),
  ],
];

describe("models: backup", () => {
  for (const [what, answer, attempt] of CASES) {
    it(`refuse ${what}`, async () => {
      assert.equal(await refusal(() => attempt(new DataAccount())), answer);
    });
  }

  it("take what is right, with the provider's defaults", async () => {
    const data = new DataAccount();
    const made = await vault(data, { kmsKeyArn: await data.key() });
    assert.deepEqual(
      [made.id, made.outputs["arn"], made.outputs["forceDestroy"], made.outputs["recoveryPoints"]],
      ["vault", `arn:aws:backup:${REGION}:${ACCOUNT}:backup-vault:vault`, false, 0],
    );
    const lockOfIt = await data.make(BACKUP.Lock, { ...named, minRetentionDays: 7, maxRetentionDays: 35 });
    await data.make(BACKUP.Policy, {
      ...named,
      policy: { Statement: { Effect: "Deny", Principal: "*", Action: "backup:*", Resource: "*" } },
    });
    const { outputs } = await plan(data, { lifecycle: { deleteAfter: 30 } });
    assert.match(String(outputs["arn"]), new RegExp(`^arn:aws:backup:${REGION}:${ACCOUNT}:backup-plan:`));
    assert.equal(await refusal(() => data.delete(lockOfIt)), NOTHING);
    assert.equal(await refusal(() => notifications(new DataAccount())), NOTHING);
  });

  it("take copies to a vault that takes them, and to a region in which no stack was deployed here", async () => {
    const data = new DataAccount();
    await vaultElsewhere(data);
    for (const account of [data, new DataAccount()]) {
      assert.equal(await refusal(() => plan(account, copyOf({ deleteAfter: 35 }))), NOTHING);
    }
  });

  it("keep a plan as long as something is selected for it", async () => {
    const data = new DataAccount();
    const chosen = await selection(data, {
      inputs: { conditions: [{ stringEquals: [{ key: "aws:ResourceTag/plan", value: "nightly" }] }] },
    });
    const [stored] = data.accounts.listType(ACCOUNT, REGION, BACKUP.Plan);
    assert.ok(stored);
    const its = { type: BACKUP.Plan, id: stored.id, inputs: stored.inputs, outputs: stored.inputs };
    assert.equal(
      await refusal(() => data.delete(its)),
      `DependencyViolation: Plan # has dependent objects and cannot be deleted: #`,
    );
    await data.delete(chosen);
    assert.equal(await refusal(() => data.delete(its)), NOTHING);
  });

  it("keep a vault with backups in it, unless it is to go with them", async () => {
    const data = new DataAccount();
    for (const [forceDestroy, answer] of [
      [false, "InvalidRequestException: Backup vault cannot be deleted because it contains recovery points."],
      [true, NOTHING],
    ] as const) {
      const made = await vault(data, { name: `vault-${String(forceDestroy)}`, forceDestroy });
      const stored = data.stored(made);
      assert.ok(stored);
      data.accounts.replace({ ...stored, computed: { ...stored.computed, recoveryPoints: 2 } });
      assert.equal(await refusal(() => data.delete(made)), answer);
    }
  });
});
