/**
 * The game days' part of the list in `aws-needs.ts`.
 *
 * Left out, since AWS takes the request without them: targets, which are looked for when an experiment starts, and what
 * the role may do.
 */
import type { Need } from "./aws-edges";

export const GAME_DAY_NEEDS: Readonly<Record<string, readonly Need[]>> = {
  "aws:fis/experimentTemplate:ExperimentTemplate": [
    {
      property: "roleArn",
      types: ["aws:iam/role:Role"],
      by: "arn",
      reason: "CreateExperimentTemplate takes RoleArn",
    },
    {
      property: "stopConditions.value",
      types: ["aws:cloudwatch/metricAlarm:MetricAlarm"],
      by: "arn",
      reason: "CreateExperimentTemplate takes StopConditions, and refuses an alarm that is not there",
    },
  ],
};
