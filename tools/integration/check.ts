/** One thing that a deployed stack is checked for. */
export interface Check {
  readonly name: string;
  /** What it proves, for people. */
  readonly proves: string;
  /** How long it may take, in seconds. */
  readonly seconds: number;
  /**
   * Looks, and gives what it saw, on one line and without secrets.
   *
   * @throws Broken when what it proves is not so, NotRun when it can't look
   */
  readonly look: (signal: AbortSignal) => Promise<string>;
}

/** What a check proves is not so; the message holds no secret, and no text of AWS's, which names people. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** A check can't look; the message says why. */
export class NotRun extends Error {
  override readonly name = "NotRun";
}

/** What became of a check. */
export interface Result {
  readonly name: string;
  readonly verdict: "passed" | "FAILED" | "NOT RUN";
  readonly evidence: string;
  readonly seconds: number;
}

/** A result as it is printed. */
export function lineOf({ verdict, name, seconds, evidence }: Result): string {
  return `${verdict.padEnd(7)}  ${name} (${seconds.toFixed(1)} s): ${evidence}`;
}

/** What AWS and its clients call it when who asks may not, or is nobody. */
const NO_RIGHTS =
  /^(AccessDenied|UnrecognizedClient|ExpiredToken|InvalidClientTokenId|CredentialsProviderError)/;

/** Runs a check within its time. */
export async function runCheck({ name, seconds, look }: Check): Promise<Result> {
  const start = performance.now();
  const result = (verdict: Result["verdict"], evidence: string): Result => ({
    name,
    verdict,
    evidence,
    seconds: (performance.now() - start) / 1000,
  });
  const signal = AbortSignal.timeout(seconds * 1000);
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => {
      reject(new Broken(`no answer within ${seconds} s`));
    });
  });
  try {
    return result("passed", await Promise.race([look(signal), late]));
  } catch (error) {
    if (error instanceof NotRun) return result("NOT RUN", error.message);
    if (error instanceof Broken) return result("FAILED", error.message);
    // The name alone: messages of AWS hold ARNs and names of people.
    const kind = error instanceof Error ? error.name : "error";
    if (NO_RIGHTS.test(kind)) return result("NOT RUN", `these credentials may not look (${kind})`);
    return result("FAILED", `unexpected ${kind}`);
  }
}

/**
 * Asks again and again until there is an answer; for as long as its check may take.
 *
 * @param pauseMs between two questions
 */
export async function until<Value>(
  signal: AbortSignal,
  pauseMs: number,
  ask: () => Promise<Value | undefined>,
): Promise<Value> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    // The check is over: what is asked now nobody hears.
    signal.throwIfAborted();
  }
}
