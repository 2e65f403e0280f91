import { setTimeout as sleep } from "node:timers/promises";

import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";

import { awsFailure, OperatorError } from "../functions/shared/errors";

/** What is known of a secret besides its values. */
export interface SecretState {
  readonly arn: string;
  /** Stages by version id. */
  readonly stages: ReadonlyMap<string, readonly string[]>;
  /** Absent where rotation was never configured. */
  readonly rotationEnabled: boolean | undefined;
  /** The service that looks after the secret, such as `rds`. */
  readonly owningService: string | undefined;
  readonly isDeleted: boolean;
  readonly tags: ReadonlyMap<string, string>;
}

/** Which version to read; with an id, the version has to have the stage as well. */
export interface Version {
  readonly stage?: "AWSCURRENT" | "AWSPENDING" | "AWSPREVIOUS";
  readonly id?: string;
}

/** A version that was just written may not be readable everywhere at once. */
const READ_ATTEMPTS = 6;
const FIRST_PAUSE_MS = 100;

/** The secrets as AWS Secrets Manager has them. Every failure is an OperatorError without any value. */
export class SecretVersions {
  readonly #client: SecretsManagerClient;
  readonly #signal: AbortSignal;

  /**
   * @param client retries throttling and lost connections by itself
   * @param signal ends a call when time is up
   */
  constructor(client: SecretsManagerClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
  }

  async describe(secretId: string): Promise<SecretState> {
    const answer = await this.#do(secretId, "described", () =>
      this.#client.send(new DescribeSecretCommand({ SecretId: secretId }), this.#options),
    );
    const tags = (answer.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value] as const);
    return {
      arn: answer.ARN ?? secretId,
      stages: new Map(Object.entries(answer.VersionIdsToStages ?? {})),
      rotationEnabled: answer.RotationEnabled,
      owningService: answer.OwningService,
      isDeleted: answer.DeletedDate !== undefined,
      tags: new Map(tags),
    };
  }

  /** The text of a version; undefined where there is none, or none with a value yet. */
  async read(secretId: string, version: Version): Promise<string | undefined> {
    const { stage, id } = version;
    const input = {
      SecretId: secretId,
      ...(stage === undefined ? {} : { VersionStage: stage }),
      ...(id === undefined ? {} : { VersionId: id }),
    };
    const answer = await this.#do(secretId, "read", async () => {
      try {
        return await this.#client.send(new GetSecretValueCommand(input), this.#options);
      } catch (error) {
        if (named(error, "ResourceNotFoundException")) return undefined;
        throw error;
      }
    });
    if (answer === undefined) return undefined;
    if (answer.SecretString === undefined) {
      throw new OperatorError(
        "SecretUnusable",
        `${nameOf(secretId, version)} holds bytes instead of text.`,
        "store the JSON object that rotation/README.md describes.",
      );
    }
    return answer.SecretString;
  }

  /**
   * The text of a version that has to be there; waits a little for one that was just written.
   *
   * @throws OperatorError when it does not turn up
   */
  async need(secretId: string, version: Version): Promise<string> {
    for (let attempt = 0; attempt < READ_ATTEMPTS; attempt += 1) {
      if (attempt > 0) await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
      const text = await this.read(secretId, version);
      if (text !== undefined) return text;
    }
    throw new OperatorError(
      "SecretUnusable",
      `${nameOf(secretId, version)} has no value.`,
      version.stage === "AWSCURRENT"
        ? "put a first value into the secret before rotation is switched on."
        : "nothing: Secrets Manager starts over with createSecret. If it happens again, cancel the rotation and start it anew.",
    );
  }

  /**
   * Stores the text of a new version with stage AWSPENDING.
   *
   * @returns false where the version has another text already: a twin of this invocation was first
   */
  async put(secretId: string, id: string, text: string, rotationToken: string | undefined): Promise<boolean> {
    return await this.#do(secretId, "written", async () => {
      try {
        await this.#client.send(
          new PutSecretValueCommand({
            SecretId: secretId,
            ClientRequestToken: id,
            SecretString: text,
            VersionStages: ["AWSPENDING"],
            ...(rotationToken === undefined ? {} : { RotationToken: rotationToken }),
          }),
          this.#options,
        );
        return true;
      } catch (error) {
        if (named(error, "ResourceExistsException")) return false;
        throw error;
      }
    });
  }

  /**
   * Makes a version the current one; the one before becomes AWSPREVIOUS by itself.
   *
   * @param from the version that is current now, if any
   * @returns false where another one is current by now
   */
  async promote(secretId: string, id: string, from: string | undefined): Promise<boolean> {
    return await this.#do(secretId, "changed", async () => {
      try {
        await this.#client.send(
          new UpdateSecretVersionStageCommand({
            SecretId: secretId,
            VersionStage: "AWSCURRENT",
            MoveToVersionId: id,
            ...(from === undefined ? {} : { RemoveFromVersionId: from }),
          }),
          this.#options,
        );
        return true;
      } catch (error) {
        if (named(error, "InvalidParameterException")) return false;
        throw error;
      }
    });
  }

  /** Ids of all versions that still exist, with a stage or without, newest first. */
  async list(secretId: string): Promise<string[]> {
    const input = { SecretId: secretId, IncludeDeprecated: true, MaxResults: 100 };
    const { Versions: versions = [] } = await this.#do(secretId, "listed", () =>
      this.#client.send(new ListSecretVersionIdsCommand(input), this.#options),
    );
    return versions
      .sort((one, other) => Number(other.CreatedDate ?? 0) - Number(one.CreatedDate ?? 0))
      .flatMap(({ VersionId: id }) => id ?? []);
  }

  get #options(): { readonly abortSignal: AbortSignal } {
    return { abortSignal: this.#signal };
  }

  async #do<Result>(secretId: string, done: string, call: () => Promise<Result>): Promise<Result> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof OperatorError) throw error;
      if (this.#signal.aborted) {
        throw new OperatorError(
          "OutOfTime",
          `The function's time was up before secret ${secretId} could be ${done}.`,
          "nothing: Secrets Manager tries again. If it happens again, check that the function reaches the service.",
        );
      }
      const name = error instanceof Error ? error.name : "Error";
      throw new OperatorError(
        "SecretUnusable",
        `Secret ${secretId} can't be ${done}: ${awsFailure(error)}.`,
        REMEDIES[name] ??
          "check the function's role, the secret's policy, its key and the VPC endpoint; Secrets Manager tries again.",
      );
    }
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  ThrottlingException: "nothing: Secrets Manager tries again.",
  InternalServiceError: "nothing: Secrets Manager tries again.",
  LimitExceededException: "wait a day: a secret takes 100 versions in 24 hours.",
  DecryptionFailure:
    "let the function's role use the secret's key by way of Secrets Manager, and see that it is enabled.",
  EncryptionFailure:
    "let the function's role use the secret's key by way of Secrets Manager, and see that it is enabled.",
};

/** A version in words for an error. */
export function nameOf(secretId: string, { stage, id }: Version): string {
  return `Version ${[stage, id].filter((part) => part !== undefined).join(" ")} of secret ${secretId}`;
}

function named(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
