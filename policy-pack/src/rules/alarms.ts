import { bad, good, propertyRule } from "../engine/demand";
import { hasForm, isGiven, isNotOff } from "../engine/must";

/** Who is woken by an alarm is told what to do. */
export const alarmActs = propertyRule({
  id: "alarm-acts",
  title: "Alarms are switched on, say what to do and what silence means",
  severity: "medium",
  type: "aws:cloudwatch/metricAlarm:MetricAlarm",
  refs: {
    checkov: ["CKV_AWS_319"],
    securityHub: ["CloudWatch.15", "CloudWatch.17"],
    cdkNag: ["CloudWatchAlarmAction"],
    prowler: ["cloudwatch_alarm_actions_enabled", "cloudwatch_alarm_actions_alarm_state_configured"],
  },
  gdpr: ["32(1)(b)", "33"],
  rationale: "The 72 hours to report a breach start when somebody could have known.",
  remediation:
    "set alarmDescription to a sentence for the operator and treatMissingData, and leave actionsEnabled away",
  demands: [
    { finding: "switched-off", at: "actionsEnabled", must: isNotOff },
    { finding: "no-words", at: "alarmDescription", must: hasForm(/\S.*\S/, "a sentence for the operator") },
    { finding: "silence", at: "treatMissingData", must: isGiven },
  ],
  examples: {
    good: { alarmDescription: "The API fails. Read its log.", treatMissingData: "breaching" },
    pass: [good("spelt out", { actionsEnabled: true })],
    fail: [
      bad("switched off", { actionsEnabled: false }, "switched-off"),
      bad("no words", { alarmDescription: null }, "no-words"),
      bad("silence is not explained", { treatMissingData: null }, "silence"),
    ],
    unknown: ["actionsEnabled", "alarmDescription"],
    made: ["treatMissingData"],
  },
});
