import { randomInt } from "node:crypto";

import type { GetRandomPasswordRequest } from "@aws-sdk/client-secrets-manager";

import { invalidParameter } from "./errors";

const LOWERCASE = "abcdefghijklmnopqrstuvwxyz";
const NUMBERS = "0123456789";
const PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/** What GetRandomPassword answers. */
export function randomPassword(options: GetRandomPasswordRequest): string {
  const types = [
    options.ExcludeLowercase === true ? "" : LOWERCASE,
    options.ExcludeUppercase === true ? "" : LOWERCASE.toUpperCase(),
    options.ExcludeNumbers === true ? "" : NUMBERS,
    options.ExcludePunctuation === true ? "" : PUNCTUATION,
    options.IncludeSpace === true ? " " : "",
  ]
    .map((characters) => Array.from(characters).filter((each) => !options.ExcludeCharacters?.includes(each)))
    .filter((characters) => characters.length > 0);
  const length = options.PasswordLength ?? 32;
  const required = options.RequireEachIncludedType === false ? [] : types;
  if (types.length === 0) throw invalidParameter("Every character is excluded.");
  if (length < required.length) throw invalidParameter("The password is too short to have each type.");

  const rest = Array.from({ length: length - required.length }, () => pick(types.flat()));
  const password = [...required.map(pick), ...rest];
  for (let last = password.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [password[last], password[other]] = [password[other] ?? "", password[last] ?? ""];
  }
  return password.join("");
}

function pick(characters: readonly string[]): string {
  return characters[randomInt(characters.length)] ?? "";
}
