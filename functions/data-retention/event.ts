import { z } from "zod";

import { invalidEvent } from "../shared/invalid-event";

/** Id of a subject, as the tables and the pseudonym keys have it. */
const subjectId = z.uuid("a UUID").toLowerCase();

// Ticket numbers, not names: the reference goes into the erasure log.
const reference = z
  .string()
  .regex(/^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*-\d{1,12}$/, "the number of a ticket, such as DSR-2026-17");

const value = z.union([z.string(), z.number(), z.boolean()]);

const hold = z
  .strictObject({
    action: z.literal("hold"),
    subjectId: subjectId.exactOptional(),
    rows: z
      .strictObject({
        table: z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/, "the name of a table"),
        values: z
          .record(z.string(), value)
          .refine((values) => Object.keys(values).length > 0, "at least one column with its value"),
      })
      .exactOptional(),
    reason: z.string().min(10).max(500),
    until: z.iso.datetime({ offset: true }).exactOptional(),
  })
  .refine(({ subjectId: subject, rows }) => (subject === undefined) !== (rows === undefined), {
    message: "either subjectId or rows",
  });

const schema = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("expire"), dryRun: z.boolean().default(false) }),
  z.strictObject({
    action: z.literal("erase"),
    subjectId,
    reference,
    dryRun: z.boolean().default(false),
  }),
  z.strictObject({ action: z.literal("replay") }),
  hold,
  z.strictObject({ action: z.literal("release"), holdId: z.uuid("a UUID").toLowerCase() }),
  z.strictObject({ action: z.literal("holds") }),
]);

/** What the function can be asked for. */
export type RetentionEvent = z.output<typeof schema>;

/** A request of one kind. */
export type RequestOf<Action extends RetentionEvent["action"]> = Extract<RetentionEvent, { action: Action }>;

/**
 * Checks an event.
 *
 * @throws OperatorError that lists every problem with its path and what is allowed, but no value
 */
export function parseEvent(event: unknown): RetentionEvent {
  const result = schema.safeParse(event);
  if (result.success) return result.data;
  throw invalidEvent(result.error, "send it again without them; nothing was read or changed.");
}
