import type * as aws from "@pulumi/aws";

/**
 * Trust policy for API Gateway. It has no condition on the source: AWS documents none for roles that API Gateway
 * assumes, and a role can be handed to it by this account only.
 */
export function gatewayTrust(): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  };
}
