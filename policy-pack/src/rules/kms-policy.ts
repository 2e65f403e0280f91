import { one, UNKNOWN } from "../engine/example";
import { isAnyone, isHeldToAccounts, readPolicyDocument } from "../engine/policy-document";
import { defineRule, type Finding } from "../engine/rule";

const KEY = "aws:kms/key:Key";
const KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy";

const account = "111122223333";
const root = { AWS: `arn:aws:iam::${account}:root` };
const statement = (principal: string | Readonly<Record<string, string | readonly string[]>>, rest = {}) => ({
  Effect: "Allow",
  Principal: principal,
  Action: "kms:*",
  Resource: "*",
  ...rest,
});
const keyPolicy = (...statements: readonly unknown[]) => ({
  policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
});
const held = (operator: string, key: string, value: string) => ({
  Condition: { [operator]: { [key]: value } },
});
const publicFinding = { findings: ["anyone"] };

/** Key policies name whom they open the key to. */
export const kmsPolicyNotPublic = defineRule({
  id: "kms-policy-not-public",
  title: "KMS key policies open keys to named accounts only",
  severity: "critical",
  scope: "resource",
  types: {
    [KEY]: ["policy"],
    [KEY_POLICY]: ["policy"],
    "aws:kms/replicaKey:ReplicaKey": ["policy"],
    "aws:kms/externalKey:ExternalKey": ["policy"],
    "aws:kms/replicaExternalKey:ReplicaExternalKey": ["policy"],
  },
  refs: { checkov: ["CKV_AWS_33"], securityHub: ["KMS.5"], prowler: ["kms_key_not_publicly_accessible"] },
  gdpr: ["25", "32(1)(a)"],
  rationale: "Whoever may use the key may read what it encrypts, so a public key policy undoes encryption.",
  remediation:
    "name the account or role as the principal, or add StringEquals on kms:CallerAccount, aws:PrincipalAccount, aws:SourceAccount or aws:PrincipalOrgID with exact values",
  configSchema: {},
  examples: {
    pass: [
      one("AWS's default policy", KEY, {}),
      one("own account", KEY, keyPolicy(statement(root))),
      one("a service", KEY, keyPolicy(statement({ Service: "logs.eu-central-1.amazonaws.com" }))),
      one("12-digit account id", KEY_POLICY, keyPolicy(statement({ AWS: [account] }))),
      one(
        "pattern of AWS managed keys",
        KEY,
        keyPolicy(statement({ AWS: "*" }, held("StringEquals", "kms:CallerAccount", account))),
      ),
      one(
        "one organization",
        KEY,
        keyPolicy(statement("*", held("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"))),
      ),
      one(
        "condition key in other case",
        KEY,
        keyPolicy(statement("*", held("stringequals", "AWS:principalaccount", account))),
      ),
      one("denied to everyone", KEY, keyPolicy(statement(root), statement("*", { Effect: "Deny" }))),
      one("statement outside a list, document as object", KEY, { policy: { Statement: statement(root) } }),
    ],
    fail: [
      one("star", KEY, keyPolicy(statement("*")), publicFinding),
      one("star under AWS", KEY, keyPolicy(statement({ AWS: "*" })), publicFinding),
      one(
        "star in a list",
        KEY,
        keyPolicy(statement({ AWS: [`arn:aws:iam::${account}:root`, "*"] })),
        publicFinding,
      ),
      one("root of any account", KEY, keyPolicy(statement({ AWS: "arn:aws:iam::*:root" })), publicFinding),
      one("any service", KEY, keyPolicy(statement({ Service: "*" })), publicFinding),
      one(
        "everyone but one",
        KEY,
        keyPolicy({ Effect: "Allow", NotPrincipal: root, Action: "kms:*" }),
        publicFinding,
      ),
      one(
        "condition with a wildcard",
        KEY,
        keyPolicy(statement("*", held("StringLike", "kms:CallerAccount", "*"))),
        publicFinding,
      ),
      one(
        "condition that a missing key meets",
        KEY,
        keyPolicy(statement("*", held("StringEqualsIfExists", "kms:CallerAccount", account))),
        publicFinding,
      ),
      one(
        "condition without a value",
        KEY,
        keyPolicy(statement("*", { Condition: { StringEquals: { "kms:CallerAccount": [] } } })),
        publicFinding,
      ),
      one(
        "condition on something else",
        KEY,
        keyPolicy(statement("*", held("Bool", "aws:SecureTransport", "true"))),
        publicFinding,
      ),
      one(
        "condition that compares a variable with itself",
        KEY,
        keyPolicy(statement("*", held("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}"))),
        publicFinding,
      ),
      one(
        "separate policy, document as object",
        KEY_POLICY,
        { policy: { Statement: [statement("*")] } },
        publicFinding,
      ),
      one("two bad statements", KEY, keyPolicy(statement("*"), statement({ AWS: "*" })), {
        findings: ["anyone", "anyone"],
      }),
      one("not a policy", KEY, { policy: "{" }, { findings: ["malformed"] }),
      one("statement of another shape", KEY, { policy: { Statement: ["x"] } }, { findings: ["malformed"] }),
    ],
    unknown: [
      one("document unknown", KEY, { policy: UNKNOWN }, { findings: ["unknown"] }),
      one("statements unknown", KEY, { policy: { Statement: UNKNOWN } }, { findings: ["unknown"] }),
      one(
        "one statement unknown, another public",
        KEY,
        { policy: { Statement: [statement("*"), { Effect: "Allow", Principal: { AWS: UNKNOWN } }] } },
        { findings: ["anyone", "unknown"] },
      ),
    ],
    notApplicable: [one("another type", "aws:kms/alias:Alias", {})],
  },
  check: ({ resource }) => {
    const document = readPolicyDocument(resource.props.raw("policy"), "policy");
    switch (document.kind) {
      case "absent":
        return [];
      case "unknown":
        return [{ id: "unknown", status: "indeterminate", problem: "policy is not known yet" }];
      case "malformed":
        return [
          {
            id: "malformed",
            status: "fail",
            problem: "policy can't be read as a policy document",
            allowed: "Allowed: JSON with a list of statements",
            mend: "build the document with JSON.stringify or pulumi.jsonStringify",
          },
        ];
      case "known":
        return [
          ...document.value.statements
            .filter((entry) => entry.allows && entry.principals.some(isAnyone) && !isHeldToAccounts(entry))
            .map(({ path }): Finding => ({
              id: "anyone",
              status: "fail",
              problem: `${path} lets any AWS account use the key`,
              allowed:
                "Allowed: named accounts, roles and services, or a condition that holds callers to named accounts",
            })),
          ...document.value.unknownPaths.map((path): Finding => ({
            id: "unknown",
            status: "indeterminate",
            problem: `${path} is not known yet`,
          })),
        ];
    }
  },
});
