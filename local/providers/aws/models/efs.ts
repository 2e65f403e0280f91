import type { Props } from "../../../account/store";
import { inRange, oneOf, shaped } from "../checks";
import { requireKeyUse } from "../key-grants";
import { AwsError, type Model } from "../model";
import { requireGroupsIn } from "../placement";
import { ec2Id, hexOf, mapOf, mapsOf, strings, stringsAt, text, type World } from "../world";
import { SUBNET } from "./ec2";
import { SECURITY_GROUP } from "./vpc-access";

const FILE_SYSTEM = "aws:efs/fileSystem:FileSystem";
const MOUNT_TARGET = "aws:efs/mountTarget:MountTarget";
const ACCESS_POINT = "aws:efs/accessPoint:AccessPoint";

const AFTER_DAYS = [1, 7, 14, 30, 60, 90, 180, 270, 365].map((days) =>
  days === 1 ? "AFTER_1_DAY" : `AFTER_${days}_DAYS`,
);

const fileSystem: Model = {
  type: FILE_SYSTEM,
  source: "internal/service/efs/file_system.go",
  forceNew: ["availabilityZoneName", "creationToken", "encrypted", "kmsKeyId", "performanceMode"],
  kept: ["availabilityZoneName", "creationToken", "encrypted", "kmsKeyId", "performanceMode", "protection"],
  seconds: 6,
  taggable: true,
  computed: ["arn", "availabilityZoneId", "creationToken", "dnsName", "name", "ownerId", "sizeInBytes"],
  defaults: { encrypted: false, performanceMode: "generalPurpose", throughputMode: "bursting" },
  keptWhileReferenced: true,
  check: (inputs) => [
    ...oneOf(inputs, "throughputMode", ["bursting", "provisioned", "elastic"]),
    ...oneOf(inputs, "performanceMode", ["generalPurpose", "maxIO"]),
    ...mapsOf(inputs["lifecyclePolicies"]).flatMap((rule) => [
      ...oneOf(rule, "transitionToIa", AFTER_DAYS),
      ...oneOf(rule, "transitionToArchive", AFTER_DAYS),
      ...oneOf(rule, "transitionToPrimaryStorageClass", ["AFTER_1_ACCESS"]),
    ]),
    ...(inputs["kmsKeyId"] !== undefined && inputs["encrypted"] !== true
      ? [{ property: "encrypted", reason: "must be set to true when kmsKeyId is specified" }]
      : []),
  ],
  unique: (inputs) => {
    const token = inputs["creationToken"];
    return typeof token === "string"
      ? {
          claim: token,
          taken: `FileSystemAlreadyExists: File system with creation token ${token} already exists`,
        }
      : undefined;
  },
  verify: (inputs, world) => {
    if (typeof inputs["kmsKeyId"] === "string") {
      requireKeyUse(world, inputs["kmsKeyId"], "elasticfilesystem");
    }
    requireThroughput(inputs);
    requireLifecycle(inputs);
  },
  make: (inputs, world) => {
    const id = ec2Id("fs");
    return {
      id,
      computed: {
        arn: world.arn("elasticfilesystem", `file-system/${id}`),
        ...(inputs["creationToken"] === undefined ? { creationToken: `pulumi-${hexOf(id, 26)}` } : {}),
        dnsName: `${id}.efs.${world.place.region}.amazonaws.com`,
        name: mapOf(inputs["tags"])["Name"] ?? "",
        ownerId: world.place.account,
        sizeInBytes: [{ value: 6144, valueInIa: 0, valueInStandard: 6144 }],
      },
    };
  },
};

const mountTarget: Model = {
  type: MOUNT_TARGET,
  source: "internal/service/efs/mount_target.go",
  forceNew: ["fileSystemId", "ipAddress", "ipAddressType", "ipv6Address", "subnetId"],
  kept: ["ipAddress", "ipAddressType", "ipv6Address", "securityGroups"],
  seconds: 90,
  taggable: false,
  computed: [
    "availabilityZoneId",
    "availabilityZoneName",
    "dnsName",
    "fileSystemArn",
    "ipAddress",
    "mountTargetDnsName",
    "networkInterfaceId",
    "ownerId",
  ],
  references: {
    fileSystemId: { types: [FILE_SYSTEM], by: "id" },
    securityGroups: { types: [SECURITY_GROUP], by: "id" },
    subnetId: { types: [SUBNET], by: "id" },
  },
  verify: verifyMountTarget,
  make: (inputs, world) => {
    const id = ec2Id("fsmt");
    const files = world.need({ types: [FILE_SYSTEM], by: "id" }, text(inputs, "fileSystemId"));
    const subnet = world.need({ types: [SUBNET], by: "id" }, text(inputs, "subnetId"));
    const zone = text(subnet.inputs, "availabilityZone");
    const [network = ""] = text(subnet.inputs, "cidrBlock").split(/\.\d+\//);
    return {
      id,
      computed: {
        availabilityZoneId: subnet.computed["availabilityZoneId"],
        availabilityZoneName: zone,
        dnsName: files.computed["dnsName"],
        fileSystemArn: files.computed["arn"],
        ipAddress: `${network}.${String(10 + (Number.parseInt(hexOf(id, 6), 16) % 200))}`,
        mountTargetDnsName: `${zone}.${text(files.computed, "dnsName")}`,
        networkInterfaceId: ec2Id("eni"),
        ownerId: world.place.account,
      },
    };
  },
};

const accessPoint: Model = {
  type: ACCESS_POINT,
  source: "internal/service/efs/access_point.go",
  forceNew: ["fileSystemId", "posixUser", "rootDirectory"],
  kept: ["rootDirectory"],
  seconds: 6,
  taggable: true,
  computed: ["arn", "fileSystemArn", "ownerId"],
  references: { fileSystemId: { types: [FILE_SYSTEM], by: "id" } },
  check: (inputs) => [
    ...inRange(mapOf(inputs["posixUser"]), "uid", 0, 4_294_967_295),
    ...inRange(mapOf(inputs["posixUser"]), "gid", 0, 4_294_967_295),
    ...shaped(
      mapOf(mapOf(inputs["rootDirectory"])["creationInfo"]),
      "permissions",
      /^[0-7]{3,4}$/,
      "an octal number",
    ),
  ],
  verify: (inputs) => {
    const { path } = mapOf(inputs["rootDirectory"]);
    if (typeof path === "string" && (!path.startsWith("/") || path.split("/").length > 5)) {
      throw new AwsError(
        "BadRequest",
        `Root directory path ${path} has to be absolute with four subdirectories at most`,
      );
    }
  },
  make: (inputs, world) => {
    const id = ec2Id("fsap");
    const fileSystemArn = world.arn("elasticfilesystem", `file-system/${text(inputs, "fileSystemId")}`);
    const arn = world.arn("elasticfilesystem", `access-point/${id}`);
    return { id, computed: { arn, fileSystemArn, ownerId: world.place.account } };
  },
};

const fileSystemPolicy: Model = {
  type: "aws:efs/fileSystemPolicy:FileSystemPolicy",
  source: "internal/service/efs/file_system_policy.go",
  forceNew: ["fileSystemId"],
  seconds: 1,
  taggable: false,
  computed: [],
  defaults: { bypassPolicyLockoutSafetyCheck: false },
  references: { fileSystemId: { types: [FILE_SYSTEM], by: "id" } },
  documents: [{ property: "policy", kind: "resource" }],
  make: (inputs) => ({ id: text(inputs, "fileSystemId"), computed: {} }),
};

const backupPolicy: Model = {
  type: "aws:efs/backupPolicy:BackupPolicy",
  source: "internal/service/efs/backup_policy.go",
  forceNew: ["fileSystemId"],
  seconds: 2,
  taggable: false,
  computed: [],
  references: { fileSystemId: { types: [FILE_SYSTEM], by: "id" } },
  check: (inputs) => oneOf(mapOf(inputs["backupPolicy"]), "status", ["ENABLED", "DISABLED"]),
  make: (inputs) => ({ id: text(inputs, "fileSystemId"), computed: {} }),
};

export const efsModels: readonly Model[] = [
  fileSystem,
  mountTarget,
  accessPoint,
  fileSystemPolicy,
  backupPolicy,
];

function requireThroughput(inputs: Props): void {
  const isProvisioned = inputs["throughputMode"] === "provisioned";
  if (isProvisioned !== (inputs["provisionedThroughputInMibps"] !== undefined)) {
    throw new AwsError(
      "BadRequest",
      "provisionedThroughputInMibps goes with throughputMode provisioned, and with no other",
    );
  }
}

function requireLifecycle(inputs: Props): void {
  const rules = mapsOf(inputs["lifecyclePolicies"]);
  if (rules.some((rule) => Object.values(rule).filter((it) => it !== undefined && it !== null).length > 1)) {
    throw new AwsError("BadRequest", "Each LifecyclePolicy object can have only a single transition.");
  }
  const [archive] = stringsAt(rules, "transitionToArchive");
  if (archive === undefined) {
    return;
  }
  if (inputs["throughputMode"] !== "elastic") {
    throw new AwsError("BadRequest", "The Archive storage class needs throughputMode elastic.");
  }
  const [infrequent] = stringsAt(rules, "transitionToIa");
  if (infrequent !== undefined && AFTER_DAYS.indexOf(archive) <= AFTER_DAYS.indexOf(infrequent)) {
    throw new AwsError("BadRequest", "Files go to Archive later than to Infrequent Access.");
  }
}

function verifyMountTarget(inputs: Props, world: World): void {
  const subnet = world.need({ types: [SUBNET], by: "id" }, text(inputs, "subnetId"));
  const vpc = text(subnet.inputs, "vpcId");
  requireGroupsIn(world, vpc, strings(inputs["securityGroups"]));
  for (const other of world
    .all(MOUNT_TARGET)
    .filter((it) => it.inputs["fileSystemId"] === inputs["fileSystemId"])) {
    const place = world.need({ types: [SUBNET], by: "id" }, text(other.inputs, "subnetId"));
    if (place.inputs["vpcId"] !== vpc) {
      throw new AwsError(
        "MountTargetConflict",
        "requested subnet for new mount target is not in the same VPC as existing mount targets",
      );
    }
    if (place.inputs["availabilityZone"] === subnet.inputs["availabilityZone"]) {
      throw new AwsError("MountTargetConflict", "mount target already exists in this AZ");
    }
  }
}
