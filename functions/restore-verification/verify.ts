import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import type { Client } from "pg";

import { OperatorError } from "../shared/errors";
import { connect, type Patience } from "../shared/postgres";
import { redacted, Redactor } from "../shared/redact";
import type { RestoredCluster } from "./aws";
import { findFaults } from "./checks";
import type { DatabaseJob } from "./event";
import type { DatabaseExpectations } from "./settings";
import { restoreTime, type Verdict, verdict } from "./verdict";

/** What one verification needs besides the cluster. */
export interface VerifyOptions {
  readonly expectations: DatabaseExpectations;
  readonly job: Pick<DatabaseJob, "begunAt" | "restoredTo">;
  readonly ca: string;
  readonly log: (text: string) => void;
  /** When it has to be over, in milliseconds since 1970. */
  readonly deadline: number;
  /** @default the current time */
  readonly now?: () => number;
  /** @default what suits Aurora */
  readonly patience?: Partial<Patience & { readonly pauseMs: number }>;
}

const PATIENCE = { connectMs: 20_000, statementMs: 300_000, lockMs: 10_000, pauseMs: 5_000 };

/** Shown in the server's log. */
const APPLICATION_NAME = "streamflix-restore-verification";

/**
 * Signs in to a restored cluster and judges what is in it.
 *
 * It takes a password of its own, set on the restored cluster: the one of the backup is known to nobody any more once
 * rotation has changed it. It is made here, is kept nowhere and is gone with the cluster.
 *
 * @throws OperatorError when the cluster could not be judged, which says nothing about the backup
 */
export async function verify(cluster: RestoredCluster, options: VerifyOptions): Promise<Verdict> {
  const password = randomBytes(24).toString("hex");
  const redactor = new Redactor();
  redactor.add(password);
  try {
    return await judge(cluster, password, options);
  } catch (error) {
    throw redacted(error, redactor);
  }
}

async function judge(cluster: RestoredCluster, password: string, options: VerifyOptions): Promise<Verdict> {
  const { expectations, job, now = Date.now } = options;
  const judged = (faults: readonly string[], seconds: number) =>
    verdict(faults, seconds, expectations.objectiveSeconds);
  const facts = await cluster.facts();
  if (facts === undefined) throw gone();
  await cluster.setMasterPassword(password);

  let client: Client;
  try {
    client = await signIn(facts.host, password, options);
  } catch (error) {
    // The server's own word on it; a cluster that can't be reached or does not prove who it is was not judged.
    if (!(error instanceof OperatorError) || error.name !== "SignInRefused") throw error;
    return judged([`nobody can sign in: ${error.what}`], restoreTime(now(), job));
  }
  try {
    // Only now can somebody work with it.
    const seconds = restoreTime(now(), job);
    return judged(await findFaults(client, expectations, new Date(job.restoredTo)), seconds);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Tries until the new password is in force: RDS takes it in some seconds after it has said yes. */
async function signIn(host: string, password: string, options: VerifyOptions): Promise<Client> {
  const { expectations, ca, deadline, log } = options;
  const patience = { ...PATIENCE, ...options.patience };
  const server = { host, port: expectations.port, database: expectations.database, ca };
  const credentials = { user: expectations.masterUser, password, applicationName: APPLICATION_NAME };
  for (;;) {
    try {
      return await connect(server, credentials, patience, {
        until: deadline,
        pauseMs: patience.pauseMs,
        onRetry: (reason) => {
          log(`not yet: ${reason}`);
        },
      });
    } catch (error) {
      const isEarly = error instanceof OperatorError && error.name === "SignInRefused";
      if (!isEarly || Date.now() + patience.pauseMs > deadline) throw error;
      log("not yet: the new password is not in force");
      await sleep(patience.pauseMs);
    }
  }
}

function gone(): OperatorError {
  return new OperatorError(
    "DatabaseUnavailable",
    "The restored cluster is gone.",
    "see who deleted it; the next restore test makes another.",
  );
}
