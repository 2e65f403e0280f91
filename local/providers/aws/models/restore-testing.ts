import type { Props } from "../../../account/store";
import { inRange, oneOf, shaped, under } from "../checks";
import { AwsError, type Model } from "../model";
import { requireTrust } from "../policy-documents";
import { mapOf, mapsOf, strings, stringsAt, text, type World } from "../world";
import { VAULT } from "./backup";
import { SCHEDULE } from "./backup-rules";

const TESTING_PLAN = "aws:backup/restoreTestingPlan:RestoreTestingPlan";
const SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup";

/** Kinds of resources that AWS Backup can restore for a test and that are simulated here. */
const KINDS = ["Aurora", "EFS"];

/** What a test may be told to do otherwise than AWS Backup infers, in lower case: AWS doesn't tell cases apart. */
const OVERRIDES: Readonly<Record<string, readonly string[]>> = {
  Aurora: [
    "availabilityzones",
    "databasename",
    "dbclusterparametergroupname",
    "dbsubnetgroupname",
    "enablecloudwatchlogsexports",
    "enableiamdatabaseauthentication",
    "engine",
    "enginemode",
    "engineversion",
    "kmskeyid",
    "optiongroupname",
    "port",
    "scalingconfiguration",
    "vpcsecuritygroupids",
  ],
  EFS: ["kmskeyid"],
};

const NAME = [/^\w{1,50}$/, "1 to 50 letters, digits and underscores"] as const;

const plan: Model = {
  type: TESTING_PLAN,
  source: "internal/service/backup/restore_testing_plan.go",
  forceNew: ["name"],
  kept: ["scheduleExpressionTimezone", "startWindowHours"],
  autoName: "name",
  seconds: 2,
  taggable: true,
  computed: ["arn"],
  check: (inputs) => [
    ...shaped(inputs, "name", ...NAME),
    ...inRange(inputs, "startWindowHours", 1, 168),
    ...under("recoveryPointSelection", selectionProblems(mapOf(inputs["recoveryPointSelection"]))),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `AlreadyExistsException: Restore testing plan ${text(inputs, "name")} already exists.`,
  }),
  verify: (inputs, world) => {
    const schedule = text(inputs, "scheduleExpression");
    if (!SCHEDULE.test(schedule)) {
      throw new AwsError("InvalidParameterValueException", `Invalid schedule expression: ${schedule}`);
    }
    const { includeVaults } = mapOf(inputs["recoveryPointSelection"]);
    for (const arn of strings(includeVaults).filter((it) => it !== "*")) {
      world.need({ types: [VAULT], by: "arn" }, arn);
    }
  },
  make: (inputs, world) => {
    const name = text(inputs, "name");
    return { id: name, computed: { arn: world.arn("backup", `restore-testing-plan:${name}`) } };
  },
  keptWhileReferenced: true,
};

const selection: Model = {
  type: "aws:backup/restoreTestingSelection:RestoreTestingSelection",
  source: "internal/service/backup/restore_testing_selection.go",
  forceNew: ["name", "protectedResourceType", "restoreTestingPlanName"],
  kept: ["protectedResourceArns", "restoreMetadataOverrides", "validationWindowHours"],
  autoName: "name",
  seconds: 2,
  taggable: false,
  computed: [],
  references: { restoreTestingPlanName: { types: [TESTING_PLAN], by: "id" } },
  check: (inputs) => [
    ...shaped(inputs, "name", ...NAME),
    ...oneOf(inputs, "protectedResourceType", KINDS),
    ...inRange(inputs, "validationWindowHours", 1, 168),
    ...((inputs["protectedResourceArns"] === undefined) ===
    (inputs["protectedResourceConditions"] === undefined)
      ? [
          {
            property: "protectedResourceArns",
            reason: "exactly one of protectedResourceArns, protectedResourceConditions must be set",
          },
        ]
      : []),
  ],
  unique: (inputs) => ({
    claim: `${text(inputs, "restoreTestingPlanName")}/${text(inputs, "name")}`,
    taken: `AlreadyExistsException: Restore testing selection ${text(inputs, "name")} already exists.`,
  }),
  verify: verifySelection,
  make: (inputs) => ({
    id: `${text(inputs, "name")}:${text(inputs, "restoreTestingPlanName")}`,
    computed: {},
  }),
};

export const restoreTestingModels: readonly Model[] = [plan, selection];

function selectionProblems(inputs: Props) {
  return [
    ...oneOf(inputs, "algorithm", ["LATEST_WITHIN_WINDOW", "RANDOM_WITHIN_WINDOW"]),
    ...oneOf(inputs, "recoveryPointTypes", ["CONTINUOUS", "SNAPSHOT"]),
    ...inRange(inputs, "selectionWindowDays", 1, 365),
  ];
}

/** AWS looks at the overrides when the test runs; a group that is not there would fail every one of them. */
function verifySelection(inputs: Props, world: World): void {
  requireTrust(world, text(inputs, "iamRoleArn"), "backup.amazonaws.com");
  const kind = text(inputs, "protectedResourceType");
  const overrides = Object.entries(mapOf(inputs["restoreMetadataOverrides"])).map(
    ([key, value]) => [key.toLowerCase(), String(value)] as const,
  );
  for (const [key, value] of overrides) {
    if (OVERRIDES[kind]?.includes(key) !== true) {
      throw new AwsError("InvalidParameterValueException", `${key} can't be overridden for ${kind}.`);
    }
    if (key === "dbsubnetgroupname") world.need({ types: [SUBNET_GROUP], by: "id" }, value);
  }
  // Without it AWS Backup takes the default VPC's, which the platform's accounts don't have.
  if (kind === "Aurora" && !overrides.some(([key]) => key === "dbsubnetgroupname")) {
    throw new AwsError(
      "NotSimulated",
      "a test of Aurora without dbSubnetGroupName restores to the default VPC",
    );
  }
  const conditions = Object.values(mapOf(inputs["protectedResourceConditions"])).flatMap(mapsOf);
  for (const key of stringsAt(conditions, "key")) {
    if (!key.startsWith("aws:ResourceTag/")) {
      throw new AwsError("InvalidParameterValueException", `Invalid condition key: ${key}`);
    }
  }
}
