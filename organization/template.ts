/** A resource of a CloudFormation template. */
export interface TemplateResource {
  readonly Type: string;
  readonly DeletionPolicy?: "Retain";
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** Kinds of findings that cost by what is watched, and nothing where there is nothing to watch. */
const DETECTED = [
  "EBS_MALWARE_PROTECTION",
  "EKS_AUDIT_LOGS",
  "LAMBDA_NETWORK_LOGS",
  "RDS_LOGIN_EVENTS",
  "S3_DATA_EVENTS",
];

/**
 * What an account without a stack of the platform is watched by, in each region; CloudFormation knows of these two what
 * an account needs. The block on public buckets, roles for people and the trail are not among its types, or belong to
 * the organization as a whole.
 */
export const BASELINE: Readonly<Record<string, TemplateResource>> = {
  AccessAnalyzer: {
    Type: "AWS::AccessAnalyzer::Analyzer",
    Properties: { AnalyzerName: "streamflix-baseline", Type: "ACCOUNT" },
  },
  ThreatDetector: {
    Type: "AWS::GuardDuty::Detector",
    // Findings go with their detector.
    DeletionPolicy: "Retain",
    Properties: {
      Enable: true,
      FindingPublishingFrequency: "FIFTEEN_MINUTES",
      Features: [
        ...DETECTED.map((Name) => ({ Name, Status: "ENABLED" })),
        // It puts an agent on every machine: the account's own decision.
        { Name: "RUNTIME_MONITORING", Status: "DISABLED" },
      ],
    },
  },
};

/** The text of the template. */
export function baselineTemplate(): string {
  return JSON.stringify({
    AWSTemplateFormatVersion: "2010-09-09",
    Description: "What every account without a stack of StreamFlix's platform is watched by",
    Resources: BASELINE,
  });
}
