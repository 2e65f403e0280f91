import { trace } from "@opentelemetry/api";

/**
 * What a log line may say, and nothing else: no path with an id in it, no text of an error (PostgreSQL quotes values in
 * its messages), no body, header or address.
 */
export interface LogFields {
  /** Template such as `/v1/profiles/{id}`. */
  readonly route?: string;
  readonly method?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly requestId?: string;
  /** Class of an error. */
  readonly error?: string;
  /** Code that the system, the database or AWS gave an error. */
  readonly code?: string;
  readonly attempt?: number;
  readonly count?: number;
  readonly signal?: string;
  readonly port?: number;
  readonly inFlight?: number;
}

/** The allow-list at run time: a field that is not here is dropped, whatever was passed. */
const ALLOWED: Readonly<Record<keyof LogFields, true>> = {
  route: true,
  method: true,
  status: true,
  durationMs: true,
  requestId: true,
  error: true,
  code: true,
  attempt: true,
  count: true,
  signal: true,
  port: true,
  inFlight: true,
};

/** How much a line matters. */
export type Level = "info" | "warn" | "error";

/** Writes one line of JSON. `event` is a fixed phrase, never made of data. */
export type Log = (level: Level, event: string, fields?: LogFields) => void;

/** A log that hands its lines to `write`; each carries the current trace, if there is one. */
export function makeLog(write: (line: string) => void): Log {
  return (level, event, fields = {}) => {
    const span = trace.getActiveSpan()?.spanContext();
    const known = Object.entries(fields).filter(([name]) => Object.hasOwn(ALLOWED, name));
    const entry = {
      time: new Date().toISOString(),
      level,
      event,
      ...Object.fromEntries(known),
      ...(span && { traceId: span.traceId, spanId: span.spanId }),
    };
    write(`${JSON.stringify(entry)}\n`);
  };
}

/** What may be said about anything thrown: its class and its code. */
export function describeError(thrown: unknown): Pick<LogFields, "error" | "code"> {
  if (!(thrown instanceof Error)) return { error: typeof thrown };
  const { code } = thrown as { readonly code?: unknown };
  return { error: thrown.name, ...(typeof code === "string" && { code }) };
}
