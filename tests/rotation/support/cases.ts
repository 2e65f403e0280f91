import assert from "node:assert/strict";

import {
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  type DeleteSecretCommandInput,
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  type GetRandomPasswordCommandInput,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  type RotateSecretCommandInput,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";

import type { MotoServer } from "./moto";
import type { SecretsManagerFake } from "./secrets-manager";

/** A Secrets Manager that cases run on. */
export interface Service {
  readonly client: SecretsManagerClient;
  /** A function that RotateSecret may name. */
  readonly lambdaArn: string;
}

/** The secret of a case. */
interface Subject extends Service {
  readonly secretId: string;
}

/** A call; gives what it read, or `ok`. */
export type Step = (subject: Subject) => Promise<string>;

/** What one call does to a secret in some state. */
export interface Case {
  readonly title: string;
  /** Makes the state; each of these calls succeeds. By default the secret has version `one` as its current one. */
  readonly given?: readonly Step[];
  readonly when: Step;
  /** What `when` gives, or the name of its error. */
  readonly then: string;
  /** Staging labels afterwards, in alphabetical order, by version; without the AWS in front of them. */
  readonly labels?: Labels | undefined;
}

/** Staging labels by version, as in a case. */
type Labels = Readonly<Record<string, string>>;

export function serviceOf(fake: SecretsManagerFake): Service {
  return { client: fake.client(), lambdaArn: "arn:aws:lambda:eu-central-1:111111111111:function:rotation" };
}

export async function motoService(moto: MotoServer): Promise<Service> {
  return { client: moto.client(), lambdaArn: await moto.makeFunction() };
}

let secrets = 0;

/** Runs a case on a secret of its own. */
export async function check(each: Case, service: Service): Promise<void> {
  secrets += 1;
  const subject = { ...service, secretId: `case-${secrets}` };
  for (const step of each.given ?? [create("one")]) await step(subject);
  const outcome = await each.when(subject).catch((error: unknown) => {
    assert.ok(error instanceof Error);
    return error.name;
  });
  assert.equal(outcome, each.then);
  if (each.labels !== undefined) assert.deepEqual(await labelsOf(subject), each.labels);
}

/** The token and version id that cases call by a short name. */
export function tokenOf(name: string): string {
  return name.padEnd(36, "-");
}

/** The value that a version has unless a case says otherwise. */
export const valueOf = (name: string): string => `value of ${name}`;

export const create =
  (id: string, value: string | undefined = valueOf(id)): Step =>
  async ({ client, secretId }) => {
    const token = { ClientRequestToken: tokenOf(id) };
    await client.send(new CreateSecretCommand({ Name: secretId, ...token, SecretString: value }));
    return "ok";
  };

/** A secret that has no version. */
export const createEmpty: Step = async ({ client, secretId }) => {
  await client.send(new CreateSecretCommand({ Name: secretId }));
  return "ok";
};

export const put =
  (id: string, labels?: string[], value: string = valueOf(id)): Step =>
  async ({ client, secretId }) => {
    await client.send(
      new PutSecretValueCommand({
        SecretId: secretId,
        ClientRequestToken: tokenOf(id),
        SecretString: value,
        VersionStages: labels,
      }),
    );
    return "ok";
  };

/** Reads the value of the version with an id, a label, or both. */
export const get =
  (version: { readonly id?: string; readonly label?: string } = {}): Step =>
  async ({ client, secretId }) => {
    const { SecretString } = await client.send(
      new GetSecretValueCommand({
        SecretId: secretId,
        VersionId: version.id === undefined ? undefined : tokenOf(version.id),
        VersionStage: version.label,
      }),
    );
    return SecretString ?? "no text";
  };

export const move =
  (label: string, versions: { readonly from?: string; readonly to?: string }): Step =>
  async ({ client, secretId }) => {
    const { from, to } = versions;
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: secretId,
        VersionStage: label,
        RemoveFromVersionId: from === undefined ? undefined : tokenOf(from),
        MoveToVersionId: to === undefined ? undefined : tokenOf(to),
      }),
    );
    return "ok";
  };

export const rotate =
  (id: string, options: Partial<RotateSecretCommandInput> = {}): Step =>
  async ({ client, secretId, lambdaArn }) => {
    await client.send(
      new RotateSecretCommand({
        SecretId: secretId,
        ClientRequestToken: tokenOf(id),
        RotationLambdaARN: lambdaArn,
        RotationRules: { AutomaticallyAfterDays: 30 },
        ...options,
      }),
    );
    return "ok";
  };

export const cancel: Step = async ({ client, secretId }) => {
  await client.send(new CancelRotateSecretCommand({ SecretId: secretId }));
  return "ok";
};

export const remove =
  (options: Partial<DeleteSecretCommandInput> = {}): Step =>
  async ({ client, secretId }) => {
    await client.send(new DeleteSecretCommand({ SecretId: secretId, ...options }));
    return "ok";
  };

/** Tells RotationEnabled. */
export const rotationEnabled: Step = async ({ client, secretId }) => {
  const { RotationEnabled } = await client.send(new DescribeSecretCommand({ SecretId: secretId }));
  return String(RotationEnabled);
};

/** Tells a new password's length, and which types of characters it has. */
export const randomPassword =
  (options: GetRandomPasswordCommandInput): Step =>
  async ({ client }) => {
    const { RandomPassword = "" } = await client.send(new GetRandomPasswordCommand(options));
    const types = { lower: /[a-z]/, upper: /[A-Z]/, number: /[0-9]/, other: /[^a-zA-Z0-9]/ };
    const present = Object.entries(types).filter(([, pattern]) => pattern.test(RandomPassword));
    return [RandomPassword.length, ...present.map(([type]) => type)].join(" ");
  };

/** Tells which characters a new password has, each once. */
export const randomCharacters =
  (options: GetRandomPasswordCommandInput): Step =>
  async ({ client }) => {
    const { RandomPassword = "" } = await client.send(new GetRandomPasswordCommand(options));
    return [...new Set(RandomPassword)].sort().join("");
  };

/** A step on a secret that does not exist. */
export const onNoSecret =
  (step: Step): Step =>
  (subject) =>
    step({ ...subject, secretId: "no-such-secret" });

async function labelsOf({ client, secretId }: Subject): Promise<Labels> {
  const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: secretId }));
  return Object.fromEntries(
    Object.entries(VersionIdsToStages)
      .filter(([, labels]) => labels.length > 0)
      .map(([id, labels]) => [
        id.replace(/-+$/, ""),
        labels
          .map((label) => label.replace(/^AWS/, ""))
          .sort()
          .join(" "),
      ]),
  );
}
