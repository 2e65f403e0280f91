import { bad, good, propertyRule } from "../engine/demand";
import { decide, hasForm, isCustomerKey, isGiven, isTrue, type Must } from "../engine/must";

const kmsKeyId = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

const isNotRoot: Must = {
  judge: decide((value) => typeof value === "number" && value > 0),
  wrong: "is root, or not set",
  allowed: "an id above 0",
};

/** Files are encrypted with a key of ours. */
export const filesEncrypted = propertyRule({
  id: "files-encrypted",
  title: "EFS file systems are encrypted with a customer-managed key",
  severity: "critical",
  type: "aws:efs/fileSystem:FileSystem",
  refs: {
    checkov: ["CKV_AWS_42", "CKV_AWS_184"],
    securityHub: ["EFS.1", "EFS.8"],
    cdkNag: ["AwsSolutions-EFS1"],
    prowler: ["efs_encryption_at_rest_enabled"],
  },
  gdpr: ["25", "32(1)(a)"],
  rationale: "Encryption can't be switched on for files that are there already.",
  remediation: "set encrypted to true and kmsKeyId to the data key's ARN",
  demands: [
    { finding: "clear", at: "encrypted", must: isTrue },
    { finding: "no-key", at: "kmsKeyId", must: isCustomerKey },
  ],
  examples: {
    good: { encrypted: true, kmsKeyId },
    pass: [good("alias of ours", { kmsKeyId: "alias/streamflix-viewer-data-dev" })],
    fail: [
      bad("in clear", { encrypted: false }, "clear"),
      bad("left at its default", { encrypted: null }, "clear"),
      bad("AWS's own key", { kmsKeyId: "alias/aws/elasticfilesystem" }, "no-key"),
      bad("no key", { kmsKeyId: null }, "no-key"),
    ],
    unknown: ["encrypted"],
    made: ["kmsKeyId"],
  },
});

/** Whoever mounts sees one directory, as one user. */
export const filesAccessPoint = propertyRule({
  id: "files-access-point",
  title: "EFS access points lead to a directory of their own, as a user who is not root",
  severity: "high",
  type: "aws:efs/accessPoint:AccessPoint",
  refs: {
    checkov: ["CKV_AWS_329", "CKV_AWS_330"],
    securityHub: ["EFS.3", "EFS.4"],
    prowler: ["efs_access_point_enforce_root_directory", "efs_access_point_enforce_user_identity"],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale: "A client chooses its own user id otherwise, and reads what belongs to others.",
  remediation: "set rootDirectory.path to a directory below /, and posixUser with ids above 0",
  demands: [
    { finding: "root-directory", at: "rootDirectory.path", must: hasForm(/^\/[^/]/, "a directory below /") },
    { finding: "user", at: "posixUser.uid", must: isNotRoot },
    { finding: "group", at: "posixUser.gid", must: isNotRoot },
  ],
  examples: {
    good: { rootDirectory: { path: "/streamflix" }, posixUser: { uid: 1000, gid: 1000 } },
    fail: [
      bad("the whole file system", { "rootDirectory.path": "/" }, "root-directory"),
      bad("no directory", { rootDirectory: null }, "root-directory"),
      bad("root", { "posixUser.uid": 0 }, "user"),
      bad("root's group", { "posixUser.gid": 0 }, "group"),
      bad("the client's own user", { posixUser: null }, ["user", "group"]),
    ],
    unknown: ["rootDirectory.path", "posixUser.uid", "posixUser"],
  },
});

/** Mount targets answer those whom a group of ours admits. */
export const filesMountTarget = propertyRule({
  id: "files-mount-target",
  title: "EFS mount targets have a security group of ours",
  severity: "high",
  type: "aws:efs/mountTarget:MountTarget",
  refs: { prowler: ["efs_not_publicly_accessible"] },
  gdpr: ["25", "32(1)(b)"],
  rationale: "Without one a mount target lands in the VPC's default security group.",
  remediation: "set securityGroups to the group of the data tier",
  demands: [{ finding: "no-security-group", at: "securityGroups", must: isGiven }],
  examples: {
    good: { securityGroups: ["sg-0a1b"] },
    fail: [
      bad("none", { securityGroups: null }, "no-security-group"),
      bad("empty", { securityGroups: [] }, "no-security-group"),
    ],
    made: ["securityGroups"],
  },
});
