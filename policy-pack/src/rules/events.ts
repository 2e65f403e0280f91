import { bad, propertyRule } from "../engine/demand";
import { isGiven } from "../engine/must";

/** An event that nobody could be told about is not lost. */
export const eventTargetKept = propertyRule({
  id: "event-target-kept",
  title: "Targets of event rules have a queue for what they could not be sent",
  severity: "medium",
  type: "aws:cloudwatch/eventTarget:EventTarget",
  refs: { cdkNag: ["AwsSolutions-SQS3"] },
  gdpr: ["32(1)(b)", "33"],
  rationale:
    "EventBridge gives up after a day, or as soon as the target refuses it, and tells nobody: the finding about a breach is gone.",
  remediation: "set deadLetterConfig.arn to the ARN of a queue with an alarm",
  demands: [{ finding: "lost", at: "deadLetterConfig.arn", must: isGiven }],
  examples: {
    good: { deadLetterConfig: { arn: "arn:aws:sqs:eu-central-1:111122223333:failures" } },
    fail: [bad("no queue", { deadLetterConfig: null }, "lost")],
    made: ["deadLetterConfig", "deadLetterConfig.arn"],
  },
});
