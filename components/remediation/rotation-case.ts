import type { RemediationConfig } from "../../config";
import { SECRETS } from "../database/secrets";
import { functionName } from "../function-parts";
import { secretArnPattern } from "../secret";
import { type CaseParts, type CasePlace, flagStatement } from "./case-parts";

/** Rotations that failed. */
export function rotationCase(
  place: CasePlace,
  { mode, coolDownMinutes }: NonNullable<RemediationConfig["cases"]["rotation"]>,
): CaseParts {
  const { names, accountId, region } = place;
  const flag = "remediation/rotation-retries";
  const secrets = [secretArnPattern(place, SECRETS.master), secretArnPattern(place, SECRETS.service)];
  return {
    rules: [
      {
        what: "rotation",
        description: "The rotation of a secret failed",
        trigger: {
          pattern: {
            source: ["aws.secretsmanager"],
            "detail-type": ["AWS Service Event via CloudTrail"],
            detail: {
              eventSource: ["secretsmanager.amazonaws.com"],
              eventName: ["RotationFailed"],
              additionalEventData: {
                SecretId: secrets.map((pattern) => ({ prefix: pattern.replace(/\*$/, "") })),
              },
            },
          },
        },
      },
    ],
    statements: [
      {
        Sid: "SeeSecrets",
        Effect: "Allow",
        Action: "secretsmanager:DescribeSecret",
        Resource: secrets,
      },
      ...(mode === "dryRun"
        ? []
        : [
            {
              Sid: "StartRotation",
              Effect: "Allow" as const,
              Action: "secretsmanager:RotateSecret",
              Resource: secrets,
            },
            // Secrets Manager asks this of whoever starts a rotation.
            {
              Sid: "InvokeRotation",
              Effect: "Allow" as const,
              Action: "lambda:InvokeFunction",
              Resource: `arn:aws:lambda:${region}:${accountId}:function:${functionName(names, "rotation")}`,
            },
          ]),
      flagStatement("RotationRetries", place, flag, mode),
    ],
    settings: {
      rotation: { mode, coolDownMinutes, parameter: names.fixed("ssmParameter", flag) },
    },
    flag,
  };
}
