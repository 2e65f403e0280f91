import { bad, good, propertyRule } from "../engine/demand";
import { fail, notKnownYet } from "../engine/judge";
import { isCustomerKey, isGiven, isNotOff, isOneOf, isTrue, orLeftOut } from "../engine/must";
import { placesAt } from "../engine/path";
import { flag } from "../engine/setting";

const kmsKeyId = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const dataEvents = { fieldSelectors: [{ field: "eventCategory", equals: ["Data"] }] };

interface TrailConfig {
  readonly dataEvents: boolean;
  readonly multiRegion: boolean;
}

/** Who did what is written down, where nobody can change it. */
export const trailComplete = propertyRule<TrailConfig>({
  id: "trail-complete",
  title: "CloudTrail records every region and reads of data, validated and under a customer-managed key",
  severity: "critical",
  type: "aws:cloudtrail/trail:Trail",
  refs: {
    checkov: ["CKV_AWS_35", "CKV_AWS_36", "CKV_AWS_67", "CKV_AWS_251", "CKV2_AWS_10"],
    securityHub: ["CloudTrail.1", "CloudTrail.2", "CloudTrail.4", "CloudTrail.5"],
    cdkNag: [
      "CloudTrailEncryptionEnabled",
      "CloudTrailLogFileValidationEnabled",
      "CloudTrailCloudWatchLogsEnabled",
    ],
    prowler: [
      "cloudtrail_kms_encryption_enabled",
      "cloudtrail_log_file_validation_enabled",
      "cloudtrail_multi_region_enabled",
      "cloudtrail_s3_dataevents_read_enabled",
    ],
  },
  gdpr: ["5(1)(f)", "30", "32(1)(d)", "33"],
  rationale: "Without the trail nobody can say after an incident whose data was read, or that none was.",
  remediation:
    "set kmsKeyId, enableLogFileValidation, isMultiRegionTrail, cloudWatchLogsGroupArn and a selector of data events",
  configSchema: {
    dataEvents: flag("Whether reads and writes of data have to be recorded.", true),
    multiRegion: flag("Whether the trail has to record every region.", true),
  },
  demands: [
    { finding: "no-key", at: "kmsKeyId", must: isCustomerKey },
    { finding: "not-validated", at: "enableLogFileValidation", must: isTrue },
    {
      finding: "one-region",
      at: "isMultiRegionTrail",
      must: ({ multiRegion }) => (multiRegion ? isTrue : undefined),
    },
    { finding: "no-log-group", at: "cloudWatchLogsGroupArn", must: isGiven },
    { finding: "stopped", at: "enableLogging", must: isNotOff },
    { finding: "no-global-events", at: "includeGlobalServiceEvents", must: isNotOff },
  ],
  also: {
    reads: ["advancedEventSelectors", "eventSelectors"],
    judge: (props, config) => {
      const places = [
        ...placesAt(props, "advancedEventSelectors[].fieldSelectors[].equals[]"),
        ...placesAt(props, "eventSelectors[].dataResources[].type"),
      ];
      const isThere = places.some(
        ({ path, kind, raw }) => kind === "known" && (raw === "Data" || path.startsWith("eventSelectors")),
      );
      if (!config.dataEvents || isThere) {
        return [];
      }
      return places.some(({ kind }) => kind === "unknown")
        ? [notKnownYet("advancedEventSelectors")]
        : [fail("no-data-events", "the trail has no selector of data events", "Required: one")];
    },
  },
  examples: {
    good: {
      kmsKeyId,
      enableLogFileValidation: true,
      isMultiRegionTrail: true,
      cloudWatchLogsGroupArn: "x",
      advancedEventSelectors: [dataEvents],
    },
    pass: [
      good("older selectors", {
        advancedEventSelectors: null,
        eventSelectors: [{ dataResources: [{ type: "x" }] }],
      }),
      good(
        "less by configuration",
        { advancedEventSelectors: null, isMultiRegionTrail: false },
        {
          dataEvents: false,
          multiRegion: false,
        },
      ),
    ],
    fail: [
      bad("no key", { kmsKeyId: null }, "no-key"),
      bad("not validated", { enableLogFileValidation: null }, "not-validated"),
      bad("one region", { isMultiRegionTrail: null }, "one-region"),
      bad("no log group", { cloudWatchLogsGroupArn: null }, "no-log-group"),
      bad("stopped", { enableLogging: false }, "stopped"),
      bad("no sign-ins", { includeGlobalServiceEvents: false }, "no-global-events"),
      bad("management events only", { advancedEventSelectors: null }, "no-data-events"),
    ],
    unknown: ["enableLogFileValidation", "isMultiRegionTrail", "enableLogging", "advancedEventSelectors"],
    made: ["kmsKeyId", "cloudWatchLogsGroupArn"],
  },
});

/** The detector detects. */
export const detectorOn = propertyRule({
  id: "detector-on",
  title: "GuardDuty's detector is switched on",
  severity: "high",
  type: "aws:guardduty/detector:Detector",
  refs: { checkov: ["CKV_AWS_238"], securityHub: ["GuardDuty.1"], prowler: ["guardduty_is_enabled"] },
  gdpr: ["32(1)(d)", "33"],
  rationale: "It sees what no rule of ours looks for: credentials used from elsewhere, data that goes out.",
  remediation: "leave enable away, or set it to true",
  demands: [{ finding: "off", at: "enable", must: isNotOff }],
  examples: {
    good: {},
    pass: [good("spelt out", { enable: true })],
    fail: [bad("off", { enable: false }, "off")],
    unknown: ["enable"],
  },
});

/** What is recorded is recorded for all, and goes on. */
export const recorderOn = propertyRule({
  id: "recorder-on",
  title: "AWS Config's recorder is started",
  severity: "high",
  type: "aws:cfg/recorderStatus:RecorderStatus",
  refs: {
    checkov: ["CKV2_AWS_45"],
    securityHub: ["Config.1"],
    prowler: ["config_recorder_all_regions_enabled"],
  },
  gdpr: ["30", "32(1)(d)"],
  rationale: "A recorder is made stopped; what changed while it was is never known.",
  remediation: "set isEnabled to true",
  demands: [{ finding: "stopped", at: "isEnabled", must: isTrue }],
  examples: {
    good: { isEnabled: true },
    fail: [bad("stopped", { isEnabled: false }, "stopped")],
    unknown: ["isEnabled"],
  },
});

/** The analyzer says what is open to others. */
export const analyzerKind = propertyRule({
  id: "analyzer-kind",
  title: "Access Analyzer looks at what is open to other accounts",
  severity: "medium",
  type: "aws:accessanalyzer/analyzer:Analyzer",
  refs: { securityHub: ["IAM.28"], prowler: ["accessanalyzer_enabled"] },
  gdpr: ["25", "32(1)(d)"],
  rationale: "It proves what a policy opens, where a rule can only read it.",
  remediation: "set type to ACCOUNT or ORGANIZATION",
  demands: [{ finding: "kind", at: "type", must: orLeftOut(isOneOf(["ACCOUNT", "ORGANIZATION"])) }],
  examples: {
    good: { type: "ACCOUNT" },
    pass: [good("AWS's default", { type: null })],
    fail: [bad("unused rights only", { type: "ACCOUNT_UNUSED_ACCESS" }, "kind")],
    unknown: ["type"],
  },
});
