import { DescribeKeyCommand, KeyState, type KMSClient } from "@aws-sdk/client-kms";
import { DescribeSecretCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

import { awsFailure, OperatorError } from "../shared/errors";
import { metricLine } from "../shared/metric-line";
import { parseEvent } from "./event";
import { DEPLOYMENT_METRICS, KEY_METRICS, SECRET_METRICS, STOP_METRICS } from "./metrics";
import type { InspectionSettings } from "./settings";
import { exitsOf, lossOf } from "./tasks";

/** What a run works with. */
export interface Dependencies {
  readonly settings: InspectionSettings;
  readonly secrets: SecretsManagerClient;
  readonly keys: KMSClient;
  readonly functionName: string;
  readonly now: () => Date;
  /** Writes a line to the log. */
  readonly write: (line: string) => void;
}

const DAY_MS = 24 * 3600 * 1000;

/**
 * Writes the figures that an event is about. A call that fails leaves its own figure out, and no other one: no figure is
 * ever taken for a good one.
 *
 * @throws OperatorError that names every secret and key that could not be looked at
 */
export async function run(event: unknown, dependencies: Dependencies): Promise<void> {
  const { functionName: FunctionName, now, write } = dependencies;
  const parsed = parseEvent(event);
  if (parsed.kind === "stopped") {
    const loss = lossOf(parsed.task);
    const figures = {
      TaskFailures: Number(loss === "failure"),
      SpotInterruptions: Number(loss === "interruption"),
    };
    const { taskArn, availabilityZone, capacityProviderName, stopCode, stoppedReason } = parsed.task;
    write(
      metricLine(STOP_METRICS, { FunctionName }, figures, now(), {
        task: taskArn.split("/").at(-1) ?? taskArn,
        zone: availabilityZone,
        capacity: capacityProviderName,
        code: stopCode,
        reason: stoppedReason,
        exits: exitsOf(parsed.task),
      }),
    );
    return;
  }
  if (parsed.kind === "deploymentFailed") {
    const { deploymentId: deployment, reason } = parsed.deployment;
    write(
      metricLine(DEPLOYMENT_METRICS, { FunctionName }, { DeploymentFailures: 1 }, now(), {
        deployment,
        reason,
      }),
    );
    return;
  }
  const failures = [...(await lookAtSecrets(dependencies)), ...(await lookAtKeys(dependencies))];
  if (failures.length > 0) {
    throw new OperatorError(
      "InspectionIncomplete",
      `${failures.length} of the stack's secrets and keys could not be looked at: ${failures.join("; ")}.`,
      "see that the function's role allows it; the figures of all others are written.",
    );
  }
}

/** @returns what failed, by secret */
async function lookAtSecrets({
  settings,
  secrets,
  functionName,
  now,
  write,
}: Dependencies): Promise<string[]> {
  const failures: string[] = [];
  for (const [Secret, SecretId] of Object.entries(settings.secrets)) {
    try {
      const { LastRotatedDate, CreatedDate } = await secrets.send(new DescribeSecretCommand({ SecretId }));
      const date = LastRotatedDate ?? CreatedDate;
      if (date === undefined) throw new Error("it has no date");
      const DaysSinceRotation = (now().getTime() - date.getTime()) / DAY_MS;
      write(metricLine(SECRET_METRICS, { FunctionName: functionName, Secret }, { DaysSinceRotation }, now()));
    } catch (error) {
      failures.push(`secret ${Secret}: ${awsFailure(error)}`);
    }
  }
  return failures;
}

/** @returns what failed, by key; one that is gone is no failure, but unusable */
async function lookAtKeys({ settings, keys, functionName, now, write }: Dependencies): Promise<string[]> {
  const failures: string[] = [];
  const unusable: string[] = [];
  for (const [key, KeyId] of Object.entries(settings.keys)) {
    try {
      const { KeyMetadata } = await keys.send(new DescribeKeyCommand({ KeyId }));
      if (KeyMetadata?.KeyState !== KeyState.Enabled)
        unusable.push(`${key} ${KeyMetadata?.KeyState ?? "unknown"}`);
    } catch (error) {
      if (error instanceof Error && error.name === "NotFoundException") unusable.push(`${key} gone`);
      else failures.push(`key ${key}: ${awsFailure(error)}`);
    }
  }
  if (failures.length === 0) {
    const figures = { KeysUnusable: unusable.length };
    write(
      metricLine(KEY_METRICS, { FunctionName: functionName }, figures, now(), {
        unusable: unusable.join(", "),
      }),
    );
  }
  return failures;
}
