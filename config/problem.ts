/** One problem of a configuration, in words that are safe to print. */
export interface Problem {
  /** Where it is, such as `streamflix:network.subnets.public[1]`. */
  readonly path: string;
  /** The value as JSON, shortened; `[secret]` where it is personal data. */
  readonly given: string;
  /** What may be written there. */
  readonly allowed: string;
  /** What would break otherwise. */
  readonly why: string;
  /** What to do, where that is not obvious from what is allowed. */
  readonly hint?: string;
}

/** Thrown for a configuration with problems; the message is the whole report and shows no personal data. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly Problem[];

  constructor(stack: string, problems: readonly Problem[]) {
    super(report(stack, problems));
    this.problems = problems;
  }
}

function report(stack: string, problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const entries = problems.map((problem, index) => {
    const lines = [
      `${index + 1}. ${problem.path}`,
      `   given:   ${problem.given}`,
      `   allowed: ${problem.allowed}`,
      `   why:     ${problem.why}`,
    ];
    if (problem.hint !== undefined) lines.push(`   hint:    ${problem.hint}`);
    return lines.join("\n");
  });
  return [`The configuration of stack ${stack} has ${count}:`, ...entries].join("\n\n");
}

const LONGEST_VALUE = 80;

/** Stands for a value that may be personal data. */
export const SECRET = "[secret]";

/**
 * Hides what looks like a mail address or a phone number: whoever fills in a wrong field should not find the address
 * in a build log. The digest of an image has an '@' in front, too, and is no address.
 */
export function redact(text: string): string {
  return text.replace(/[^\s"@]+@(?!sha256:)[^\s"@]*/g, SECRET).replace(/\+\d[\d ()/-]{5,}/g, SECRET);
}

/** A value as JSON for an error text, redacted and shortened. */
export function showValue(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = redact(JSON.stringify(value));
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

/** Path of a value: the section, then its properties and list positions. */
export type Path = readonly (string | number)[];

/** A path as an operator writes it after `pulumi config get --path`; keys that could be personal data are hidden. */
export function showPath(path: Path, hidesKeys: boolean): string {
  const [section = "", ...rest] = path;
  const tail = rest.map((part) => {
    if (typeof part === "number") return `[${part}]`;
    if (hidesKeys && !/^[a-z][A-Za-z0-9]{0,29}$/.test(part)) return `.${SECRET}`;
    return `.${redact(part)}`;
  });
  return `streamflix:${redact(String(section))}${tail.join("")}`;
}

/** The value at a path of plain JSON, or undefined. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    return (value as Record<string | number, unknown>)[part];
  }, root);
}
