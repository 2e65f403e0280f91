import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";

import type { RotatedSecretOptions } from "../rotation/client";
import { unavailable } from "./failures";

/**
 * Reads versions of one secret by their stage.
 *
 * @throws Failure 503 when AWS does not give it
 */
export function secretReader(client: SecretsManagerClient, arn: string): RotatedSecretOptions["read"] {
  return async (stage) => {
    try {
      const command = new GetSecretValueCommand({ SecretId: arn, VersionStage: stage });
      return (await client.send(command)).SecretString;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw unavailable("The database's secret", error);
    }
  };
}
