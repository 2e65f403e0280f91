/** Kinds that a client may want to tell apart: what comes back by itself, and what this place does not have at all. */
export type FailureType = "urn:streamflix:failure:read-only" | "urn:streamflix:failure:not-here";

/** What a failure may carry beside its status. */
export interface FailureOptions {
  /** What kind of failure it is, for clients that act on it. */
  readonly type?: FailureType;
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
  readonly type: FailureType | undefined;
  readonly problems: readonly string[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    title: string,
    { type, problems = [], headers = {}, cause }: FailureOptions = {},
  ) {
    super(title, { cause });
    this.status = status;
    this.type = type;
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

/** What is here is read, but nobody can write it: a copy, until it takes the place of what it is a copy of. */
export function readOnly(what: string, cause?: unknown): Failure {
  return new Failure(503, `${what} can only be read at the moment.`, {
    type: "urn:streamflix:failure:read-only",
    headers: { "retry-after": "5" },
    cause,
  });
}

/** This place does not have it, as long as it stands by: what a client sends is for later. */
export function notHere(what: string): Failure {
  return new Failure(503, `${what} can't be used at the moment.`, {
    type: "urn:streamflix:failure:not-here",
    headers: { "retry-after": "60" },
  });
}
