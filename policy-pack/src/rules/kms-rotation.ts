import { one, UNKNOWN } from "../engine/example";
import type { Resource } from "../engine/resource";
import { defineRule, type Finding } from "../engine/rule";

const KEY = "aws:kms/key:Key";

// AWS accepts 90 to 2560 days; a year is the longest that the platform's data classes allow.
const MIN_ROTATION_DAYS = 90;
const MAX_ROTATION_DAYS = 365;

/** Symmetric keys rotate at least once a year. */
export const kmsRotation = defineRule({
  id: "kms-rotation",
  title: "Symmetric KMS keys rotate by themselves at least once a year",
  severity: "high",
  scope: "resource",
  types: {
    [KEY]: [
      "customerMasterKeySpec",
      "keyUsage",
      "customKeyStoreId",
      "enableKeyRotation",
      "rotationPeriodInDays",
    ],
  },
  refs: {
    checkov: ["CKV_AWS_7"],
    securityHub: ["KMS.4"],
    cdkNag: ["AwsSolutions-KMS5"],
    prowler: ["kms_cmk_rotation_enabled"],
  },
  gdpr: ["32(1)(a)"],
  rationale: "Rotation bounds how much data one leaked key version opens.",
  remediation: "set enableKeyRotation to true and leave rotationPeriodInDays unset, or set it to 365",
  configSchema: {},
  examples: {
    pass: [
      one("rotation on", KEY, { enableKeyRotation: true }),
      one("spelt-out symmetric key", KEY, {
        enableKeyRotation: true,
        customerMasterKeySpec: "SYMMETRIC_DEFAULT",
        keyUsage: "ENCRYPT_DECRYPT",
        rotationPeriodInDays: 365,
      }),
      one("shortest period", KEY, { enableKeyRotation: true, rotationPeriodInDays: 90 }),
      one("rotation on, kind of key unknown", KEY, { enableKeyRotation: true, keyUsage: UNKNOWN }),
    ],
    fail: [
      one("rotation left at its default", KEY, {}, { findings: ["off"] }),
      one("null is off", KEY, { enableKeyRotation: null }, { findings: ["off"] }),
      one("rotation off", KEY, { enableKeyRotation: false }, { findings: ["off"] }),
      one(
        "too seldom",
        KEY,
        { enableKeyRotation: true, rotationPeriodInDays: 366 },
        { findings: ["period"] },
      ),
      one("too often", KEY, { enableKeyRotation: true, rotationPeriodInDays: 89 }, { findings: ["period"] }),
    ],
    unknown: [
      one("switch unknown", KEY, { enableKeyRotation: UNKNOWN }, { findings: ["unknown"] }),
      one(
        "period unknown",
        KEY,
        { enableKeyRotation: true, rotationPeriodInDays: UNKNOWN },
        { findings: ["unknown"] },
      ),
      one("off, kind of key unknown", KEY, { customerMasterKeySpec: UNKNOWN }, { findings: ["unknown"] }),
    ],
    notApplicable: [
      one("asymmetric key", KEY, { customerMasterKeySpec: "RSA_4096", keyUsage: "SIGN_VERIFY" }),
      one("HMAC key", KEY, { customerMasterKeySpec: "HMAC_256", keyUsage: "GENERATE_VERIFY_MAC" }),
      one("key in a custom key store", KEY, { customKeyStoreId: "cks-1234567890abcdef0" }),
      one("another type", "aws:kms/alias:Alias", {}),
    ],
  },
  check: ({ resource, notApplicable }) => {
    const { props } = resource;
    const spec = props.string("customerMasterKeySpec");
    const usage = props.string("keyUsage");
    const store = props.string("customKeyStoreId");
    if (
      (spec.kind === "known" && spec.value !== "SYMMETRIC_DEFAULT") ||
      (usage.kind === "known" && usage.value !== "ENCRYPT_DECRYPT") ||
      store.kind === "known"
    ) {
      return notApplicable("AWS rotates only symmetric encryption keys outside custom key stores");
    }
    const enabled = props.boolean("enableKeyRotation");
    const isRotating = enabled.kind === "known" && enabled.value;
    if (!isRotating) {
      const isSettled =
        enabled.kind !== "unknown" && ![spec, usage, store].some(({ kind }) => kind === "unknown");
      return isSettled
        ? [{ id: "off", status: "fail", problem: "enableKeyRotation is not true", allowed: "Allowed: true" }]
        : [
            {
              id: "unknown",
              status: "indeterminate",
              problem: "enableKeyRotation or the kind of key is not known yet",
            },
          ];
    }
    return judgePeriod(resource);
  },
});

function judgePeriod({ props }: Resource): readonly Finding[] {
  const period = props.number("rotationPeriodInDays");
  if (period.kind === "unknown") {
    return [{ id: "unknown", status: "indeterminate", problem: "rotationPeriodInDays is not known yet" }];
  }
  if (period.kind === "absent" || (period.value >= MIN_ROTATION_DAYS && period.value <= MAX_ROTATION_DAYS)) {
    return [];
  }
  const problem = `rotationPeriodInDays is ${period.value}`;
  return [
    {
      id: "period",
      status: "fail",
      problem,
      allowed: `Allowed: unset, or ${MIN_ROTATION_DAYS} to ${MAX_ROTATION_DAYS}`,
    },
  ];
}
