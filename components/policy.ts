import * as aws from "@pulumi/aws";

/**
 * Renders a policy document at once. KMS keys and VPC endpoints take text, and text made from known values keeps the
 * whole document readable in a preview, where one unknown would hide it from reviewers and from the policy pack.
 */
export function policyText(statements: readonly aws.iam.PolicyStatement[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [...statements],
  } satisfies aws.iam.PolicyDocument);
}

/** Trust policy for one AWS service, acting for resources of this account that match an ARN pattern. */
export function serviceTrust(
  service: string,
  accountId: string,
  sourceArnPattern: string,
): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: service },
        Action: "sts:AssumeRole",
        // Without these another account could make the service use this role for it (confused deputy).
        Condition: {
          StringEquals: { "aws:SourceAccount": accountId },
          ArnLike: { "aws:SourceArn": sourceArnPattern },
        },
      },
    ],
  };
}
