import type * as aws from "@pulumi/aws";

/** Whose tokens are taken: those of GitHub's workflows. */
export const ISSUER = "token.actions.githubusercontent.com";
/** What the tokens are for. */
export const AUDIENCE = "sts.amazonaws.com";

/**
 * Trust policy for the runs of one environment of one repository. GitHub writes a run's environment into its token in
 * place of the branch, so which branches may come is a setting of the environment there.
 */
export function workflowTrust(
  accountId: string,
  run: { readonly repository: string; readonly environment: string },
): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${accountId}:oidc-provider/${ISSUER}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${ISSUER}:aud`]: AUDIENCE,
            [`${ISSUER}:sub`]: `repo:${run.repository}:environment:${run.environment}`,
          },
        },
      },
    ],
  };
}
