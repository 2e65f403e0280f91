/** A moment by which something has to be done, as time in milliseconds since 1970. */
export class Deadline {
  readonly at: number;

  private constructor(at: number) {
    this.at = at;
  }

  static in(milliseconds: number): Deadline {
    return new Deadline(Date.now() + milliseconds);
  }

  /** Milliseconds that are left, 0 when it has passed. */
  get remainingMs(): number {
    return Math.max(0, this.at - Date.now());
  }
}
