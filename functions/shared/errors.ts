/** Sorts of failure; Lambda reports them as `errorType`, so alarms and runbooks can tell them apart. */
export type FailureKind =
  | "InvalidEvent"
  | "InvalidEnvironment"
  | "SecretUnusable"
  | "DatabaseUnavailable"
  | "FilesUnavailable"
  | "TlsRefused"
  | "SignInRefused"
  | "ServerUnsuitable"
  | "MissingPrivilege"
  | "RoleConflict"
  | "RunInProgress"
  | "OutOfTime"
  | "NotRotatable"
  | "VersionUnfit"
  | "PendingUnfit"
  | "HostNotAllowed"
  | "NoValidCredential"
  | "PromotedElsewhere"
  | "MigrationFailed"
  | "TablesUnfit"
  | "TablesFailed"
  | "ErasureLogUnusable"
  | "LogGroupsUnmended"
  | "InspectionIncomplete"
  | "CopiesUnseen"
  | "StatementFailed"
  | "FlagUnusable"
  | "ServiceMissing"
  | "RemedyFailed"
  | "NotTold"
  | "Unexpected";

/** A failure in words for an operator: what happened, and what to do. Its text holds no secret. */
export class OperatorError extends Error {
  override readonly name: FailureKind;
  /** What happened, without the remedy. */
  readonly what: string;
  readonly remedy: string;

  constructor(kind: FailureKind, what: string, remedy: string) {
    super(`${what} What to do: ${remedy}`);
    this.name = kind;
    this.what = what;
    this.remedy = remedy;
  }
}

/** What is known about anything thrown; `pg` sets `code` on server errors, Node on errors of the network and of TLS. */
export interface Thrown {
  readonly message: string;
  readonly code: string | undefined;
  /** PostgreSQL's second line, which often names the missing privilege. */
  readonly detail: string | undefined;
}

/** What a call to AWS failed with, as part of a sentence: the error's name, which says what kind it is, and its message. */
export function awsFailure(error: unknown): string {
  const name = error instanceof Error ? error.name : "Error";
  return `${name}: ${readThrown(error).message.replace(/\.$/, "")}`;
}

/** Reads a caught value without trusting its shape. */
export function readThrown(error: unknown): Thrown {
  const fields: Readonly<Record<string, unknown>> =
    typeof error === "object" && error !== null ? { ...error } : {};
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const message = error instanceof Error ? error.message : "something that is no Error was thrown";
  // A connection tried at several addresses fails with all their errors and no message of its own.
  const first = error instanceof AggregateError ? readThrown(error.errors[0]) : undefined;
  return {
    message: message === "" ? (first?.message ?? "no message") : message,
    code: text(fields["code"]) ?? first?.code,
    detail: text(fields["detail"]),
  };
}
