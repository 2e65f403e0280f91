import { bad, good, propertyRule } from "../engine/demand";
import { isCustomerKey, isGiven, isOff, isOneOf, isTrue } from "../engine/must";
import { flag } from "../engine/setting";

const kmsKey = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

interface RegistryConfig {
  readonly scanOnPush: boolean;
}

/** Images are what was pushed, and known for what they hold. */
export const repositoryProtected = propertyRule<RegistryConfig>({
  id: "repository-protected",
  title: "ECR repositories are encrypted with a customer-managed key, scanned and immutable",
  severity: "high",
  type: "aws:ecr/repository:Repository",
  refs: {
    checkov: ["CKV_AWS_51", "CKV_AWS_136", "CKV_AWS_163"],
    securityHub: ["ECR.1", "ECR.2"],
    cdkNag: ["AwsSolutions-ECR1"],
    prowler: ["ecr_repositories_scan_images_on_push_enabled", "ecr_repositories_tag_immutability"],
  },
  gdpr: ["32(1)(a)", "32(1)(b)"],
  rationale:
    "A tag that moves runs what nobody tested; an image that nobody scanned carries what is known to be weak.",
  remediation:
    "set imageTagMutability to IMMUTABLE, imageScanningConfiguration.scanOnPush to true and an encryption configuration of type KMS with a key of ours",
  configSchema: {
    scanOnPush: flag("Whether the repository itself scans; false where the registry does.", true),
  },
  demands: [
    {
      finding: "mutable",
      at: "imageTagMutability",
      must: isOneOf(["IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"]),
    },
    {
      finding: "not-scanned",
      at: "imageScanningConfiguration.scanOnPush",
      must: ({ scanOnPush }) => (scanOnPush ? isTrue : undefined),
    },
    { finding: "not-encrypted", at: "encryptionConfigurations", must: isGiven },
    {
      finding: "key-type",
      at: "encryptionConfigurations[].encryptionType",
      must: isOneOf(["KMS", "KMS_DSSE"]),
    },
    { finding: "no-key", at: "encryptionConfigurations[].kmsKey", must: isCustomerKey },
    { finding: "force-delete", at: "forceDelete", must: isOff },
  ],
  examples: {
    good: {
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey }],
    },
    pass: [
      good("the registry scans", { imageScanningConfiguration: null }, { scanOnPush: false }),
      good("tags that may move by name", { imageTagMutability: "IMMUTABLE_WITH_EXCLUSION" }),
    ],
    fail: [
      bad("mutable", { imageTagMutability: "MUTABLE" }, "mutable"),
      bad("AWS's default", { imageTagMutability: null }, "mutable"),
      bad("not scanned", { imageScanningConfiguration: null }, "not-scanned"),
      bad("AWS's own encryption", { encryptionConfigurations: null }, "not-encrypted"),
      bad("AES", { "encryptionConfigurations[0].encryptionType": "AES256" }, "key-type"),
      bad("AWS's own key", { "encryptionConfigurations[0].kmsKey": null }, "no-key"),
      bad("goes with its images", { forceDelete: true }, "force-delete"),
    ],
    unknown: ["imageTagMutability", "imageScanningConfiguration.scanOnPush", "forceDelete"],
    made: ["encryptionConfigurations[0].kmsKey"],
  },
});

/** Repositories that ECR makes by itself are as its template says. */
export const repositoryTemplate = propertyRule({
  id: "repository-template-encrypted",
  title: "Repositories that ECR makes by itself are encrypted with a customer-managed key",
  severity: "high",
  type: "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
  refs: { checkov: ["CKV_AWS_136"] },
  gdpr: ["32(1)(a)"],
  rationale: "A copy of an image holds the same as the image, and nobody sees the repository being made.",
  remediation: "give the template an encryption configuration of type KMS with a key of ours",
  demands: [
    { finding: "not-encrypted", at: "encryptionConfigurations", must: isGiven },
    {
      finding: "key-type",
      at: "encryptionConfigurations[].encryptionType",
      must: isOneOf(["KMS", "KMS_DSSE"]),
    },
    { finding: "no-key", at: "encryptionConfigurations[].kmsKey", must: isCustomerKey },
  ],
  examples: {
    good: { encryptionConfigurations: [{ encryptionType: "KMS", kmsKey }] },
    fail: [
      bad("AWS's own encryption", { encryptionConfigurations: null }, "not-encrypted"),
      bad("AES", { "encryptionConfigurations[0].encryptionType": "AES256" }, "key-type"),
      bad("AWS's own key", { "encryptionConfigurations[0].kmsKey": null }, "no-key"),
    ],
    unknown: ["encryptionConfigurations[0].encryptionType"],
    made: ["encryptionConfigurations[0].kmsKey"],
  },
});
