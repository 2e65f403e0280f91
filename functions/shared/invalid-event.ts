import type { z } from "zod";

import { OperatorError } from "./errors";

/** The failure of an event that does not fit its schema: every problem with its path and what is allowed, but no value. */
export function invalidEvent({ issues }: z.ZodError, remedy: string): OperatorError {
  const lines = issues.map((issue) => {
    const path = issue.path.map(String).join(".");
    return `${path === "" ? "event" : path}: ${issue.message}`;
  });
  return new OperatorError(
    "InvalidEvent",
    `The event has ${lines.length === 1 ? "1 problem" : `${lines.length} problems`}: ${lines.join("; ")}.`,
    remedy,
  );
}
