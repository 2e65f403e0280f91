/** What a failure may carry beside its status. */
export interface FailureOptions {
  /** What is wrong, a line each. */
  readonly problems?: readonly string[];
  /** Headers of the answer, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A failure that a client may see. Its text is fixed or made of field names, so that it never shows data. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly status: number;
  readonly problems: readonly string[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, title: string, { problems = [], headers = {}, cause }: FailureOptions = {}) {
    super(title, { cause });
    this.status = status;
    this.problems = problems;
    this.headers = headers;
  }
}

/** Something that a request needs is away for the moment; the same request may succeed later. */
export function unavailable(what: string, cause?: unknown): Failure {
  return new Failure(503, `${what} is not available at the moment.`, {
    headers: { "retry-after": "1" },
    cause,
  });
}
