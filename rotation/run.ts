import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

import { OperatorError, readThrown, type Thrown } from "../functions/shared/errors";
import { type connectOnce, isLost } from "../functions/shared/postgres";
import { redacted, Redactor } from "../functions/shared/redact";
import { hasWork } from "./admission";
import type { ClusterDirectory } from "./clusters";
import { Databases, type RotationPatience } from "./databases";
import { parseEvent, type Step } from "./event";
import type { PasswordPolicy } from "./passwords";
import type { Rotation } from "./rotation";
import { createSecret } from "./steps/create-secret";
import { finishSecret } from "./steps/finish-secret";
import { setSecret } from "./steps/set-secret";
import { testSecret } from "./steps/test-secret";
import { type SecretState, SecretVersions } from "./versions";

/** What a step works with. */
export interface Dependencies {
  readonly client: SecretsManagerClient;
  readonly clusters: ClusterDirectory;
  /** PEM certificates of the authorities to trust for the database. */
  readonly ca: string;
  /** Aliases that a secret may name as host: the name that the certificate is for, by host in lower case. */
  readonly certificateNames: ReadonlyMap<string, string>;
  readonly passwords: PasswordPolicy;
  /** Told what happens; the texts hold no secret. */
  readonly log: (text: string) => void;
  /** Time in milliseconds since 1970 by which the step has to be over. */
  readonly deadline: number;
  readonly patience?: Partial<RotationPatience>;
  /** Makes connections. @default over verified TLS, by pg */
  readonly open?: typeof connectOnce;
}

const PATIENCE: RotationPatience = {
  // An Aurora that was paused takes about 15 s to come back.
  connectMs: 20_000,
  statementMs: 10_000,
  lockMs: 5_000,
  pauseMs: 500,
  reserveMs: 5_000,
};

/** A step with less time than this does not begin: it would be cut off half way. */
const LEAST_MS = 1_000;

const ACTIONS: Readonly<Record<Step, (rotation: Rotation, state: SecretState) => Promise<void>>> = {
  createSecret,
  setSecret,
  testSecret,
  finishSecret,
};

/**
 * Does one step of a rotation. Each may be repeated, also at the same time, and ends as if it had been done once.
 *
 * @throws OperatorError for every failure; Secrets Manager goes on to the next step only when a step succeeds
 */
export async function run(event: unknown, dependencies: Dependencies): Promise<void> {
  const redactor = new Redactor();
  try {
    await runStep(event, dependencies, redactor);
  } catch (error) {
    const thrown = readThrown(error);
    throw redacted(isLost(thrown) ? lost(thrown) : error, redactor);
  }
}

function lost({ code = "", message }: Thrown): OperatorError {
  return new OperatorError(
    "DatabaseUnavailable",
    `The connection to the database was lost (${[code, message].join(" ").trim()}).`,
    "nothing: Secrets Manager tries again, and finds out what was done before.",
  );
}

async function runStep(event: unknown, dependencies: Dependencies, redactor: Redactor): Promise<void> {
  const {
    Step: step,
    SecretId: secretId,
    ClientRequestToken: versionId,
    RotationToken: rotationToken,
  } = parseEvent(event);
  const { client, deadline, certificateNames, open } = dependencies;
  if (rotationToken !== undefined) redactor.add(rotationToken);
  const log = (text: string) => {
    dependencies.log(redactor.text(`${step}: ${text}`));
  };
  const left = deadline - Date.now();
  if (left < LEAST_MS) {
    throw new OperatorError(
      "OutOfTime",
      `Less than ${LEAST_MS / 1000} s are left for ${step}.`,
      "give the function a time-out of 60 s; nothing was changed.",
    );
  }
  const versions = new SecretVersions(client, AbortSignal.timeout(left));
  const state = await versions.describe(secretId);
  if (!hasWork(state, versionId)) {
    log("nothing to do: the version is the current one");
    return;
  }
  const databases = new Databases({
    ca: dependencies.ca,
    certificateNames,
    patience: { ...PATIENCE, ...dependencies.patience },
    deadline,
    applicationName: `rotation:${versionId.slice(0, 8)}`,
    onRetry: (reason) => {
      log(`trying again: ${reason}`);
    },
    ...(open === undefined ? {} : { open }),
  });
  await ACTIONS[step](
    {
      secretArn: state.arn,
      versionId,
      rotationToken,
      versions,
      databases,
      clusters: dependencies.clusters,
      passwords: dependencies.passwords,
      extraHosts: new Set(certificateNames.keys()),
      remember: (secret) => {
        redactor.add(secret);
      },
      log,
    },
    state,
  );
}
