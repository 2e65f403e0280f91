import { bad, good, propertyRule } from "../engine/demand";
import { hasForm, isGiven, isOneOf, orMade } from "../engine/must";

const alarm =
  "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:streamflix-availability-burn-fast-short-dev";
const condition = { source: "aws:cloudwatch:alarm", value: alarm };

/** A failure on purpose ends by itself, and leaves a record. */
export const experimentStops = propertyRule({
  id: "experiment-stops",
  title: "Fault injection experiments are ended by alarms, find what they are for, and write a log",
  severity: "high",
  type: "aws:fis/experimentTemplate:ExperimentTemplate",
  refs: {},
  gdpr: ["32(1)(b)", "32(1)(d)"],
  rationale: "An experiment that nothing ends is an outage; one that leaves no record has shown nothing.",
  remediation:
    "name an alarm in every stop condition, set experimentOptions.emptyTargetResolutionMode to fail, and give logConfiguration",
  demands: [
    { finding: "no-stop", at: "stopConditions", must: isGiven },
    { finding: "no-stop", at: "stopConditions[].source", must: isOneOf(["aws:cloudwatch:alarm"]) },
    {
      finding: "no-alarm",
      at: "stopConditions[].value",
      must: orMade(hasForm(/^arn:aws:cloudwatch:[a-z0-9-]+:\d{12}:alarm:.+$/, "the ARN of an alarm")),
    },
    {
      finding: "finds-nothing",
      at: "experimentOptions.emptyTargetResolutionMode",
      must: isOneOf(["fail"]),
    },
    { finding: "no-log", at: "logConfiguration", must: isGiven },
  ],
  examples: {
    good: {
      stopConditions: [condition],
      experimentOptions: { emptyTargetResolutionMode: "fail" },
      logConfiguration: { logSchemaVersion: 2 },
    },
    pass: [good("two alarms", { stopConditions: [condition, condition] })],
    fail: [
      bad("no condition", { stopConditions: null }, "no-stop"),
      bad("none, and said so", { stopConditions: [{ source: "none" }] }, ["no-stop", "no-alarm"]),
      bad("one of two is none", { stopConditions: [condition, { source: "none" }] }, ["no-stop", "no-alarm"]),
      bad("an alarm without its name", { "stopConditions[0].value": "alarm" }, "no-alarm"),
      bad(
        "goes on without a target",
        { "experimentOptions.emptyTargetResolutionMode": "skip" },
        "finds-nothing",
      ),
      bad("no options", { experimentOptions: null }, "finds-nothing"),
      bad("no log", { logConfiguration: null }, "no-log"),
    ],
    unknown: ["stopConditions[0].source", "experimentOptions.emptyTargetResolutionMode"],
    made: ["stopConditions[0].value", "logConfiguration"],
  },
});
