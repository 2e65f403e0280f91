import type * as aws from "@pulumi/aws";

import { stateNames, stateObjects } from "../state/names";
import type { StackPlace } from "./stack-place";

/** Pulumi project of the platform, part of the paths of its states. */
export const PLATFORM_PROJECT = "streamflix-platform";

/** Key of the encryption context that tells one stack's data key from another's; see docs/state.md. */
export const STACK_CONTEXT = "stack";

/**
 * Reading one stack's state, with the secrets in it: what previews and drift checks need. They take no lock and write
 * nothing. Names of other stacks' objects show, since Pulumi lists the bucket; their contents don't.
 */
export function readStateStatements(place: StackPlace): aws.iam.PolicyStatement[] {
  const { stack, accountId, region, names } = place;
  const { bucketName, keyAlias } = stateNames(names);
  const bucket = `arn:aws:s3:::${bucketName}`;
  const { meta, ...objects } = stateObjects(PLATFORM_PROJECT, stack);
  const key = {
    Effect: "Allow" as const,
    Resource: `arn:aws:kms:${region}:${accountId}:key/*`,
  };
  const isStateKey = { "ForAnyValue:StringEquals": { "kms:ResourceAliases": keyAlias } };
  return [
    { Sid: "ListStates", Effect: "Allow", Action: "s3:ListBucket", Resource: bucket },
    {
      Sid: "ReadState",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: [meta, ...Object.values(objects)].map((it) => `${bucket}/${it}`),
    },
    {
      ...key,
      Sid: "ReadEncryptedState",
      Action: "kms:Decrypt",
      Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` }, ...isStateKey },
    },
    {
      ...key,
      Sid: "OpenSecrets",
      Action: "kms:Decrypt",
      Condition: { StringEquals: { [`kms:EncryptionContext:${STACK_CONTEXT}`]: stack }, ...isStateKey },
    },
  ];
}

/** The same, and writing it: what deployments need. Nothing but locks can be deleted. */
export function writeStateStatements(place: StackPlace): aws.iam.PolicyStatement[] {
  const { stack, accountId, region, names } = place;
  const { bucketName, keyAlias } = stateNames(names);
  const { states, history, backups, locks } = stateObjects(PLATFORM_PROJECT, stack);
  const objects = (...paths: readonly string[]) => paths.map((it) => `arn:aws:s3:::${bucketName}/${it}`);
  return [
    ...readStateStatements(place),
    {
      Sid: "WriteState",
      Effect: "Allow",
      Action: ["s3:AbortMultipartUpload", "s3:PutObject"],
      Resource: objects(states, history, backups, locks),
    },
    { Sid: "ReleaseLock", Effect: "Allow", Action: "s3:DeleteObject", Resource: objects(locks) },
    {
      Sid: "WriteEncryptedState",
      Effect: "Allow",
      Action: "kms:GenerateDataKey",
      Resource: `arn:aws:kms:${region}:${accountId}:key/*`,
      Condition: {
        StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` },
        "ForAnyValue:StringEquals": { "kms:ResourceAliases": keyAlias },
      },
    },
  ];
}
