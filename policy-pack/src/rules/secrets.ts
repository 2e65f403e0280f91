import { bad, good, propertyRule } from "../engine/demand";
import { includes, isCustomerKey, isFalse, isLeftOut, isTrue, isWithin, orLeftOut } from "../engine/must";
import { count, flag } from "../engine/setting";

const kmsKeyId = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

interface SecretConfig {
  readonly minRecoveryDays: number;
}

/** Secrets are encrypted with a key of ours and can be had back for a while. */
export const secretProtected = propertyRule<SecretConfig>({
  id: "secret-protected",
  title: "Secrets use a customer-managed key and can be recovered after deletion",
  severity: "high",
  type: "aws:secretsmanager/secret:Secret",
  refs: {
    checkov: ["CKV_AWS_149"],
    cdkNag: ["SecretsManagerUsingKMSKey"],
    prowler: ["secretsmanager_secret_encrypted_with_cmk"],
  },
  gdpr: ["32(1)(a)", "32(1)(c)"],
  rationale:
    "AWS's own key lets every role of the account read with secretsmanager rights alone; 0 days deletes for ever.",
  remediation: "set kmsKeyId to the secrets key's ARN and recoveryWindowInDays to 30",
  configSchema: { minRecoveryDays: count("Shortest recovery window, in days.", 30, 7) },
  demands: [
    { finding: "no-key", at: "kmsKeyId", must: isCustomerKey },
    {
      finding: "recovery-days",
      at: "recoveryWindowInDays",
      must: ({ minRecoveryDays }) => orLeftOut(isWithin(minRecoveryDays, 30, "days")),
    },
  ],
  examples: {
    good: { kmsKeyId, recoveryWindowInDays: 30 },
    pass: [
      good("AWS's own 30 days", { recoveryWindowInDays: null }),
      good("shorter by configuration", { recoveryWindowInDays: 7 }, { minRecoveryDays: 7 }),
    ],
    fail: [
      bad("AWS's own key", { kmsKeyId: "alias/aws/secretsmanager" }, "no-key"),
      bad("no key", { kmsKeyId: null }, "no-key"),
      bad("gone at once", { recoveryWindowInDays: 0 }, "recovery-days"),
      bad("short window", { recoveryWindowInDays: 7 }, "recovery-days"),
    ],
    unknown: ["recoveryWindowInDays"],
    made: ["kmsKeyId"],
  },
});

/** AWS itself refuses a policy that opens a secret. */
export const secretPolicyBlocked = propertyRule({
  id: "secret-policy-blocked",
  title: "Policies of secrets are refused by AWS when they open the secret to anybody",
  severity: "high",
  type: "aws:secretsmanager/secretPolicy:SecretPolicy",
  refs: { prowler: ["secretsmanager_not_publicly_accessible"] },
  gdpr: ["25", "32(1)(b)"],
  rationale: "AWS proves what a policy opens; a rule can only read it.",
  remediation: "set blockPublicPolicy to true",
  demands: [{ finding: "not-blocked", at: "blockPublicPolicy", must: isTrue }],
  examples: {
    good: { blockPublicPolicy: true },
    fail: [
      bad("left at its default", { blockPublicPolicy: null }, "not-blocked"),
      bad("switched off", { blockPublicPolicy: false }, "not-blocked"),
    ],
    unknown: ["blockPublicPolicy"],
  },
});

interface RotationConfig {
  readonly maxDays: number;
  readonly mayRotateAtOnce: boolean;
}

/** A leaked password is soon worthless. */
export const secretRotationPeriod = propertyRule<RotationConfig>({
  id: "secret-rotation-period",
  title: "Secrets are rotated at least every three months, and not by the deployment itself",
  severity: "high",
  type: "aws:secretsmanager/secretRotation:SecretRotation",
  refs: {
    checkov: ["CKV_AWS_304"],
    securityHub: ["SecretsManager.4"],
    prowler: ["secretsmanager_secret_rotated_periodically"],
  },
  gdpr: ["32(1)(a)", "32(1)(b)"],
  rationale:
    "Nobody notices a copied password. A first rotation in the middle of a deployment fails before the database answers.",
  remediation: "set rotationRules.automaticallyAfterDays to 30 and rotateImmediately to false",
  configSchema: {
    maxDays: count("Longest time between rotations, in days.", 90, 1),
    mayRotateAtOnce: flag("Whether making the schedule may rotate at once.", false),
  },
  demands: [
    {
      finding: "days",
      at: "rotationRules.automaticallyAfterDays",
      must: ({ maxDays }) => isWithin(1, maxDays, "days"),
    },
    {
      finding: "at-once",
      at: "rotateImmediately",
      must: ({ mayRotateAtOnce }) => (mayRotateAtOnce ? undefined : isFalse),
    },
  ],
  examples: {
    good: { rotationRules: { automaticallyAfterDays: 30 }, rotateImmediately: false },
    pass: [good("at once by configuration", { rotateImmediately: true }, { mayRotateAtOnce: true })],
    fail: [
      bad("too seldom", { "rotationRules.automaticallyAfterDays": 91 }, "days"),
      bad(
        "an expression that can't be compared",
        { rotationRules: { scheduleExpression: "rate(30 days)" } },
        "days",
      ),
      bad("AWS's default is at once", { rotateImmediately: null }, "at-once"),
    ],
    unknown: ["rotationRules.automaticallyAfterDays", "rotateImmediately"],
  },
});

interface ValueConfig {
  readonly seedStage: string;
}

/** The program knows no password that is in use. */
export const secretValueSeeded = propertyRule<ValueConfig>({
  id: "secret-value-seeded",
  title: "A secret's value from the program is a seed that rotation replaces",
  severity: "high",
  type: "aws:secretsmanager/secretVersion:SecretVersion",
  refs: { checkov: ["CKV_SECRET_6"] },
  gdpr: ["25", "32(1)(a)"],
  rationale:
    "A value in the program is in its state too. A seed under a stage of its own is never written back over a rotated one.",
  remediation: "use secretStringWo, or give the version the seed's stage and let rotation replace it",
  configSchema: {
    seedStage: { type: "string", description: "Stage label of a first value.", default: "streamflix-seed" },
  },
  skip: {
    reads: ["secretString"],
    why: (props) => {
      const isGiven = props.string("secretString").kind !== "absent";
      return isGiven ? undefined : "the program gives no value that lands in the state";
    },
  },
  demands: [
    { finding: "not-a-seed", at: "versionStages", must: ({ seedStage }) => includes(seedStage) },
    { finding: "binary", at: "secretBinary", must: isLeftOut },
  ],
  examples: {
    good: { secretString: "x", versionStages: ["AWSCURRENT", "streamflix-seed"] },
    pass: [good("another stage by configuration", { versionStages: ["first"] }, { seedStage: "first" })],
    fail: [
      bad("a value that stays", { versionStages: null }, "not-a-seed"),
      bad("another stage", { versionStages: ["AWSCURRENT"] }, "not-a-seed"),
      bad("bytes", { secretBinary: "eA==" }, "binary"),
    ],
    unknown: ["versionStages", "secretBinary"],
    made: ["secretString"],
    notApplicable: [good("write-only", { secretString: null, secretStringWo: "x" })],
  },
});
