import type {
  CancelRotateSecretRequest,
  CreateSecretRequest,
  DeleteSecretRequest,
  DescribeSecretRequest,
  GetRandomPasswordRequest,
  GetSecretValueRequest,
  ListSecretVersionIdsRequest,
  PutSecretValueRequest,
  RotateSecretRequest,
  UpdateSecretVersionStageRequest,
} from "@aws-sdk/client-secrets-manager";

import { checkInput } from "./constraints";
import { AwsError, invalidParameter, invalidRequest } from "./errors";
import { randomPassword } from "./random-password";
import type { Content, Secret, Version } from "./secret";
import type { SecretsState } from "./state";

type Json = Readonly<Record<string, unknown>>;
/** A request as it is sent, with members that must be there: bytes are base64 text. */
type Sent<Request, Required extends keyof Request> = Omit<Request, "SecretBinary" | Required> & {
  readonly [Member in Required]-?: NonNullable<Request[Member]>;
} & { readonly SecretBinary?: string };
type Operation = (state: SecretsState, input: Json) => object;

/** An operation whose input has been checked. */
function operation<Request, Required extends keyof Request & string = never>(
  required: readonly Required[],
  run: (state: SecretsState, input: Sent<Request, Required>) => object,
): Operation {
  return (state, input) => {
    checkInput(input, required);
    return run(state, input as Sent<Request, Required>);
  };
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  CreateSecret: operation<CreateSecretRequest, "Name" | "ClientRequestToken">(
    ["Name", "ClientRequestToken"],
    (state, input) => {
      const token = input.ClientRequestToken;
      const { secret, versionId } = state.create(input.Name, token, contentOf(input));
      return { ...identity(secret), VersionId: versionId };
    },
  ),

  DescribeSecret: operation<DescribeSecretRequest, "SecretId">(["SecretId"], (state, input) => {
    const secret = state.find(input.SecretId);
    const { rotation } = secret;
    const labels = secret.versions.map(({ id }) => [id, secret.labelsOf(id)] as const);
    return {
      ...identity(secret),
      OwningService: secret.owningService,
      RotationEnabled: rotation?.enabled,
      RotationLambdaARN: rotation?.lambdaArn,
      RotationRules: rotation?.rules,
      LastRotatedDate: seconds(secret.lastRotatedAt),
      DeletedDate: seconds(secret.deletedAt),
      CreatedDate: seconds(secret.createdAt),
      ...(Object.keys(secret.tags).length > 0 && {
        Tags: Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value })),
      }),
      VersionIdsToStages: Object.fromEntries(labels.filter(([, stages]) => stages.length > 0)),
    };
  }),

  GetSecretValue: operation<GetSecretValueRequest, "SecretId">(["SecretId"], (state, input) => {
    const secret = state.findUsable(input.SecretId);
    const version = secret.read(input.VersionId, input.VersionStage);
    state.checkVisible(version);
    return { ...identity(secret), ...version.content, ...described(secret, version) };
  }),

  PutSecretValue: operation<PutSecretValueRequest, "SecretId" | "ClientRequestToken">(
    ["SecretId", "ClientRequestToken"],
    (state, input) => {
      const secret = state.findOwn(input.SecretId);
      const token = input.ClientRequestToken;
      const content = contentOf(input);
      if (content === undefined) throw invalidParameter("SecretString or SecretBinary must be given.");
      secret.put(token, content, input.VersionStages);
      return { ...identity(secret), VersionId: token, VersionStages: secret.labelsOf(token) };
    },
  ),

  UpdateSecretVersionStage: operation<UpdateSecretVersionStageRequest, "SecretId" | "VersionStage">(
    ["SecretId", "VersionStage"],
    (state, input) => {
      const secret = state.findOwn(input.SecretId);
      secret.move(input.VersionStage, input.RemoveFromVersionId, input.MoveToVersionId);
      return identity(secret);
    },
  ),

  ListSecretVersionIds: operation<ListSecretVersionIdsRequest, "SecretId">(["SecretId"], (state, input) => {
    const secret = state.find(input.SecretId);
    const versions = secret.versions.filter(
      ({ id }) => input.IncludeDeprecated === true || secret.labelsOf(id).length > 0,
    );
    const start = input.NextToken === undefined ? 0 : pageStart(input.NextToken);
    const end = start + (input.MaxResults ?? 100);
    return {
      ...identity(secret),
      Versions: versions.slice(start, end).map((version) => described(secret, version)),
      NextToken: end < versions.length ? `page-${end}` : undefined,
    };
  }),

  GetRandomPassword: operation<GetRandomPasswordRequest>([], (_state, input) => ({
    RandomPassword: randomPassword(input),
  })),

  RotateSecret: operation<RotateSecretRequest, "SecretId" | "ClientRequestToken">(
    ["SecretId", "ClientRequestToken"],
    (state, input) => {
      const secret = state.findUsable(input.SecretId);
      const { RotationLambdaARN: lambdaArn, RotationRules: rules, ClientRequestToken: token } = input;
      if (rules?.AutomaticallyAfterDays !== undefined && rules.ScheduleExpression !== undefined) {
        throw invalidParameter("RotationRules has AutomaticallyAfterDays or ScheduleExpression, not both.");
      }
      if (secret.owningService !== undefined && lambdaArn !== undefined) {
        throw invalidRequest(`The secret is rotated by ${secret.owningService}, not by a function.`);
      }
      if (secret.owningService === undefined && (lambdaArn ?? secret.rotation?.lambdaArn) === undefined) {
        throw invalidRequest("The secret has no rotation function yet, so RotationLambdaARN must be given.");
      }
      secret.beginRotation(token, input.RotateImmediately === false ? "currentValue" : "empty");
      secret.rotation = {
        enabled: true,
        lambdaArn: lambdaArn ?? secret.rotation?.lambdaArn,
        rules: rules ?? secret.rotation?.rules,
      };
      return { ...identity(secret), VersionId: token };
    },
  ),

  CancelRotateSecret: operation<CancelRotateSecretRequest, "SecretId">(["SecretId"], (state, input) => {
    const secret = state.findOwn(input.SecretId);
    if (secret.rotation === undefined) throw invalidRequest("The secret has never been set up for rotation.");
    secret.rotation = { ...secret.rotation, enabled: false };
    return identity(secret);
  }),

  DeleteSecret: operation<DeleteSecretRequest, "SecretId">(["SecretId"], (state, input) => {
    const { RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force } = input;
    if (days !== undefined && force === true) {
      throw invalidParameter("RecoveryWindowInDays or ForceDeleteWithoutRecovery may be given, not both.");
    }
    const secret = state.findOwn(input.SecretId);
    if (force === true) state.remove(secret);
    else secret.deletedAt = state.clock.now() + (days ?? 30) * 24 * 60 * 60 * 1000;
    return { ...identity(secret), DeletionDate: seconds(secret.deletedAt ?? state.clock.now()) };
  }),
};

/**
 * Runs an operation of Secrets Manager: with its whole effect, or with an error and none.
 *
 * @throws AwsError what AWS would answer
 */
export function runOperation(state: SecretsState, name: string, input: Json): object {
  const run = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (run === undefined) throw new AwsError("UnknownOperationException", `There is no operation ${name}.`);
  return run(state, input);
}

function contentOf(input: {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: string;
}): Content | undefined {
  const { SecretString, SecretBinary } = input;
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter("SecretString or SecretBinary may be given, not both.");
  }
  if (SecretString !== undefined) return { SecretString };
  return SecretBinary === undefined ? undefined : { SecretBinary };
}

function identity(secret: Secret): { readonly ARN: string; readonly Name: string } {
  return { ARN: secret.arn, Name: secret.name };
}

function described(secret: Secret, version: Version): object {
  const labels = secret.labelsOf(version.id);
  return {
    VersionId: version.id,
    VersionStages: labels.length > 0 ? labels : undefined,
    CreatedDate: seconds(version.createdAt),
  };
}

/** Times are sent as seconds since 1970. */
function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}

function pageStart(token: string): number {
  const start = /^page-(\d+)$/.exec(token)?.[1];
  if (start === undefined)
    throw new AwsError("InvalidNextTokenException", "NextToken is of no earlier answer.");
  return Number(start);
}
