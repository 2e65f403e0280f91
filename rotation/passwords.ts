import { randomInt } from "node:crypto";

import { z } from "zod";

import { OperatorError } from "../functions/shared/errors";
import { problemsOf } from "./problems";

const CLASSES = {
  lowercase: "abcdefghijklmnopqrstuvwxyz",
  uppercase: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  numbers: "0123456789",
  punctuation: "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
} as const;

/** How new passwords look. */
export interface PasswordPolicy {
  /** In characters. */
  readonly length: number;
  /** The characters of each kind to take from, none empty. */
  readonly classes: readonly string[];
  /** Whether each kind has to be there. */
  readonly requireEach: boolean;
}

const flag = z
  .enum(["true", "false"], "true or false")
  .default("false")
  .transform((text) => text === "true");

/** Names and defaults are those of AWS's rotation functions. */
const schema = z.object({
  // RDS takes at most 99 characters in what it calls a master password.
  PASSWORD_LENGTH: z.coerce
    .number("a number")
    .int("a whole number")
    .min(16, "at least 16")
    .max(99, "at most 99")
    .default(32),
  EXCLUDE_CHARACTERS: z
    .string()
    .regex(/^[\x21-\x7e]*$/, "printable ASCII characters")
    .default(":/@\"'\\"),
  EXCLUDE_NUMBERS: flag,
  EXCLUDE_PUNCTUATION: flag,
  EXCLUDE_UPPERCASE: flag,
  EXCLUDE_LOWERCASE: flag,
  REQUIRE_EACH_INCLUDED_TYPE: z
    .enum(["true", "false"], "true or false")
    .default("true")
    .transform((text) => text === "true"),
});

/**
 * Reads the policy from environment variables.
 *
 * @throws OperatorError that lists every problem
 */
export function passwordPolicy(environment: Readonly<Record<string, string | undefined>>): PasswordPolicy {
  const result = schema.safeParse(environment);
  const problems = result.success ? [] : problemsOf(result.error);
  if (result.success) {
    const { data } = result;
    const kept = (text: string) =>
      Array.from(text)
        .filter((character) => !data.EXCLUDE_CHARACTERS.includes(character))
        .join("");
    const classes = [
      ...(data.EXCLUDE_LOWERCASE ? [] : [kept(CLASSES.lowercase)]),
      ...(data.EXCLUDE_UPPERCASE ? [] : [kept(CLASSES.uppercase)]),
      ...(data.EXCLUDE_NUMBERS ? [] : [kept(CLASSES.numbers)]),
      ...(data.EXCLUDE_PUNCTUATION ? [] : [kept(CLASSES.punctuation)]),
    ].filter((characters) => characters !== "");
    if (new Set(classes.join("")).size >= 10) {
      return { length: data.PASSWORD_LENGTH, classes, requireEach: data.REQUIRE_EACH_INCLUDED_TYPE };
    }
    problems.push("EXCLUDE_…: fewer than 10 characters are left to choose from");
  }
  throw new OperatorError(
    "InvalidEnvironment",
    `The function's environment has faults: ${problems.join("; ")}.`,
    "correct the variables; nothing was read or changed.",
  );
}

/**
 * Draws a password from the system's random source. Every password of the policy is as likely as any other.
 *
 * Nothing but printable ASCII, so that client and server can't normalise it differently, and never what PostgreSQL would
 * take for a hash instead of a password.
 */
export function drawPassword({ length, classes, requireEach }: PasswordPolicy): string {
  const all = classes.join("");
  for (;;) {
    const password = Array.from({ length }, () => all.charAt(randomInt(all.length))).join("");
    const hasEach = classes.every((characters) =>
      Array.from(password).some((one) => characters.includes(one)),
    );
    if ((hasEach || !requireEach) && !/^(md5|SCRAM-SHA-256\$)/.test(password)) return password;
  }
}
