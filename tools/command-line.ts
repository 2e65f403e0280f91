import { parseArgs } from "node:util";

/** A wrong command line; the message lists all that is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";

  constructor(problems: readonly string[]) {
    super(problems.map((problem) => `  ${problem}`).join("\n"));
  }
}

/** Options of a tool on deployed stacks, by name. */
export type Options = Readonly<
  Record<string, { readonly type: "string" | "boolean"; readonly multiple?: boolean }>
>;

/** A command line as it is read: what is wrong with it gathers in `problems`. */
export interface Words<Name extends string> {
  readonly problems: string[];
  /** The value of an option. @returns undefined when it is not there, or has none */
  readonly text: (name: Name) => string | undefined;
  /** The values of an option that may stand more than once. */
  readonly texts: (name: Name) => readonly string[];
  /** Words that belong to no option. */
  readonly others: readonly string[];
  /** Whether an option is there that has no value. */
  readonly has: (name: Name) => boolean;
  /** The value of `--stack`: a name, and not a path to anywhere. */
  readonly stackName: () => string | undefined;
  /** The value of an option that lists names of some. */
  readonly listOf: <Item extends string>(name: Name, items: readonly Item[]) => readonly Item[] | undefined;
}

/** Reads a command line; words that belong to no option are problems unless the tool `takesOthers`. */
export function readWords<Given extends Options>(
  words: readonly string[],
  options: Given,
  { takesOthers = false }: { readonly takesOthers?: boolean } = {},
): Words<keyof Given & string> {
  const { values, positionals, tokens } = parseArgs({
    args: [...words],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const problems = [
    ...tokens.flatMap((token) =>
      token.kind === "option" && !Object.hasOwn(options, token.name) ? [`${token.rawName} is no option`] : [],
    ),
    ...(takesOthers ? [] : positionals.map((word) => `"${word}" is no option`)),
  ];
  const valueOf = (name: string) => (values as Readonly<Record<string, unknown>>)[name];
  const text = (name: string): string | undefined => {
    const value = valueOf(name);
    if (value === undefined || (typeof value === "string" && value !== "")) return value;
    problems.push(`--${name} needs a value`);
    return undefined;
  };
  return {
    problems,
    text,
    texts: (name) => ((valueOf(name) ?? []) as readonly unknown[]).map(String),
    others: positionals,
    has: (name) => valueOf(name) === true,
    stackName: () => {
      const stack = text("stack");
      if (stack === undefined || !/^[a-z][a-z0-9-]*$/.test(stack))
        problems.push("--stack <name>: a stack of this program, such as dev or prod");
      return stack;
    },
    listOf: (name, items) => {
      const list = text(name)?.split(",");
      const unknown = (list ?? []).filter((it) => !(items as readonly string[]).includes(it));
      for (const item of unknown) problems.push(`--${name} ${item}: there are ${items.join(", ")}`);
      return list as typeof items | undefined;
    },
  };
}
