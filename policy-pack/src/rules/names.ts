import { bad, good, propertyRule } from "../engine/demand";
import { isFalse, isLeftOut, isOneOf, orLeftOut } from "../engine/must";
import { isNoSecretName } from "../engine/secret-name";
import { texts } from "../engine/setting";

/** Certificates are proven by name and renew by themselves. */
export const certificateRenews = propertyRule({
  id: "certificate-renews",
  title: "Certificates are proven by DNS, with a strong key and without a private key of ours",
  severity: "high",
  type: "aws:acm/certificate:Certificate",
  refs: {
    checkov: ["CKV_AWS_233", "CKV_AWS_234"],
    securityHub: ["ACM.1", "ACM.2"],
    prowler: ["acm_certificates_with_secure_key_algorithms", "acm_certificates_transparency_logs_enabled"],
  },
  gdpr: ["32(1)(a)", "32(1)(b)"],
  rationale:
    "A certificate that somebody has to renew by hand expires; a private key in the program is known to many.",
  remediation: "set validationMethod to DNS, and leave keyAlgorithm, privateKey and options away",
  demands: [
    { finding: "proof", at: "validationMethod", must: isOneOf(["DNS"]) },
    {
      finding: "weak-key",
      at: "keyAlgorithm",
      must: orLeftOut(isOneOf(["RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1"])),
    },
    { finding: "private-key", at: "privateKey", must: isLeftOut },
    {
      finding: "not-logged",
      at: "options?.certificateTransparencyLoggingPreference",
      must: orLeftOut(isOneOf(["ENABLED"])),
    },
    { finding: "export", at: "options?.export", must: orLeftOut(isOneOf(["DISABLED"])) },
  ],
  examples: {
    good: { validationMethod: "DNS" },
    pass: [good("elliptic key", { keyAlgorithm: "EC_prime256v1" })],
    fail: [
      bad("by mail", { validationMethod: "EMAIL" }, "proof"),
      bad("weak key", { keyAlgorithm: "RSA_1024" }, "weak-key"),
      bad("key of ours", { privateKey: "x" }, "private-key"),
      bad(
        "kept out of the public logs",
        { options: { certificateTransparencyLoggingPreference: "DISABLED" } },
        "not-logged",
      ),
      bad("key can be exported", { options: { export: "ENABLED" } }, "export"),
    ],
    unknown: ["validationMethod", "keyAlgorithm", "privateKey"],
  },
});

interface HealthConfig {
  readonly regions: readonly string[];
}

/** What decides on a failover is measured at home. */
export const healthCheckAtHome = propertyRule<HealthConfig>({
  id: "health-check-at-home",
  title: "Health checks of the domain look at an alarm of the region, not at the API from around the world",
  severity: "high",
  type: "aws:route53/healthCheck:HealthCheck",
  refs: {},
  gdpr: ["5(1)(f)", "44"],
  rationale: "AWS's checkers call from other continents, and what they see leaves the Union.",
  remediation:
    "set type to CLOUDWATCH_METRIC or CALCULATED, and cloudwatchAlarmRegion to the region of the alarm",
  configSchema: { regions: texts("Regions of alarms.", ["eu-central-1"]) },
  demands: [
    {
      finding: "checkers",
      at: "type",
      must: isOneOf(["CLOUDWATCH_METRIC", "CALCULATED", "RECOVERY_CONTROL"]),
    },
    { finding: "region", at: "cloudwatchAlarmRegion", must: ({ regions }) => orLeftOut(isOneOf(regions)) },
    { finding: "silence", at: "insufficientDataHealthStatus", must: orLeftOut(isOneOf(["Unhealthy"])) },
    { finding: "inverted", at: "invertHealthcheck", must: orLeftOut(isFalse) },
  ],
  examples: {
    good: {
      type: "CLOUDWATCH_METRIC",
      cloudwatchAlarmRegion: "eu-central-1",
      insufficientDataHealthStatus: "Unhealthy",
    },
    pass: [good("made of others", { type: "CALCULATED", cloudwatchAlarmRegion: null })],
    fail: [
      bad("from around the world", { type: "HTTPS" }, "checkers"),
      bad("an alarm elsewhere", { cloudwatchAlarmRegion: "us-east-1" }, "region"),
      bad("silence is health", { insufficientDataHealthStatus: "LastKnownStatus" }, "silence"),
      bad("failure is health", { invertHealthcheck: true }, "inverted"),
    ],
    unknown: ["type", "cloudwatchAlarmRegion"],
  },
});

/** Parameters are for settings; secrets have a place of their own. */
export const parameterNoSecret = propertyRule({
  id: "parameter-no-secret",
  title: "Parameters hold settings, not secrets",
  severity: "high",
  type: "aws:ssm/parameter:Parameter",
  refs: { checkov: ["CKV_AWS_337"], prowler: ["ssm_document_secrets"] },
  gdpr: ["32(1)(a)"],
  rationale:
    "A parameter is neither rotated nor guarded by a policy of its own, and its value lands in the state.",
  remediation: "keep the secret in Secrets Manager and write its ARN into the parameter",
  demands: [
    { finding: "secret", at: "name", must: isNoSecretName },
    { finding: "kind", at: "type", must: isOneOf(["String", "StringList"]) },
    { finding: "value", at: "value", must: isLeftOut },
  ],
  examples: {
    good: { name: "/streamflix/dev/database/service-secret-arn", type: "String", insecureValue: "x" },
    fail: [
      bad("password", { name: "/streamflix/dev/database/password" }, "secret"),
      bad("encrypted, but not rotated", { type: "SecureString" }, "kind"),
      bad("value that Pulumi takes for a secret", { value: "x" }, "value"),
    ],
    unknown: ["name", "type", "value"],
  },
});
