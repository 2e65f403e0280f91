import assert from "node:assert/strict";

import type { Props } from "../../local/account/store";
import { models } from "../../local/providers/aws/catalog";
import { DataAccount, type Made, NOTHING, refusal } from "./data-models-account";
import { T } from "./organization-types";

type Attempt = (account: DataAccount) => Promise<unknown>;

/** What can't change on an existing object, `region` apart, as the Terraform provider has it. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  [T.Attachment]: ["policyId", "targetId"],
  [T.Instances]: ["stackSetName"],
  [T.Policy]: ["type"],
  [T.StackSet]: ["autoDeployment", "name"],
};

const UNIT = "ou-s7fx-platform0";
const policy = (it: DataAccount, changes: Props = {}, name = "a"): Promise<Made> =>
  it.make(T.Policy, { name, content: JSON.stringify({ Statement: [] }), ...changes }, name);
const attach = (it: DataAccount, { id }: Made, targetId = UNIT, name = id): Promise<Made> =>
  it.make(T.Attachment, { policyId: id, targetId }, name);

const TEMPLATE = { Resources: { A: { Type: "AWS::AccessAnalyzer::Analyzer" } } };
const MANAGED = {
  permissionModel: "SERVICE_MANAGED",
  autoDeployment: { enabled: true, retainStacksOnAccountRemoval: true },
};
const stackSet = (it: DataAccount, changes: Props = {}): Promise<Made> =>
  it.make(T.StackSet, { name: "baseline", templateBody: JSON.stringify(TEMPLATE), ...MANAGED, ...changes });
const instances = (it: DataAccount, changes: Props = {}): Promise<Made> =>
  it.make(T.Instances, {
    stackSetName: "baseline",
    regions: ["eu-central-1"],
    deploymentTargets: { organizationalUnitIds: [UNIT] },
    ...changes,
  });

const CASES: readonly (readonly [title: string, answer: string, attempt: Attempt])[] = [
  ["a policy, attached", NOTHING, async (it) => attach(it, await policy(it))],
  [
    "a second policy of a name",
    "DuplicatePolicyException: A policy with the same name already exists: a",
    async (it) => {
      await policy(it);
      await policy(it, { name: "a" }, "other");
    },
  ],
  [
    "a control policy that is too long",
    "ConstraintViolationException: You have exceeded the allowed policy size: 5122 characters, at most 5120",
    (it) => policy(it, { content: JSON.stringify("x".repeat(5_120)) }),
  ],
  [
    "an opt-out that is too long",
    "ConstraintViolationException: You have exceeded the allowed policy size: 2502 characters, at most 2500",
    (it) => policy(it, { type: "AISERVICES_OPT_OUT_POLICY", content: JSON.stringify("x".repeat(2_500)) }),
  ],
  [
    "a policy that is none",
    "MalformedPolicyDocumentException: The provided policy document is not valid.",
    (it) => policy(it, { content: "[]" }),
  ],
  [
    "a type of policy that AWS does not have",
    "type: expected one of AISERVICES_OPT_OUT_POLICY, BACKUP_POLICY, CHATBOT_POLICY, DECLARATIVE_POLICY_EC2, RESOURCE_CONTROL_POLICY, SERVICE_CONTROL_POLICY, TAG_POLICY, got QUOTA",
    (it) => policy(it, { type: "QUOTA" }),
  ],
  [
    "an attachment to nothing",
    'targetId: expected the id of a root, a unit or an account, got "prod"',
    async (it) => attach(it, await policy(it), "prod"),
  ],
  [
    "a fifth control policy of a unit, beside the one that AWS attached",
    "ConstraintViolationException: You have attached the maximum number of policies to the specified target.",
    async (it) => {
      for (const name of ["a", "b", "c", "d", "e"]) await attach(it, await policy(it, {}, name));
    },
  ],
  [
    "four control policies and one of another type",
    NOTHING,
    async (it) => {
      for (const name of ["a", "b", "c", "d"]) await attach(it, await policy(it, {}, name));
      await attach(it, await policy(it, { type: "TAG_POLICY" }, "e"));
    },
  ],
  [
    "the end of a policy that is attached",
    `DependencyViolation: Policy p-# has dependent objects and cannot be deleted: ${UNIT}:p-#`,
    async (it) => {
      const made = await policy(it);
      await attach(it, made);
      await it.delete(made);
    },
  ],
  [
    "a stack set for a unit",
    NOTHING,
    async (it) => {
      await stackSet(it);
      await instances(it);
    },
  ],
  [
    "a name that CloudFormation does not take",
    'name: expected a letter, then up to 127 letters, digits and hyphens, got "base_line"',
    (it) => stackSet(it, { name: "base_line" }),
  ],
  [
    "a role of the account's own in a set that AWS rolls out",
    "executionRoleName: conflicts with autoDeployment",
    (it) => stackSet(it, { executionRoleName: "role" }),
  ],
  [
    "a set that AWS rolls out without saying to whom",
    "ValidationError: You must specify AutoDeployment when PermissionModel is SERVICE_MANAGED",
    (it) => stackSet(it, { autoDeployment: undefined }),
  ],
  [
    "a template that is too long",
    "ValidationError: Template may not exceed 51200 bytes",
    (it) => stackSet(it, { templateBody: JSON.stringify({ ...TEMPLATE, Description: "x".repeat(51_200) }) }),
  ],
  [
    "a template of nothing",
    "ValidationError: At least one Resources member must be defined.",
    (it) => stackSet(it, { templateBody: "{}" }),
  ],
  [
    "a template with a role that nobody agreed to",
    "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_NAMED_IAM]",
    (it) => stackSet(it, { templateBody: JSON.stringify({ Resources: { A: { Type: "AWS::IAM::Role" } } }) }),
  ],
  [
    "accounts by themselves in a set that AWS rolls out",
    "ValidationError: StackSets with SERVICE_MANAGED permission model can only have OrganizationalUnit as target",
    async (it) => {
      await stackSet(it);
      await instances(it, { deploymentTargets: { accounts: ["111122223333"] } });
    },
  ],
  [
    "a unit that is none",
    'deploymentTargets.organizationalUnitIds: expected ids of units or a root, got "platform"',
    async (it) => {
      await stackSet(it);
      await instances(it, { deploymentTargets: { organizationalUnitIds: ["platform"] } });
    },
  ],
  [
    "the end of a set that is rolled out",
    "DependencyViolation: StackSet baseline has dependent objects and cannot be deleted: baseline,SELF,OU",
    async (it) => {
      const made = await stackSet(it);
      await instances(it);
      await it.delete(made);
    },
  ],
];

describe("models of the organization", () => {
  for (const [title, answer, attempt] of CASES) {
    it(`${answer === NOTHING ? "takes" : "refuses"} ${title}`, async () => {
      const said = await refusal(() => attempt(new DataAccount()));
      assert.equal(said.replaceAll(/p-[0-9a-f]{8}/g, "p-#"), answer);
    });
  }

  it("replace for what can't change, and for nothing else", () => {
    const account = new DataAccount();
    const properties = [
      ...new Set(Object.values(FIXED).flat()),
      "content",
      "permissionModel",
      "regions",
      "tags",
    ];
    for (const [type, fixed] of Object.entries(FIXED)) {
      const replaced = properties.filter(
        (it) => account.replaces(type, { [it]: "old" }, { [it]: "new" }).length > 0,
      );
      assert.deepEqual(replaced.sort(), fixed, type);
      assert.match(models.get(type)?.source ?? type, /^internal\/service\/[a-z]+\/[a-z_]+\.go$/);
    }
    assert.deepEqual(Object.keys(FIXED).sort(), Object.values(T).sort());
  });
});
