import { admitsAccountLogs, BUCKET, BUCKET_LOCK, partOf } from "../bucket-access";
import { oneOf, shaped, under } from "../checks";
import { requireKeyGrant } from "../key-grants";
import { AwsError, type Model } from "../model";
import { requireTrust } from "../policy-documents";
import { hexOf, mapOf, text, textOr, type World } from "../world";

const RECORDER = "aws:cfg/recorder:Recorder";
const CHANNEL = "aws:cfg/deliveryChannel:DeliveryChannel";
const STATUS = "aws:cfg/recorderStatus:RecorderStatus";
const SERVICE = "config.amazonaws.com";

/** The service's own role; it belongs to the account's bootstrap, which goes before any stack. */
const SERVICE_ROLE = `role/aws-service-role/${SERVICE}/AWSServiceRoleForConfig`;

const FREQUENCIES = ["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"];

const recorder: Model = {
  type: RECORDER,
  source: "internal/service/configservice/configuration_recorder.go",
  forceNew: ["name"],
  kept: ["recordingGroup", "recordingMode"],
  seconds: 1,
  taggable: false,
  computed: [],
  defaults: { name: "default" },
  check: (inputs) =>
    under(
      "recordingMode",
      oneOf(mapOf(inputs["recordingMode"]), "recordingFrequency", ["CONTINUOUS", "DAILY"]),
    ),
  verify: (inputs, world) => {
    if (world.all(RECORDER).length > 0) {
      throw new AwsError(
        "MaxNumberOfConfigurationRecordersExceededException",
        `Failed to put configuration recorder '${text(inputs, "name")}' because the maximum number of configuration recorders: 1 is reached.`,
      );
    }
    const role = text(inputs, "roleArn");
    if (role !== `arn:aws:iam::${world.place.account}:${SERVICE_ROLE}`) requireTrust(world, role, SERVICE);
    const group = mapOf(inputs["recordingGroup"]);
    if (group["includeGlobalResourceTypes"] === true && group["allSupported"] === false) {
      throw new AwsError("InvalidRecordingGroupException", "includeGlobalResourceTypes needs allSupported");
    }
  },
  make: (inputs) => ({ id: text(inputs, "name"), computed: {} }),
};

const channel: Model = {
  type: CHANNEL,
  source: "internal/service/configservice/delivery_channel.go",
  forceNew: ["name"],
  seconds: 2,
  taggable: false,
  computed: [],
  defaults: { name: "default" },
  check: (inputs) =>
    under(
      "snapshotDeliveryProperties",
      oneOf(mapOf(inputs["snapshotDeliveryProperties"]), "deliveryFrequency", FREQUENCIES),
    ),
  verify: (inputs, world) => {
    const name = text(inputs, "name");
    requireRecorder(world, `Failed to put delivery channel '${name}'`);
    if (world.all(CHANNEL).length > 0) {
      throw new AwsError(
        "MaxNumberOfDeliveryChannelsExceededException",
        `Failed to put delivery channel '${name}' because the maximum number of delivery channels: 1 is reached.`,
      );
    }
    requireBucket(text(inputs, "s3BucketName"), world);
    if (typeof inputs["s3KmsKeyArn"] === "string") {
      requireKeyGrant(world, inputs["s3KmsKeyArn"], SERVICE, { "aws:sourceaccount": world.place.account });
    }
  },
  make: (inputs) => ({ id: text(inputs, "name"), computed: {} }),
  beforeDelete: ({ id }, world) => {
    if (world.all(STATUS).some((it) => it.inputs["isEnabled"] === true)) {
      throw new AwsError(
        "LastDeliveryChannelDeleteFailedException",
        `Failed to delete last specified delivery channel with name '${id}', because there is a running configuration recorder.`,
      );
    }
  },
};

const status: Model = {
  type: STATUS,
  source: "internal/service/configservice/configuration_recorder_status.go",
  forceNew: ["name"],
  seconds: 1,
  taggable: false,
  computed: [],
  references: { name: { types: [RECORDER], by: "id" } },
  verify: (inputs, world) => {
    if (inputs["isEnabled"] === true && world.all(CHANNEL).length === 0) {
      throw new AwsError(
        "NoAvailableDeliveryChannelException",
        "Delivery channel is not available to start configuration recorder.",
      );
    }
  },
  make: (inputs) => ({ id: text(inputs, "name"), computed: {} }),
};

const rule: Model = {
  type: "aws:cfg/rule:Rule",
  source: "internal/service/configservice/config_rule.go",
  forceNew: ["name"],
  autoName: "name",
  seconds: 2,
  taggable: true,
  computed: ["arn", "ruleId"],
  check: (inputs) => [
    ...shaped(inputs, "name", /^.{1,128}$/, "1 to 128 characters"),
    ...oneOf(inputs, "maximumExecutionFrequency", FREQUENCIES),
    ...under("source", oneOf(mapOf(inputs["source"]), "owner", ["AWS", "CUSTOM_LAMBDA", "CUSTOM_POLICY"])),
  ],
  unique: (inputs) => ({
    claim: text(inputs, "name"),
    taken: `ResourceInUseException: The rule ${text(inputs, "name")} is there already; the provider would take it over`,
  }),
  verify: (inputs, world) => {
    requireRecorder(world, "Failed to put the rule");
    const { owner, sourceIdentifier } = mapOf(inputs["source"]);
    // Managed rules are added all the time; what can be told is that the identifier has the form of one.
    if (owner === "AWS" && !/^[A-Z][A-Z0-9_]+$/.test(String(sourceIdentifier))) {
      throw new AwsError(
        "InvalidParameterValueException",
        `The sourceIdentifier ${String(sourceIdentifier)} is invalid. Please refer to the documentation for a list of valid sourceIdentifiers that can be used when AWS is the Owner`,
      );
    }
  },
  make: (inputs, world) => {
    const ruleId = `config-rule-${hexOf(text(inputs, "name"), 6)}`;
    return {
      id: text(inputs, "name"),
      computed: { arn: world.arn("config", `config-rule/${ruleId}`), ruleId },
    };
  },
};

/** AWS Config. */
export const configurationModels: readonly Model[] = [recorder, channel, status, rule];

function requireRecorder(world: World, failed: string): void {
  if (world.all(RECORDER).length === 0) {
    throw new AwsError(
      "NoAvailableConfigurationRecorderException",
      `${failed} because the configuration recorder is not available.`,
    );
  }
}

function requireBucket(bucket: string, world: World): void {
  if (world.resolve({ types: [BUCKET], by: "id" }, bucket) === undefined) {
    throw new AwsError(
      "NoSuchBucketException",
      `Cannot find a S3 bucket with an empty bucket name: ${bucket}`,
    );
  }
  const context = { "aws:sourceaccount": world.place.account, "s3:x-amz-acl": "bucket-owner-full-control" };
  const isAdmitted = admitsAccountLogs(world, { bucket, service: SERVICE, folder: "Config", context });
  const retention = mapOf(mapOf(partOf(world, BUCKET_LOCK, bucket)?.inputs["rule"])["defaultRetention"]);
  // Documented as not supported, in "Managing the Delivery Channel"; nothing would arrive.
  const isLocked = textOr(retention, "mode", "") !== "";
  if (!isAdmitted || isLocked) {
    throw new AwsError(
      "InsufficientDeliveryPolicyException",
      `Insufficient delivery policy to s3 bucket: ${bucket}, unable to write to bucket${isLocked ? ", which locks its objects by default" : ""}.`,
    );
  }
}
