import { z } from "zod";

import { OperatorError } from "../shared/errors";

/** What every event of EventBridge has around its detail. */
const envelope = z.object({
  id: z.string().min(1),
  source: z.string().min(1),
  "detail-type": z.string().min(1),
  account: z.string().regex(/^\d{12}$/, "12 digits"),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region"),
  time: z.iso.datetime(),
  resources: z.array(z.string()),
  detail: z.record(z.string(), z.unknown()),
});

/** An event whose frame has been checked; each case checks the detail it needs. */
export interface RemediationEvent {
  readonly id: string;
  readonly source: string;
  readonly detailType: string;
  readonly account: string;
  readonly region: string;
  readonly time: Date;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Checks an event; fields that AWS may add later are ignored.
 *
 * @throws OperatorError that lists every problem, but no value: details name people
 */
export function parseEvent(event: unknown): RemediationEvent {
  const { "detail-type": detailType, time, ...rest } = checked(envelope, event);
  return { ...rest, detailType, time: new Date(time) };
}

/** Whether an event is only the time that has come, by a rule with a schedule. */
export function isTick({ source, detailType }: RemediationEvent): boolean {
  return source === "aws.events" && detailType === "Scheduled Event";
}

/**
 * Checks the part of an event's detail that a case needs.
 *
 * @throws OperatorError that lists every problem, but no value
 */
export function parseDetail<Schema extends z.ZodType>(
  schema: Schema,
  { detail }: RemediationEvent,
): z.output<Schema> {
  return checked(schema, detail, "detail");
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, where?: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const place = [...(where === undefined ? [] : [where]), ...path.map(String)].join(".");
    return place === "" ? message : `${place}: ${message}`;
  });
  throw new OperatorError(
    "InvalidEvent",
    `The event is none that the rules send: ${problems.join("; ")}.`,
    "let only the stack's own rules invoke this function; nothing was changed.",
  );
}
