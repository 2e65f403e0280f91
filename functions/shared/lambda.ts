import { readFile } from "node:fs/promises";
import * as path from "node:path";

import { OperatorError } from "./errors";

/** What functions use of Lambda's context. */
export interface InvocationContext {
  readonly getRemainingTimeInMillis: () => number;
}

/**
 * The authorities to trust for the database, in PEM: the file that `DATABASE_CA_BUNDLE` names, or `database-ca.pem`
 * beside the code.
 *
 * @throws OperatorError when there is no such file
 */
export async function readCaBundle(directory: string): Promise<string> {
  const file = process.env["DATABASE_CA_BUNDLE"] ?? path.join(directory, "database-ca.pem");
  return await readFile(file, "utf8").catch(() => {
    throw new OperatorError(
      "TlsRefused",
      `The certificate bundle ${file} can't be read.`,
      "put the bundle into the function's archive; without it no server is trusted.",
    );
  });
}

/**
 * Gives up on work that takes longer: Lambda would end the function without a word about why.
 *
 * @throws OperatorError when time is up
 */
export async function inTime<Result>(work: Promise<Result>, milliseconds: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const what = "The run did not end before the function's time did.";
      reject(
        new OperatorError(
          "OutOfTime",
          what,
          "run again: what is done stays done. If it happens again, see what the database is waiting for.",
        ),
      );
    }, milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
