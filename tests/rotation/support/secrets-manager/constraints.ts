import { invalidParameter, invalidRequest } from "./errors";

type Check = (value: unknown) => string | undefined;

/** The sizes that AWS gives in characters are taken as bytes, which for ASCII is the same. */
const size = (bytes: number, min: number, max: number) =>
  bytes < min || bytes > max ? `has ${bytes} bytes instead of ${min} to ${max}` : undefined;

const text =
  (min: number, max: number, pattern = /^/): Check =>
  (value) => {
    if (typeof value !== "string") return "is no text";
    const matches = pattern.test(value) ? undefined : `does not match ${pattern.source}`;
    return size(Buffer.byteLength(value), min, max) ?? matches;
  };

const whole =
  (min: number, max: number): Check =>
  (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : `is no whole number from ${min} to ${max}`;

const flag: Check = (value) => (typeof value === "boolean" ? undefined : "is neither true nor false");

const base64 =
  (min: number, max: number): Check =>
  (value) =>
    typeof value === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(value)
      ? size(Buffer.from(value, "base64").length, min, max)
      : "is no base64 text";

const list =
  (min: number, max: number, each: Check): Check =>
  (value) => {
    if (!Array.isArray(value)) return "is no list";
    if (value.length < min || value.length > max) {
      return `has ${value.length} elements instead of ${min} to ${max}`;
    }
    return value.map(each).find((problem) => problem !== undefined);
  };

const structure =
  (members: Readonly<Record<string, Check>>): Check =>
  (value) =>
    typeof value === "object" && value !== null
      ? problemsOf(value as Readonly<Record<string, unknown>>, members)[0]
      : "is no structure";

const versionId = text(32, 64);
const stage = text(1, 256);

/** Constraints of the members of all inputs, from the service's Smithy model and its quotas. */
const MEMBERS: Readonly<Record<string, Check>> = {
  ClientRequestToken: versionId,
  ExcludeCharacters: text(0, 4096),
  ExcludeLowercase: flag,
  ExcludeNumbers: flag,
  ExcludePunctuation: flag,
  ExcludeUppercase: flag,
  ForceDeleteWithoutRecovery: flag,
  IncludeDeprecated: flag,
  IncludeSpace: flag,
  MaxResults: whole(1, 100),
  MoveToVersionId: versionId,
  Name: text(1, 512, /^[A-Za-z0-9/_+=.@-]+$/),
  NextToken: text(1, 4096),
  PasswordLength: whole(1, 4096),
  RecoveryWindowInDays: whole(7, 30),
  RemoveFromVersionId: versionId,
  RequireEachIncludedType: flag,
  RotateImmediately: flag,
  RotationLambdaARN: text(0, 2048),
  RotationRules: structure({
    AutomaticallyAfterDays: whole(1, 1000),
    Duration: text(2, 3, /^[0-9h]+$/),
    ScheduleExpression: text(1, 256, /^[0-9A-Za-z()#?*\-/, ]+$/),
  }),
  RotationToken: text(36, 256, /^[a-zA-Z0-9-]+$/),
  SecretBinary: base64(1, 65536),
  SecretId: text(1, 2048),
  SecretString: text(1, 65536),
  VersionId: versionId,
  VersionStage: stage,
  VersionStages: list(1, 20, stage),
};

/**
 * Checks the input of an operation. One error lists every problem; it never shows a value.
 *
 * @throws AwsError InvalidParameterException; a missing token is InvalidRequestException, as it is on AWS
 */
export function checkInput(input: Readonly<Record<string, unknown>>, required: readonly string[]): void {
  const missing = required.filter((name) => input[name] === undefined);
  if (missing.includes("ClientRequestToken")) throw invalidRequest("A ClientRequestToken must be given.");
  const problems = [...missing.map((name) => `${name} is missing`), ...problemsOf(input, MEMBERS)];
  if (problems.length > 0) throw invalidParameter(`${problems.join("; ")}.`);
}

function problemsOf(
  values: Readonly<Record<string, unknown>>,
  checks: Readonly<Record<string, Check>>,
): string[] {
  return Object.entries(checks).flatMap(([name, check]) => {
    const problem = values[name] === undefined ? undefined : check(values[name]);
    return problem === undefined ? [] : [`${name} ${problem}`];
  });
}
