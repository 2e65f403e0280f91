import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Names } from "../../config";
import type { Cache } from "../cache";
import type { Files } from "../files";
import { keyStatement } from "../policy";
import type { EventStream } from "../streaming";
import { APPLICATION, FILES_DIRECTORY, STOP_TIMEOUT_SECONDS } from "./task-definition";

/** A database as the service uses it: the stack's own, or a copy of another region's. */
export interface ServiceDatabase {
  /** What has to be there before the service can sign in. */
  readonly serves: readonly pulumi.Resource[];
  /** Whether the secret is a copy, too: it names a host of the other region. */
  readonly isCopy: boolean;
  readServiceSecretStatements(): aws.iam.PolicyStatement[];
}

/** Where the service is, and what it uses there. */
export interface Connections {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly database: ServiceDatabase | undefined;
  readonly cache: Cache | undefined;
  readonly files: Files | undefined;
  readonly stream: EventStream | undefined;
}

/** ARN of a parameter of the stack, known before the parameter is there. */
export function parameterArn({ names, accountId, region }: Connections, what: string): string {
  return `arn:aws:ssm:${region}:${accountId}:parameter${names.fixed("ssmParameter", what)}`;
}

/** Environment of the application that is known when a task is defined. */
export function environmentOf({ region, cache, files, stream }: Connections): Record<string, string> {
  const lacking = Object.entries({ cache, stream, files }).flatMap(([what, it]) => (it ? [] : [what]));
  return {
    AWS_REGION: region,
    PORT: String(APPLICATION.port),
    STOP_TIMEOUT_SECONDS: String(STOP_TIMEOUT_SECONDS),
    ...(cache && {
      CACHE_PORT: String(cache.port),
      CACHE_REPLICATION_GROUP: cache.replicationGroupId,
      CACHE_USER: cache.serviceUser,
    }),
    ...(files && { FILES_DIRECTORY }),
    ...(stream && { EVENTS_STREAM: stream.name }),
    ...(lacking.length > 0 && { WITHOUT: lacking.join(",") }),
  };
}

/**
 * Environment of the application that is known late, as ARNs of the parameters that ECS reads when a task starts: the
 * names are known at once, so that a preview shows the whole task definition.
 */
export function startValuesOf(connections: Connections): Record<string, string> {
  const { database, cache } = connections;
  return {
    ...(database && { DATABASE_SECRET_ARN: parameterArn(connections, "database/service-secret-arn") }),
    // The copy's own endpoints, before and after it takes over: to the other region there is no way.
    ...(database?.isCopy === true && {
      DATABASE_WRITER_HOST: parameterArn(connections, "database/writer-endpoint"),
      DATABASE_READER_HOST: parameterArn(connections, "database/reader-endpoint"),
    }),
    ...(cache && { CACHE_HOST: parameterArn(connections, "cache/primary-endpoint") }),
  };
}

/** What the code of the service may do with what it uses. */
export function grants(connections: Connections): Record<string, aws.iam.PolicyStatement[]> {
  const { database, cache, files, stream } = connections;
  return {
    ...(database && { database: database.readServiceSecretStatements() }),
    ...(cache && { cache: [cache.connectStatement()] }),
    ...(files && { files: [files.mountStatement()] }),
    ...(stream && { stream: streamStatements(connections, stream.arn) }),
  };
}

function streamStatements(place: Connections, streamArn: string): aws.iam.PolicyStatement[] {
  return [
    {
      Sid: "SendEvents",
      Effect: "Allow",
      Action: ["kinesis:PutRecord", "kinesis:PutRecords"],
      Resource: streamArn,
    },
    keyStatement(place, {
      sid: "EncryptEvents",
      service: "kinesis",
      key: "viewer-data",
      actions: "kms:GenerateDataKey",
      context: { "aws:kinesis:arn": streamArn },
    }),
  ];
}
