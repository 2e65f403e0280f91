import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

import { OperatorError, readThrown } from "./errors";

/** Where secret values are read; tests put their own in place. */
export interface SecretSource {
  /**
   * The text of the version with stage AWSCURRENT.
   *
   * @throws OperatorError when there is none or it can't be read
   */
  current(arn: string): Promise<string>;
}

/** Reads from AWS Secrets Manager; the client retries throttling and lost connections. */
export class SecretsManagerSource implements SecretSource {
  readonly #client: SecretsManagerClient;

  constructor(client: SecretsManagerClient) {
    this.#client = client;
  }

  async current(arn: string): Promise<string> {
    // The stage is named, although it is the default: nothing here may depend on what a service takes as default.
    const command = new GetSecretValueCommand({ SecretId: arn, VersionStage: "AWSCURRENT" });
    let text: string | undefined;
    try {
      ({ SecretString: text } = await this.#client.send(command));
    } catch (error) {
      const name = error instanceof Error ? error.name : "Error";
      throw new OperatorError(
        "SecretUnusable",
        `Secret ${arn} can't be read: ${name}: ${readThrown(error).message}`,
        "check that the secret has a value with stage AWSCURRENT, and that the function's role, the secret's policy, " +
          "its key and the VPC endpoint let the function read it.",
      );
    }
    if (text === undefined) throw unusable(arn, "it holds bytes instead of text");
    return text;
  }
}

/** What a secret says about signing in. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/**
 * Reads user name and password from a secret's JSON; other keys are allowed.
 *
 * @throws OperatorError that never shows the text: what the JSON parser says about bad JSON quotes it
 */
export function parseLogin(arn: string, text: string): Login {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unusable(arn, "its text is no JSON");
  }
  if (typeof value !== "object" || value === null) throw unusable(arn, "its JSON is no object");
  const { username, password } = value as Readonly<Record<string, unknown>>;
  if (typeof username !== "string" || username === "") throw unusable(arn, "it has no username");
  if (typeof password !== "string" || password === "") throw unusable(arn, "it has no password");
  return { username, password };
}

function unusable(arn: string, why: string): OperatorError {
  return new OperatorError(
    "SecretUnusable",
    `Secret ${arn} can't be used: ${why}.`,
    'store a JSON object with "username" and "password" as its current version.',
  );
}
