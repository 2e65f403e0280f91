import { at, listAt, named, statementsOf, textAt } from "./inventory";
import { type Point, singleton } from "./point";

/** Rights that are too wide whatever they are for. */
const TOO_WIDE = /^(\*|[a-z0-9-]+:\*)$/i;

const ROLE_POLICIES = ["iam/rolePolicy:RolePolicy", "iam/policy:Policy"] as const;

/** Points about who may do what, and what is written down of it. */
export const ACCOUNT_POINTS: readonly Point[] = [
  {
    number: 1,
    title: "IAM least privilege reviewed",
    holds: "no role may do everything of a service, and each has a permissions boundary",
    look({ stack }) {
      const roles = stack.of("iam/role:Role");
      const policies = ROLE_POLICIES.flatMap((type) => stack.of(type));
      const allowed = policies.flatMap((policy) =>
        statementsOf(policy.inputs["policy"])
          .filter(({ effect }) => effect === "Allow")
          .map((statement) => ({ policy, ...statement })),
      );
      const anywhere = allowed.filter(({ resources }) => resources.includes("*"));
      return {
        evidence: [
          `${roles.length} roles, ${policies.length} policies with ${allowed.length} statements`,
          ...anywhere.map(
            ({ policy, actions }) => `on every resource: ${policy.name}: ${actions.join(", ")}`,
          ),
        ],
        faults: [
          ...(roles.length === 0 ? ["there is no role to look at"] : []),
          ...roles
            .filter(({ inputs }) => at(inputs, "permissionsBoundary") === undefined)
            .map((role) => `${named(role)} has no permissions boundary`),
          ...allowed
            .filter(({ actions }) => actions.some((action) => TOO_WIDE.test(action)))
            .map(({ policy }) => `${named(policy)} allows everything of a service`),
        ],
      };
    },
  },
  {
    number: 5,
    title: "AWS Config rules",
    holds: "a recorder runs, and rules judge what it records",
    look(context) {
      const [recorder] = context.stack.of("cfg/recorder:Recorder");
      const rules = context.stack.of("cfg/rule:Rule");
      return singleton(
        context,
        "recorder",
        recorder && {
          evidence: [named(recorder), ...rules.map(named)],
          faults: [
            ...(rules.length === 0 ? ["the recorder has no rule"] : []),
            ...(context.stack.has("cfg/recorderStatus:RecorderStatus", "isEnabled", true)
              ? []
              : ["the recorder is not switched on"]),
          ],
        },
      );
    },
  },
  {
    number: 6,
    title: "GuardDuty",
    holds: "a detector runs",
    look(context) {
      const [detector] = context.stack.of("guardduty/detector:Detector");
      const features = context.stack.of("guardduty/detectorFeature:DetectorFeature");
      return singleton(
        context,
        "detector",
        detector && {
          evidence: [
            named(detector),
            ...features.map(({ inputs }) => `${String(at(inputs, "name"))}: ${String(at(inputs, "status"))}`),
          ],
          faults: at(detector.inputs, "enable") === false ? [`${named(detector)} is switched off`] : [],
        },
      );
    },
  },
  {
    number: 7,
    title: "CloudTrail",
    holds: "every region's calls are recorded, and a changed file shows",
    look(context) {
      const [trail] = context.stack.of("cloudtrail/trail:Trail");
      return singleton(
        context,
        "trail",
        trail && {
          evidence: [
            `${named(trail)} into ${textAt(trail.inputs, "s3BucketName") ?? "a bucket"}, ` +
              `${listAt(trail.inputs, "eventSelectors").length + listAt(trail.inputs, "advancedEventSelectors").length} selectors of events`,
          ],
          faults: [
            ...(at(trail.inputs, "enableLogging") === false ? ["the trail is switched off"] : []),
            ...(at(trail.inputs, "isMultiRegionTrail") === true ? [] : ["the trail has one region only"]),
            ...(at(trail.inputs, "enableLogFileValidation") === true
              ? []
              : ["the trail's files are not validated"]),
            ...(at(trail.inputs, "kmsKeyId") === undefined && at(trail.outputs, "kmsKeyId") === undefined
              ? ["the trail's files have no key of the platform"]
              : []),
          ],
        },
      );
    },
  },
];
