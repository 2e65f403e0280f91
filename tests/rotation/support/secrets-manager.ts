import { randomUUID } from "node:crypto";

import { SecretsManagerClient, type SecretsManagerClientConfig } from "@aws-sdk/client-secrets-manager";

import { Faults } from "./secrets-manager/faults";
import { runOperation } from "./secrets-manager/operations";
import { PENDING, type Secret } from "./secrets-manager/secret";
import { JsonServer } from "./secrets-manager/server";
import { SecretsState } from "./secrets-manager/state";

export { AwsError } from "./secrets-manager/errors";

const ROTATION_LAMBDA = "arn:aws:lambda:eu-central-1:111111111111:function:rotation";

/** A call that reached the service. */
export interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A call about to have its effect, or about to be answered. */
export interface CallPhase {
  readonly operation: string;
  readonly phase: "before" | "after";
}

/** A version of a secret as tests look at it. */
export interface VersionView {
  /** Absent when the version is empty, or holds bytes. */
  readonly value?: string;
  readonly stages: readonly string[];
}

/**
 * AWS Secrets Manager on 127.0.0.1, as strict about versions and staging labels as AWS is documented to be. It never
 * calls a rotation function: RotateSecret leaves what AWS has when it makes the first call.
 */
export class SecretsManagerFake {
  /** Every call over HTTP, with values. Helpers of this class leave no trace in it. */
  readonly journal: Call[] = [];
  readonly faults: Faults;
  /**
   * Called around the effect of each call. When it throws `before`, there is no effect; `after`, there was one, also
   * when that is an error. Either way the connection ends without an answer.
   */
  onCall: ((call: CallPhase) => void | Promise<void>) | undefined;
  readonly #state = new SecretsState();
  readonly #server: JsonServer;

  private constructor() {
    this.faults = new Faults((reads) => {
      this.#state.hideNewVersions(reads);
    });
    this.#server = new JsonServer((operation, input) => this.#answer(operation, input), "secretsmanager");
  }

  static async start(): Promise<SecretsManagerFake> {
    const fake = new SecretsManagerFake();
    await fake.#server.start();
    return fake;
  }

  get url(): string {
    return this.#server.url;
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  /** A real client of this service: three attempts, as by default, without the usual pauses between them. */
  client(): SecretsManagerClient {
    return impatientClient(this.url);
  }

  /**
   * Makes a secret with a current version.
   *
   * @returns its ARN
   */
  createSecret(secret: {
    readonly name: string;
    readonly value: string;
    /** The service that manages it, such as `rds`. */
    readonly owningService?: string;
    /** The first version's id. */
    readonly token?: string;
    /** @default none */
    readonly tags?: Readonly<Record<string, string>>;
  }): string {
    const content = { SecretString: secret.value };
    const token = secret.token ?? randomUUID();
    const made = this.#state.create(secret.name, token, content, secret.owningService).secret;
    made.tags = secret.tags ?? {};
    return made.arn;
  }

  /**
   * What AWS does when a rotation is due, before it calls the function.
   *
   * @returns the token of the rotation, which is the id of its version
   * @throws AwsError InvalidRequestException while another rotation is under way
   */
  startRotation(arn: string, token: string = randomUUID()): string {
    return this.#rotate(arn, token, "empty");
  }

  /**
   * What AWS does with RotateImmediately=false before it calls the function with testSecret, and with that alone.
   * Afterwards it does `clearPending`.
   *
   * @returns the token
   * @throws AwsError InvalidRequestException while another rotation is under way
   */
  startTestOnlyRotation(arn: string): string {
    return this.#rotate(arn, randomUUID(), "currentValue");
  }

  /**
   * What AWS does after the function's last step has succeeded.
   *
   * @throws Error when the new version is not the current one, which AWS counts as a failed rotation
   */
  completeRotation(arn: string): void {
    this.#secret(arn).endRotation();
  }

  /** CancelRotateSecret: the labels stay where they are. */
  cancelRotation(arn: string): void {
    runOperation(this.#state, "CancelRotateSecret", { SecretId: arn });
  }

  /** What an operator does with a rotation that is stuck: takes the label AWSPENDING off. */
  clearPending(arn: string): void {
    const pending = this.versionOf(arn, PENDING);
    if (pending !== undefined) this.#secret(arn).move(PENDING, pending, undefined);
  }

  /** The value with a label. */
  value(arn: string, stage: string): string | undefined {
    const content = this.#secret(arn).labelled(stage)?.content;
    return content && "SecretString" in content ? content.SecretString : undefined;
  }

  /** The id of the version with a label. */
  versionOf(arn: string, stage: string): string | undefined {
    return this.#secret(arn).labelled(stage)?.id;
  }

  /** All versions, deprecated ones too, by id. */
  versions(arn: string): ReadonlyMap<string, VersionView> {
    const secret = this.#secret(arn);
    return new Map(
      secret.versions.map(({ id, content }) => {
        const stages = secret.labelsOf(id);
        return [
          id,
          content && "SecretString" in content ? { value: content.SecretString, stages } : { stages },
        ];
      }),
    );
  }

  /** Lets time pass: a secret has at most 100 versions of one day. */
  passTime(milliseconds: number): void {
    this.#state.clock.pass(milliseconds);
  }

  #secret(arn: string): Secret {
    return this.#state.find(arn);
  }

  #rotate(arn: string, token: string, start: "empty" | "currentValue"): string {
    const secret = this.#secret(arn);
    runOperation(this.#state, "RotateSecret", {
      SecretId: arn,
      ClientRequestToken: token,
      RotateImmediately: start === "empty",
      ...(secret.owningService === undefined &&
        secret.rotation === undefined && { RotationLambdaARN: ROTATION_LAMBDA }),
    });
    return token;
  }

  async #answer(operation: string, input: Call["input"]): Promise<object> {
    this.journal.push({ operation, input });
    await this.onCall?.({ operation, phase: "before" });
    this.faults.strike(operation, "before");
    let result: () => object;
    try {
      const output = runOperation(this.#state, operation, input);
      result = () => output;
    } catch (error) {
      result = () => {
        throw error;
      };
    }
    await this.onCall?.({ operation, phase: "after" });
    this.faults.strike(operation, "after");
    return result();
  }
}

/** A client whose retries don't wait. */
export function impatientClient(endpoint: string): SecretsManagerClient {
  return new SecretsManagerClient({
    region: "eu-central-1",
    endpoint,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    retryStrategy,
  });
}

const ATTEMPTS = 3;
const retryStrategy: NonNullable<SecretsManagerClientConfig["retryStrategy"]> = {
  acquireInitialRetryToken: () => Promise.resolve(retryToken(0)),
  refreshRetryTokenForRetry: (token, { errorType }) =>
    errorType === "CLIENT_ERROR" || token.getRetryCount() + 1 >= ATTEMPTS
      ? Promise.reject(new Error("no further attempt"))
      : Promise.resolve(retryToken(token.getRetryCount() + 1)),
  recordSuccess: () => undefined,
};

function retryToken(retries: number) {
  return { getRetryCount: () => retries, getRetryDelay: () => 1 };
}
