import { z } from "zod";

import { OperatorError } from "../functions/shared/errors";
import { problemsOf } from "./problems";

/** The steps of a rotation, in the order in which Secrets Manager asks for them. */
export const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

export type Step = (typeof STEPS)[number];

/** Lengths are those that the API of Secrets Manager gives for its parameters. */
const schema = z.object({
  Step: z.enum(STEPS),
  SecretId: z.string("a text").min(1, "the secret's ARN").max(2048, "at most 2,048 characters"),
  ClientRequestToken: z
    .string("a text")
    .regex(/^[A-Za-z0-9-]{32,64}$/, "32 to 64 letters, digits and hyphens"),
  // Sent when the function's account is not the caller's, or its role is assumed.
  RotationToken: z
    .string("a text")
    .regex(/^[A-Za-z0-9-]{36,256}$/, "36 to 256 letters, digits and hyphens")
    .exactOptional(),
});

/** What Secrets Manager sends. The token is the id of the version that becomes the new one. */
export type RotationEvent = z.output<typeof schema>;

/**
 * Checks an event; fields that AWS may add later are ignored.
 *
 * @throws OperatorError that lists every problem, but no value: a token would let its reader put a version
 */
export function parseEvent(event: unknown): RotationEvent {
  const result = schema.safeParse(event);
  if (result.success) return result.data;
  throw new OperatorError(
    "InvalidEvent",
    `The event is none that Secrets Manager sends: ${problemsOf(result.error).join("; ")}.`,
    "let only Secrets Manager invoke this function; nothing was read or changed.",
  );
}
