import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/**
 * Every feature of GuardDuty in the region: which are on by default differs with the age of the account, and one that is
 * taken out of a program stays as it was.
 *
 * Off are those for what the platform doesn't run (EKS, EC2), and the agent in tasks: GuardDuty would put a container into
 * each, and an endpoint into the VPC that no program knows of and that keeps the VPC from being deleted.
 */
const FEATURES = [
  { name: "S3_DATA_EVENTS", status: "ENABLED" },
  { name: "EKS_AUDIT_LOGS", status: "DISABLED" },
  { name: "EBS_MALWARE_PROTECTION", status: "DISABLED" },
  { name: "RDS_LOGIN_EVENTS", status: "ENABLED" },
  { name: "LAMBDA_NETWORK_LOGS", status: "ENABLED" },
  {
    name: "RUNTIME_MONITORING",
    status: "DISABLED",
    // In the order in which GuardDuty gives them back; in another one each preview shows a change.
    additionalConfigurations: [
      { name: "EKS_ADDON_MANAGEMENT", status: "DISABLED" },
      { name: "EC2_AGENT_MANAGEMENT", status: "DISABLED" },
      { name: "ECS_FARGATE_AGENT_MANAGEMENT", status: "DISABLED" },
    ],
  },
] as const;

/** Threat detection on the account's calls, its network, S3, sign-ins to Aurora and functions. */
export class Detection extends pulumi.ComponentResource {
  readonly detectorId: pulumi.Output<string>;

  constructor(name: string, _args: object, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:audit:Detection", name, {}, opts);
    const detector = new aws.guardduty.Detector(
      name,
      // News of what is known already; what is new comes within minutes.
      { enable: true, findingPublishingFrequency: "FIFTEEN_MINUTES" },
      { parent: this },
    );
    for (const feature of FEATURES) {
      new aws.guardduty.DetectorFeature(
        `${name}-${feature.name.toLowerCase().replaceAll("_", "-")}`,
        {
          detectorId: detector.id,
          name: feature.name,
          status: feature.status,
          ...("additionalConfigurations" in feature && {
            additionalConfigurations: feature.additionalConfigurations.map((it) => ({ ...it })),
          }),
        },
        { parent: this },
      );
    }
    this.detectorId = detector.id;
    this.registerOutputs({ detectorId: this.detectorId });
  }
}
