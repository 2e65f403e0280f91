import assert from "node:assert/strict";

import type { Props } from "../../local/account/store";
import { ACCOUNT, DataAccount, type Made, NOTHING, refusal, REGION, T } from "./data-models-account";

const PLAN = "aws:backup/restoreTestingPlan:RestoreTestingPlan";
const SELECTION = "aws:backup/restoreTestingSelection:RestoreTestingSelection";
const VAULT_ARN = `arn:aws:backup:${REGION}:${ACCOUNT}:backup-vault:vault`;

const newest = (changes: Props = {}) => ({
  algorithm: "LATEST_WITHIN_WINDOW",
  includeVaults: [VAULT_ARN],
  recoveryPointTypes: ["SNAPSHOT"],
  selectionWindowDays: 7,
  ...changes,
});

async function plan(data: DataAccount, changes: Props = {}): Promise<Made> {
  const { accounts } = data;
  if (accounts.find(ACCOUNT, REGION, "aws:backup/vault:Vault", "vault") === undefined) {
    await data.make("aws:backup/vault:Vault", { name: "vault" });
  }
  return data.make(PLAN, {
    name: "weekly",
    scheduleExpression: "cron(0 9 ? * MON *)",
    recoveryPointSelection: newest(),
    ...changes,
  });
}

async function selection(data: DataAccount, changes: Props = {}, service = "backup.amazonaws.com") {
  const { id } = await plan(data);
  await data.make(T.DbSubnetGroup, { name: "isolated", subnetIds: (await data.network()).subnetIds });
  return data.make(SELECTION, {
    name: "database",
    restoreTestingPlanName: id,
    iamRoleArn: await data.role(service, "restore"),
    protectedResourceType: "Aurora",
    protectedResourceConditions: { stringEquals: [{ key: "aws:ResourceTag/plan", value: "nightly" }] },
    restoreMetadataOverrides: { dbSubnetGroupName: "isolated" },
    ...changes,
  });
}

const CASES: readonly (readonly [string, string, (data: DataAccount) => Promise<unknown>])[] = [
  [
    "a plan with a hyphen in its name",
    'name: expected 1 to 50 letters, digits and underscores, got "every-week"',
    (data) => plan(data, { name: "every-week" }),
  ],
  [
    "a second plan of a name",
    "AlreadyExistsException: Restore testing plan weekly already exists.",
    async (data) => {
      await plan(data);
      await plan(data);
    },
  ],
  [
    "a schedule of five fields",
    "InvalidParameterValueException: Invalid schedule expression: cron(0 9 ? * MON)",
    (data) => plan(data, { scheduleExpression: "cron(0 9 ? * MON)" }),
  ],
  [
    "a week to begin",
    "startWindowHours: expected to be in the range (1 - 168), got 169",
    (data) => plan(data, { startWindowHours: 169 }),
  ],
  [
    "the oldest backup",
    "recoveryPointSelection.algorithm: expected one of LATEST_WITHIN_WINDOW, RANDOM_WITHIN_WINDOW, got OLDEST",
    (data) => plan(data, { recoveryPointSelection: newest({ algorithm: "OLDEST" }) }),
  ],
  [
    "backups of another kind",
    "recoveryPointSelection.recoveryPointTypes: expected one of CONTINUOUS, SNAPSHOT, got PITR",
    (data) => plan(data, { recoveryPointSelection: newest({ recoveryPointTypes: ["PITR"] }) }),
  ],
  [
    "backups of more than a year",
    "recoveryPointSelection.selectionWindowDays: expected to be in the range (1 - 365), got 366",
    (data) => plan(data, { recoveryPointSelection: newest({ selectionWindowDays: 366 }) }),
  ],
  [
    "a vault that is not there",
    `Vault.NotFound: Vault "${VAULT_ARN}-2" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => plan(data, { recoveryPointSelection: newest({ includeVaults: [`${VAULT_ARN}-2`] }) }),
  ],
  [
    "a kind that can't be restored here",
    "protectedResourceType: expected one of Aurora, EFS, got Timestream",
    (data) => selection(data, { protectedResourceType: "Timestream" }),
  ],
  [
    "a selection of nothing",
    "protectedResourceArns: exactly one of protectedResourceArns, protectedResourceConditions must be set",
    (data) => selection(data, { protectedResourceConditions: undefined }),
  ],
  [
    "a selection by ARN and by tag",
    "protectedResourceArns: exactly one of protectedResourceArns, protectedResourceConditions must be set",
    (data) => selection(data, { protectedResourceArns: ["*"] }),
  ],
  [
    "no time to look",
    "validationWindowHours: expected to be in the range (1 - 168), got 0",
    (data) => selection(data, { validationWindowHours: 0 }),
  ],
  [
    "a role that AWS Backup can't take",
    `AccessDenied: backup.amazonaws.com may not assume arn:aws:iam::${ACCOUNT}:role/restore: its trust policy does not name it`,
    (data) => selection(data, {}, "rds.amazonaws.com"),
  ],
  [
    "an override that AWS Backup doesn't know",
    "InvalidParameterValueException: instanceclass can't be overridden for Aurora.",
    (data) =>
      selection(data, { restoreMetadataOverrides: { dbSubnetGroupName: "isolated", instanceClass: "x" } }),
  ],
  [
    "a subnet group that is not there",
    `SubnetGroup.NotFound: SubnetGroup "public" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => selection(data, { restoreMetadataOverrides: { dbSubnetGroupName: "public" } }),
  ],
  [
    "the default VPC",
    "NotSimulated: a test of Aurora without dbSubnetGroupName restores to the default VPC",
    (data) => selection(data, { restoreMetadataOverrides: {} }),
  ],
  [
    "a condition on something else than a tag",
    "InvalidParameterValueException: Invalid condition key: plan",
    (data) =>
      selection(data, { protectedResourceConditions: { stringEquals: [{ key: "plan", value: "nightly" }] } }),
  ],
  [
    "a second selection of a name",
    "AlreadyExistsException: Restore testing selection database already exists.",
    async (data) => data.make(SELECTION, (await selection(data)).inputs),
  ],
];

describe("models: restore tests", () => {
  for (const [what, answer, attempt] of CASES) {
    it(`refuse ${what}`, async () => {
      assert.equal(await refusal(() => attempt(new DataAccount())), answer);
    });
  }

  it("take what is right; a plan stays as long as something is selected for it", async () => {
    const data = new DataAccount();
    const chosen = await selection(data);
    assert.equal(chosen.id, "database:weekly");
    const stored = data.accounts.find(ACCOUNT, REGION, PLAN, "weekly");
    assert.ok(stored);
    assert.match(String(stored.computed["arn"]), /:restore-testing-plan:weekly$/);
    const weekly = { type: PLAN, id: "weekly", inputs: stored.inputs, outputs: stored.inputs };
    assert.equal(
      await refusal(() => data.delete(weekly)),
      "DependencyViolation: RestoreTestingPlan weekly has dependent objects and cannot be deleted: database:weekly",
    );
    await data.delete(chosen);
    assert.equal(await refusal(() => data.delete(weekly)), NOTHING);
  });
});
