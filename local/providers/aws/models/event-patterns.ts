/** Fields that every event has; a pattern on another never matches. */
const FIELDS = [
  "account",
  "detail",
  "detail-type",
  "id",
  "region",
  "resources",
  "source",
  "time",
  "version",
] as const;

/** Longest pattern. */
const MOST_CHARACTERS = 2048;

/** Ways to compare a value, besides being equal to it. */
const COMPARISONS = [
  "anything-but",
  "cidr",
  "equals-ignore-case",
  "exists",
  "numeric",
  "prefix",
  "suffix",
  "wildcard",
];

/** What EventBridge finds wrong with the text of an event pattern. */
export function patternProblems(text: string): string[] {
  let pattern: unknown;
  try {
    pattern = JSON.parse(text);
  } catch {
    return ["the pattern is no JSON"];
  }
  if (!isMap(pattern) || Object.keys(pattern).length === 0)
    return ["the pattern has to be an object with a field"];
  const unknown = Object.keys(pattern).filter((key) => !(FIELDS as readonly string[]).includes(key));
  return [
    ...(text.length > MOST_CHARACTERS
      ? [`it has ${text.length} characters, more than ${MOST_CHARACTERS}`]
      : []),
    ...unknown.map((key) => `no event has a field ${key}, so nothing would match`),
    ...fieldProblems(pattern, ""),
  ];
}

function fieldProblems(pattern: Readonly<Record<string, unknown>>, path: string): string[] {
  return Object.entries(pattern).flatMap(([key, value]) => {
    const at = path === "" ? key : `${path}.${key}`;
    if (key === "$or") {
      return Array.isArray(value) && value.length > 1 && value.every(isMap)
        ? value.flatMap((branch) => fieldProblems(branch, path))
        : [`"${at}" must be a list of two objects or more`];
    }
    if (Array.isArray(value)) return valueProblems(value, at);
    if (isMap(value))
      return Object.keys(value).length === 0 ? [`"${at}" must not be empty`] : fieldProblems(value, at);
    return [`"${at}" must be an object or an array`];
  });
}

function valueProblems(values: readonly unknown[], at: string): string[] {
  if (values.length === 0) return [`"${at}" must not be an empty array`];
  return values.flatMap((value) => {
    if (value === null || ["string", "number", "boolean"].includes(typeof value)) return [];
    if (!isMap(value)) return [`"${at}" has a value that is no text, number, truth value or comparison`];
    const [comparison, ...more] = Object.keys(value);
    return comparison !== undefined && more.length === 0 && COMPARISONS.includes(comparison)
      ? []
      : [`Unrecognized match type ${comparison ?? "none"} in "${at}"`];
  });
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
