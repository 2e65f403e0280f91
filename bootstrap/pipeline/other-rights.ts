import type * as aws from "@pulumi/aws";

import { SERVICE_REPOSITORY } from "../../config";
import type { StackPlace } from "./stack-place";

type Statement = aws.iam.PolicyStatement;

/** What the weekly checks of a deployed stack do (docs/integration-tests.md): they never read a secret. */
export function integrationStatements({ accountId, region }: StackPlace): Statement[] {
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;
  const secrets = arn("secretsmanager", "secret:streamflix/*");
  return [
    {
      Sid: "LookAtService",
      Effect: "Allow",
      Action: ["ecs:DescribeServices", "ecs:DescribeTasks", "logs:GetLogEvents"],
      Resource: [
        arn("ecs", "service/streamflix-*"),
        arn("ecs", "task/streamflix-*"),
        arn("logs", "log-group:/streamflix/*"),
      ],
    },
    {
      Sid: "LookAtJobs",
      Effect: "Allow",
      // AWS knows no resources of these.
      Action: ["backup:ListRestoreJobs", "ecs:DescribeTaskDefinition"],
      Resource: "*",
      Condition: { StringEquals: { "aws:RequestedRegion": region } },
    },
    {
      Sid: "CheckDatabase",
      Effect: "Allow",
      Action: "ecs:RunTask",
      Resource: arn("ecs", "task-definition/streamflix-*"),
    },
    {
      Sid: "HandOverRoles",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: `arn:aws:iam::${accountId}:role/streamflix-*`,
      Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    },
    { Sid: "CallApi", Effect: "Allow", Action: "execute-api:Invoke", Resource: arn("execute-api", "*") },
    {
      Sid: "FindEvent",
      Effect: "Allow",
      Action: ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"],
      Resource: arn("kinesis", "stream/streamflix-*"),
    },
    {
      Sid: "ReadEvent",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: arn("kms", "key/*"),
      Condition: { StringEquals: { "kms:ViaService": `kinesis.${region}.amazonaws.com` } },
    },
    {
      Sid: "RotatePasswords",
      Effect: "Allow",
      Action: ["secretsmanager:DescribeSecret", "secretsmanager:RotateSecret"],
      Resource: secrets,
    },
  ];
}

/** Pushing an image of the service, and reading what its scan found. */
export function imageStatements({
  accountId,
  region,
}: {
  readonly accountId: string;
  readonly region: string;
}): Statement[] {
  return [
    // A sign-in is to the whole registry.
    { Sid: "SignIn", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    {
      Sid: "PushImages",
      Effect: "Allow",
      Action: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:DescribeImageScanFindings",
        "ecr:DescribeImages",
        "ecr:GetDownloadUrlForLayer",
        "ecr:InitiateLayerUpload",
        "ecr:PutImage",
        "ecr:UploadLayerPart",
      ],
      Resource: `arn:aws:ecr:${region}:${accountId}:repository/${SERVICE_REPOSITORY}`,
    },
  ];
}
