/** Time that never stands still: no two moments are the same, so versions have an order. */
export class Clock {
  #last = 0;
  #passed = 0;

  /** The present moment in milliseconds since 1970, later than any before it. */
  now(): number {
    this.#last = Math.max(this.#last + 1, Date.now() + this.#passed);
    return this.#last;
  }

  /** Moves the present on. */
  pass(milliseconds: number): void {
    this.#passed += milliseconds;
  }
}
