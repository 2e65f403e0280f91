import { AwsError } from "./errors";

/** A fault to come. */
export interface Fault {
  /** The operation that it strikes; absent: any. */
  readonly operation?: string;
  /** The error's name, such as `ThrottlingException`, or `connection-reset` for no answer at all. */
  readonly error: string;
  /** How many calls it strikes, one after another: 1 by default. */
  readonly times?: number;
  /** `before`: the call has no effect. `after`: it has its effect, but the answer is lost or replaced. */
  readonly when: "before" | "after";
}

/** No answer of the service, so the server ends the connection. */
class ConnectionReset extends Error {}

/** Faults that calls meet, in the order in which they were asked for. */
export class Faults {
  #faults: (Fault & { left: number })[] = [];
  readonly #hideNewVersions: (reads: number) => void;

  /** @param hideNewVersions makes so many reads of versions that are filled from now on fail */
  constructor(hideNewVersions: (reads: number) => void) {
    this.#hideNewVersions = hideNewVersions;
  }

  /** Makes the next calls fail. Each attempt of a client that retries is a call. */
  failNext(fault: Fault): void {
    this.#faults.push({ ...fault, left: fault.times ?? 1 });
  }

  /** Forgets the faults that struck nothing yet. */
  clear(): void {
    this.#faults = [];
  }

  /**
   * Eventual consistency: the next reads of a value that was stored after now answer ResourceNotFoundException.
   *
   * @param reads how many, over all versions
   */
  staleReads(reads: number): void {
    this.#hideNewVersions(reads);
  }

  /** Throws what strikes a call now. */
  strike(operation: string, when: Fault["when"]): void {
    const fault = this.#faults.find(
      (each) => each.when === when && (each.operation === undefined || each.operation === operation),
    );
    if (fault === undefined) return;
    fault.left -= 1;
    this.#faults = this.#faults.filter(({ left }) => left > 0);
    if (fault.error === "connection-reset") throw new ConnectionReset();
    throw new AwsError(fault.error, "The test wants this call to fail.");
  }
}
