import { UNKNOWN } from "../../frame";
import { oneOf } from "../checks";
import { AwsError, type Model } from "../model";
import { hexOf, mapsOf, text } from "../world";

const DETECTOR = "aws:guardduty/detector:Detector";
const FEATURE = "aws:guardduty/detectorFeature:DetectorFeature";

/** In the order in which GetDetector gives them; the provider compares lists, so another order never settles. */
const ADDITIONAL = ["EKS_ADDON_MANAGEMENT", "EC2_AGENT_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT"] as const;

/** Two features that do the same. */
const EXCLUSIVE = ["EKS_RUNTIME_MONITORING", "RUNTIME_MONITORING"];

const detector: Model = {
  type: DETECTOR,
  source: "internal/service/guardduty/detector.go",
  forceNew: [],
  kept: ["datasources", "findingPublishingFrequency"],
  seconds: 2,
  taggable: true,
  computed: ["accountId", "arn"],
  defaults: { enable: true },
  check: (inputs) =>
    oneOf(inputs, "findingPublishingFrequency", ["FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS"]),
  unique: () => ({
    claim: "detector",
    taken:
      "BadRequestException: The request is rejected because a detector already exists for the current account.",
  }),
  make: (_inputs, world) => {
    const id = hexOf(`detector ${world.place.account} ${world.place.region}`, 32);
    return {
      id,
      computed: { accountId: world.place.account, arn: world.arn("guardduty", `detector/${id}`) },
    };
  },
  keptWhileReferenced: true,
};

const feature: Model = {
  type: FEATURE,
  source: "internal/service/guardduty/detector_feature.go",
  forceNew: ["detectorId", "name"],
  autoName: "name",
  seconds: 1,
  taggable: false,
  computed: [],
  references: { detectorId: { types: [DETECTOR], by: "id" } },
  check: (inputs) => {
    const given = mapsOf(inputs["additionalConfigurations"]).map((it) => it["name"]);
    const inOrder = ADDITIONAL.filter((it) => given.includes(it));
    return [
      ...oneOf(inputs, "name", [
        "S3_DATA_EVENTS",
        "EKS_AUDIT_LOGS",
        "EBS_MALWARE_PROTECTION",
        "RDS_LOGIN_EVENTS",
        "LAMBDA_NETWORK_LOGS",
        "AI_PROTECTION",
        "AI_ANALYST",
        ...EXCLUSIVE,
      ]),
      ...oneOf(inputs, "status", ["ENABLED", "DISABLED"]),
      ...(given.includes(UNKNOWN) || given.every((it, index) => it === inOrder[index])
        ? []
        : [
            {
              property: "additionalConfigurations",
              reason: `expected ${ADDITIONAL.join(", ")} in this order, got ${given.join(", ")}: another one shows a change in every preview`,
            },
          ]),
    ];
  },
  unique: (inputs) => ({
    claim: `${text(inputs, "detectorId")} ${text(inputs, "name")}`,
    taken: `feature ${text(inputs, "name")} has an owner already: two resources would undo each other's work`,
  }),
  verify: (inputs, world) => {
    const others = world.all(FEATURE).map((it) => it.inputs["name"]);
    const name = text(inputs, "name");
    if (EXCLUSIVE.includes(name) && EXCLUSIVE.some((it) => it !== name && others.includes(it))) {
      throw new AwsError(
        "BadRequestException",
        "The request is rejected because EKS_RUNTIME_MONITORING and RUNTIME_MONITORING cannot be given together.",
      );
    }
  },
  make: (inputs) => ({ id: `${text(inputs, "detectorId")}/${text(inputs, "name")}`, computed: {} }),
};

export const guarddutyModels: readonly Model[] = [detector, feature];
