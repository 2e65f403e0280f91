/**
 * Monitoring's part of the list in `aws-needs.ts`.
 *
 * Left out, since AWS takes the request without them: what alarms, dashboards and saved queries look at, and topics of a
 * budget. That a composite needs its alarms is left out as its rule is one text; the bound is then too low, never too
 * high.
 */
import type { Need } from "./aws-edges";

export const MONITORING_NEEDS: Readonly<Record<string, readonly Need[]>> = {
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": [],
  "aws:cloudwatch/dashboard:Dashboard": [],
  "aws:cloudwatch/queryDefinition:QueryDefinition": [],
  "aws:s3/bucketObjectv2:BucketObjectv2": [
    {
      property: "bucket",
      types: ["aws:s3/bucket:Bucket"],
      reason: "PutObject takes Bucket; NoSuchBucket without it",
    },
  ],
  "aws:synthetics/canary:Canary": [
    {
      property: "executionRoleArn",
      types: ["aws:iam/role:Role"],
      by: "arn",
      reason: "CreateCanary takes ExecutionRoleArn, which Lambda has to be able to assume",
    },
    {
      property: "s3Bucket",
      types: ["aws:s3/bucket:Bucket"],
      reason: "CreateCanary takes Code.S3Bucket and reads the code from there",
    },
  ],
  "aws:budgets/budget:Budget": [],
  "aws:costexplorer/anomalyMonitor:AnomalyMonitor": [],
  "aws:costexplorer/anomalySubscription:AnomalySubscription": [
    {
      property: "monitorArnLists",
      types: ["aws:costexplorer/anomalyMonitor:AnomalyMonitor"],
      by: "arn",
      reason: "CreateAnomalySubscription takes MonitorArnList; UnknownMonitorException without the monitor",
    },
  ],
};
