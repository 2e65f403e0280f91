import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { TEST_TAG } from "../../functions/restore-verification/event";
import type { Mounting } from "../../functions/restore-verification/settings";
import { type FunctionArgs, type FunctionMetrics, functionName } from "../function-parts";
import { VpcFunction } from "../vpc-function";
import type { Runner } from "./verification-machine";

/** Network that restored files are mounted from. */
export interface FilesNetwork {
  readonly vpcId: pulumi.Input<string>;
  /** Isolated subnets, one per zone: each gets a way to the restored files. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
}

export interface FileChecksArgs extends Pick<
  FunctionArgs,
  "names" | "accountId" | "region" | "retention" | "bundle" | "environment" | "logsKeyArn"
> {
  readonly network: FilesNetwork;
}

/** Where names and ARNs of the function are made of. */
type Place = Pick<FunctionArgs, "names" | "accountId" | "region">;

const WHAT = "restore-file-checks";
const NFS = 2049;

/** A gigabyte is read in minutes; what takes longer has no more time in a function. */
const TIMEOUT_SECONDS = 840;
/** Names of a million files, and what is read of sixteen. */
const MEMORY_MEGABYTES = 1024;

/** All that restore tests have made carries it, with one value or another. */
const RESTORED = { StringLike: { [`aws:ResourceTag/${TEST_TAG}`]: "*" } };

/**
 * What looks into restored files: a function in the isolated tier that reaches their mount targets and nothing else. They
 * are made for one test and given to it by the function that calls AWS; in between it has no files at all.
 */
export class FileChecks extends pulumi.ComponentResource {
  /** What the function that calls AWS has to know, as text. */
  readonly mounting: pulumi.Output<string>;
  readonly metrics: FunctionMetrics;
  readonly runner: Runner;

  constructor(name: string, args: FileChecksArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:backup:FileChecks", name, {}, opts);
    const { names, network } = args;
    const parent = { parent: this };
    const targets = new aws.ec2.SecurityGroup(
      `${name}-targets`,
      {
        namePrefix: names.prefix("securityGroup", "restored-files"),
        description: "Mount targets of files that restore tests have restored",
        vpcId: network.vpcId,
        tags: { Name: names.fixed("nameTag", "restored-files") },
      },
      parent,
    );
    const checks = new VpcFunction(
      name,
      {
        ...args,
        what: WHAT,
        description: "Looks into restored files",
        vpcId: network.vpcId,
        subnetIds: network.subnetIds,
        reaches: [
          {
            to: "targets",
            securityGroupId: targets.id,
            port: NFS,
            description: "Restored files from the function that looks into them",
          },
        ],
        statements: [
          {
            Sid: "MountRestored",
            Effect: "Allow",
            Action: "elasticfilesystem:ClientMount",
            Resource: fileSystems(args),
            Condition: RESTORED,
          },
        ],
        timeoutSeconds: TIMEOUT_SECONDS,
        memoryMegabytes: MEMORY_MEGABYTES,
        ignoreChanges: ["fileSystemConfig"],
      },
      parent,
    );
    this.mounting = pulumi.jsonStringify({
      subnetIds: network.subnetIds,
      securityGroupId: targets.id,
      functionName: functionName(names, WHAT),
    } satisfies { readonly [Key in keyof Mounting]: pulumi.Input<unknown> });
    this.metrics = checks.metrics;
    this.runner = { what: WHAT, function: checks, timeoutSeconds: TIMEOUT_SECONDS };
    this.registerOutputs({ mounting: this.mounting, metrics: this.metrics });
  }
}

/** What the function that calls AWS may do to restored files, and to the function that looks into them. */
export function fileStatements(place: Place): aws.iam.PolicyStatement[] {
  const { names, accountId, region } = place;
  const accessPoints = `arn:aws:elasticfilesystem:${region}:${accountId}:access-point/*`;
  const ec2 = (what: string) => `arn:aws:ec2:${region}:${accountId}:${what}/*`;
  return [
    {
      // Of one that is gone there is no tag either: it has to be seen that it is.
      Sid: "SeeFiles",
      Effect: "Allow",
      Action: [
        "elasticfilesystem:DescribeAccessPoints",
        "elasticfilesystem:DescribeFileSystems",
        "elasticfilesystem:DescribeMountTargets",
      ],
      Resource: [fileSystems(place), accessPoints],
    },
    {
      Sid: "MakeWaysToFiles",
      Effect: "Allow",
      Action: [
        "elasticfilesystem:CreateAccessPoint",
        "elasticfilesystem:CreateMountTarget",
        "elasticfilesystem:DeleteAccessPoint",
        "elasticfilesystem:DeleteFileSystem",
        "elasticfilesystem:DeleteMountTarget",
      ],
      Resource: [fileSystems(place), accessPoints],
      Condition: RESTORED,
    },
    {
      Sid: "MarkWaysToFiles",
      Effect: "Allow",
      Action: "elasticfilesystem:TagResource",
      Resource: accessPoints,
      Condition: { StringEquals: { "elasticfilesystem:CreateAction": "CreateAccessPoint" } },
    },
    {
      // EFS makes and deletes a mount target's interface with the rights of who asks for it.
      Sid: "MakeInterfaces",
      Effect: "Allow",
      Action: ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"],
      Resource: ["network-interface", "security-group", "subnet"].map(ec2),
    },
    {
      Sid: "SeeNetwork",
      Effect: "Allow",
      Action: [
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
      ],
      // Describe calls know no resources.
      Resource: "*",
    },
    {
      Sid: "GiveFiles",
      Effect: "Allow",
      Action: ["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"],
      Resource: `arn:aws:lambda:${region}:${accountId}:function:${functionName(names, WHAT)}`,
      // No code but its own.
      Condition: { Null: { "lambda:Layer": "true" } },
    },
  ];
}

function fileSystems({ accountId, region }: Place): string {
  return `arn:aws:elasticfilesystem:${region}:${accountId}:file-system/*`;
}
