import {
  DescribeSecretCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";

import { Broken, type Check, NotRun, until } from "../check";
import type { Target } from "../target";

/**
 * Both passwords of the database are replaced now. Nobody is locked out by that; that the new one works is what the
 * check of the database shows, which comes after this one.
 */
export function rotationCheck(target: Target, pauseMs = 3000): Check {
  return {
    name: "rotation",
    proves: "both passwords of the database can be replaced",
    seconds: 300,
    look: async (signal) => {
      const { databaseSecretArns } = target.outputs;
      if (databaseSecretArns === undefined) throw new NotRun("the stack has no database");
      const client = new SecretsManagerClient({ region: target.region });
      const seen: string[] = [];
      // The master first, one after the other: the rotation of the service's may use it.
      for (const what of ["master", "service"] as const) {
        const start = performance.now();
        await rotate(client, what, databaseSecretArns[what], signal, pauseMs);
        seen.push(`${what} in ${((performance.now() - start) / 1000).toFixed(0)} s`);
      }
      return `new passwords: ${seen.join(", ")}`;
    },
  };
}

async function rotate(
  client: SecretsManagerClient,
  what: string,
  SecretId: string,
  signal: AbortSignal,
  pauseMs: number,
): Promise<void> {
  const stagesNow = async () => {
    const described = await client.send(new DescribeSecretCommand({ SecretId }));
    const versions = Object.entries(described.VersionIdsToStages ?? {});
    const idOf = (stage: string) => versions.find(([, stages]) => stages.includes(stage))?.[0];
    return {
      enabled: described.RotationEnabled === true,
      current: idOf("AWSCURRENT"),
      pending: idOf("AWSPENDING"),
    };
  };
  const before = await stagesNow();
  if (!before.enabled) throw new Broken(`the ${what}'s secret is not rotated`);
  if (before.pending !== undefined && before.pending !== before.current)
    throw new Broken(`a rotation of the ${what}'s secret has not come to its end`);
  const { VersionId } = await client.send(new RotateSecretCommand({ SecretId }));
  await until(signal, pauseMs, async () => {
    const { current } = await stagesNow();
    return current === VersionId ? true : undefined;
  });
}
