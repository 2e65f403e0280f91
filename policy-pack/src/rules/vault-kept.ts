import { type ExampleProps, type ExampleValue, one, UNKNOWN } from "../engine/example";
import { fail, notKnownYet } from "../engine/judge";
import { covers, readPolicyDocument, type Statement } from "../engine/policy-document";
import { defineRule } from "../engine/rule";
import { flag } from "../engine/setting";

const VAULT_POLICY = "aws:backup/vaultPolicy:VaultPolicy";

/** What ends a backup before its plan does. */
const ENDS = [
  "backup:DeleteRecoveryPoint",
  "backup:DisassociateRecoveryPoint",
  "backup:UpdateRecoveryPointLifecycle",
];

interface KeptConfig {
  readonly mayBeDeleted: boolean;
}

const refusal = { Effect: "Deny", Principal: "*", Action: ENDS, Resource: "*" };
const document = (...statements: readonly ExampleValue[]): ExampleProps => ({
  policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
});
const example = (title: string, statement: ExampleValue, ...findings: readonly string[]) =>
  one(title, VAULT_POLICY, document(statement), { findings });

/** Whoever takes the administrator's role still can't take the backups away. */
export const vaultKept = defineRule<KeptConfig>({
  id: "vault-kept",
  title: "Policies of backup vaults refuse everybody to end a backup before its plan does",
  severity: "high",
  scope: "resource",
  types: { [VAULT_POLICY]: ["policy"] },
  refs: { aws: ["backup-recovery-point-manual-deletion-disabled"] },
  gdpr: ["32(1)(b)", "32(1)(c)"],
  rationale:
    "Who encrypts the data to blackmail its owner deletes the backups first, with rights that they stole.",
  remediation: `deny ${ENDS.join(", ")} to \`*\`, without a condition`,
  configSchema: { mayBeDeleted: flag("Whether backups may be deleted by hand.", false) },
  examples: {
    pass: [
      example("refused to all", refusal),
      example("all that deletes", {
        ...refusal,
        Action: ["backup:D*RecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
      }),
      example("everything but reading", {
        Effect: "Deny",
        Principal: "*",
        NotAction: "backup:Describe*",
        Resource: "*",
      }),
      one("deletable by configuration", VAULT_POLICY, document(), { config: { mayBeDeleted: true } }),
    ],
    fail: [
      example("nothing is refused", { ...refusal, Effect: "Allow" }, "deletable", "deletable", "deletable"),
      example(
        "refused to one role",
        { ...refusal, Principal: { AWS: "111122223333" } },
        ...ENDS.map(() => "deletable"),
      ),
      example("one way left open", { ...refusal, Action: ENDS.slice(0, 2) }, "deletable"),
      example(
        "refused without a second factor alone",
        { ...refusal, Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } } },
        ...ENDS.map(() => "deletable"),
      ),
      example(
        "of other vaults",
        { ...refusal, Resource: "arn:aws:backup:eu-central-1:111122223333:x" },
        ...ENDS.map(() => "deletable"),
      ),
      one("not a policy", VAULT_POLICY, { policy: "{" }, { findings: ["malformed"] }),
      one("no policy", VAULT_POLICY, {}, { findings: ["malformed"] }),
    ],
    unknown: [
      one("document unknown", VAULT_POLICY, { policy: UNKNOWN }, { findings: ["unknown"] }),
      one(
        "the statement unknown",
        VAULT_POLICY,
        { policy: { Statement: [{ ...refusal, Resource: UNKNOWN }] } },
        { findings: ["unknown"] },
      ),
    ],
    notApplicable: [one("another type", "aws:backup/plan:Plan", {})],
  },
  check: ({ resource, config }) => {
    if (config.mayBeDeleted) {
      return [];
    }
    const found = readPolicyDocument(resource.props.raw("policy"), "policy");
    if (found.kind === "unknown") {
      return [notKnownYet("policy")];
    }
    if (found.kind !== "known") {
      return [
        fail(
          "malformed",
          "policy can't be read as a policy document",
          "Allowed: JSON with a list of statements",
        ),
      ];
    }
    const { statements, unknownPaths } = found.value;
    const open = ENDS.filter((action) => !statements.some((statement) => refusesAll(statement, action)));
    return open.length > 0 && unknownPaths.length > 0
      ? unknownPaths.map((path) => notKnownYet(path))
      : open.map((action) =>
          fail("deletable", `policy lets ${action} be called`, "Required: a refusal for all"),
        );
  },
});

function refusesAll(statement: Statement, action: string): boolean {
  const { allows, principals, resources, conditions } = statement;
  return (
    !allows &&
    principals.some(({ kind }) => kind === "*") &&
    resources.includes("*") &&
    conditions.length === 0 &&
    covers(statement, action)
  );
}
