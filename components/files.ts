import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { dataTags, type FilesConfig, type Names } from "../config";
import { backupTag } from "./backup/tag";
import type { MetricSource } from "./metrics";
import { policyText } from "./policy";

export interface FilesArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly availabilityZones: readonly string[];
  readonly files: FilesConfig;
  /** Isolated subnets; the n-th lies in the n-th zone. */
  readonly subnetIds: pulumi.Output<string[]>;
  /** Group of the isolated tier, which admits the private one. */
  readonly securityGroupId: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  /** Refuses to delete or replace the file system. */
  readonly protect: boolean;
}

/** The service's user in the file system; nobody is root there. */
export const POSIX_ID = 1000;
const ROOT_FOLDER = "/streamflix";

/**
 * Shared files that the service mounts: elastic throughput, over TLS only, through one access point without root
 * rights, and cheaper the longer nobody looks at them.
 *
 * EFS's own backups are off: they lie outside the platform's key, lock and retention.
 */
export class Files extends pulumi.ComponentResource {
  /** File system to mount, known once every zone has a way to it. */
  readonly fileSystemId: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly accessPointId: pulumi.Output<string>;
  readonly accessPointArn: pulumi.Output<string>;
  readonly metrics: MetricSource;
  /** Where others find the files: values by parameter name. */
  readonly parameters: Readonly<Record<string, pulumi.Input<string>>>;

  constructor(name: string, args: FilesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:files:Files", name, {}, opts);
    const { names, files, protect } = args;
    const parent = { parent: this };
    const Name = names.fixed("nameTag", "files");

    const fileSystem = new aws.efs.FileSystem(
      name,
      {
        creationToken: names.fixed("efsCreationToken", "files"),
        encrypted: true,
        kmsKeyId: args.keyArn,
        performanceMode: "generalPurpose",
        throughputMode: "elastic",
        lifecyclePolicies: [
          { transitionToIa: `AFTER_${days(files.infrequentAccessAfterDays)}` },
          { transitionToArchive: `AFTER_${days(files.archiveAfterDays)}` },
          { transitionToPrimaryStorageClass: "AFTER_1_ACCESS" },
        ],
        protection: { replicationOverwrite: "ENABLED" },
        tags: { Name, ...dataTags("personal", "viewer-data"), ...backupTag(names) },
      },
      { parent: this, protect },
    );
    const policy = new aws.efs.FileSystemPolicy(
      name,
      { fileSystemId: fileSystem.id, policy: policyText(accessStatements(args)) },
      parent,
    );
    new aws.efs.BackupPolicy(
      name,
      { fileSystemId: fileSystem.id, backupPolicy: { status: "DISABLED" } },
      parent,
    );
    const mountTargets = args.availabilityZones.map(
      (zone, index) =>
        new aws.efs.MountTarget(
          `${name}-${zone}`,
          {
            fileSystemId: fileSystem.id,
            subnetId: args.subnetIds.apply((ids) => ids[index] ?? missingSubnet(zone)),
            securityGroups: [args.securityGroupId],
          },
          parent,
        ),
    );
    const accessPoint = new aws.efs.AccessPoint(
      name,
      {
        fileSystemId: fileSystem.id,
        posixUser: { uid: POSIX_ID, gid: POSIX_ID },
        rootDirectory: {
          path: ROOT_FOLDER,
          creationInfo: { ownerUid: POSIX_ID, ownerGid: POSIX_ID, permissions: "0750" },
        },
        tags: { Name },
      },
      { parent: this, dependsOn: [policy] },
    );
    // Who mounts before the target of its own zone exists, fails to resolve the name.
    const ready = pulumi.all(mountTargets.map((target) => target.id));
    this.fileSystemId = pulumi.all([fileSystem.id, ready]).apply(([id]) => id);
    this.arn = fileSystem.arn;
    this.accessPointId = accessPoint.id;
    this.accessPointArn = accessPoint.arn;
    this.metrics = { namespace: "AWS/EFS", dimensions: { FileSystemId: fileSystem.id } };
    this.parameters = {
      "files/file-system-id": this.fileSystemId,
      "files/access-point-id": this.accessPointId,
    };
    this.registerOutputs({
      fileSystemId: this.fileSystemId,
      arn: this.arn,
      accessPointId: this.accessPointId,
      accessPointArn: this.accessPointArn,
      metrics: this.metrics,
      parameters: this.parameters,
    });
  }

  /** Lets a role mount the files and write, through the access point only. */
  mountStatement(): aws.iam.PolicyStatement {
    return {
      Sid: "MountFiles",
      Effect: "Allow",
      Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
      Resource: this.arn,
      Condition: { StringEquals: { "elasticfilesystem:AccessPointArn": this.accessPointArn } },
    };
  }
}

function days(count: number): string {
  return count === 1 ? "1_DAY" : `${count}_DAYS`;
}

function missingSubnet(zone: string): never {
  throw new Error(`There is no isolated subnet in zone ${zone}.`);
}

/**
 * A file system's policy stands for that file system, so its statements name no resource; with its ARN, which is known
 * late, a preview would show nothing of the policy.
 */
function accessStatements({ accountId, region }: FilesArgs): aws.iam.PolicyStatement[] {
  return [
    {
      Sid: "MountThroughAccessPoint",
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${accountId}:root` },
      Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
      Condition: {
        Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" },
        ArnLike: {
          "elasticfilesystem:AccessPointArn": `arn:aws:elasticfilesystem:${region}:${accountId}:access-point/*`,
        },
      },
    },
    {
      Sid: "NobodyIsRoot",
      Effect: "Deny",
      Principal: "*",
      Action: "elasticfilesystem:ClientRootAccess",
    },
    {
      Sid: "TlsOnly",
      Effect: "Deny",
      Principal: "*",
      Action: "*",
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ];
}
