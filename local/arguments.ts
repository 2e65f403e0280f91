/** The wrapper's command line: which flags are its own, and what goes on to the Pulumi CLI. */
import { isAbsolute, resolve } from "node:path";
import { Problem } from "./problem";

/** A command line, taken apart. */
export interface Invocation {
  /** First word: a verb of the wrapper's or a Pulumi command; undefined when the line has none or begins with a flag. */
  readonly verb: string | undefined;
  /** Everything after the verb that is not the wrapper's own, in its order. */
  readonly rest: readonly string[];
  readonly stack: string | undefined;
  /** Program that the stack is of. */
  readonly program: string | undefined;
  /** Stack file to use instead of the committed `Pulumi.<stack>.yaml`. */
  readonly stackFile: string | undefined;
  readonly policy: boolean;
  readonly fault: string | undefined;
  readonly latency: string | undefined;
  readonly deleteOrphans: boolean;
  readonly help: boolean;
}

/** Pulumi's other names for its commands. */
const synonyms: Readonly<Record<string, string>> = {
  update: "up",
  pre: "preview",
  down: "destroy",
  dn: "destroy",
};

/** Flags of the wrapper's own that take a value. */
const ownValueFlags = ["--stack", "-s", "--program", "--stack-file", "--fault", "--latency"] as const;
const ownSwitches = ["--no-policy", "--delete-orphans"] as const;

/** Flags of Pulumi's that name a file: relative to where the user stands, which is not where the CLI runs. */
const fileFlags = [
  "--save-plan",
  "--plan",
  "--import-file",
  "--out",
  "-o",
  "--file",
  "--policy-pack",
  "--policy-pack-config",
];

/** Commands in which `-f` means a file; elsewhere it means `--skip-preview`. */
const shortFileCommands = ["import", "stack"];

/**
 * @param words the command line after `local/main.ts`
 * @param directory where the user stands
 * @throws Problem when a flag lacks its value
 */
export function parseArguments(words: readonly string[], directory: string): Invocation {
  const own = new Map<string, string>();
  const switches = new Set<string>();
  const rest: string[] = [];
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    const [flag, attached] = splitFlag(word);
    if (contains(ownValueFlags, flag))
      own.set(flag === "-s" ? "--stack" : flag, attached ?? valueOf(flag, queue));
    else if (contains(ownSwitches, flag)) switches.add(flag);
    else rest.push(word);
  }
  const verb = rest[0]?.startsWith("-") === false ? rest.shift() : undefined;
  return {
    verb: verb === undefined ? undefined : (synonyms[verb] ?? verb),
    rest: absoluteFiles(rest, verb, directory),
    stack: own.get("--stack"),
    program: own.get("--program"),
    stackFile: absolute(own.get("--stack-file"), directory),
    policy: !switches.has("--no-policy"),
    fault: own.get("--fault"),
    latency: own.get("--latency"),
    deleteOrphans: switches.has("--delete-orphans"),
    help: verb === "help" || rest.includes("--help") || rest.includes("-h"),
  };
}

function valueOf(flag: string, queue: string[]): string {
  const value = queue.shift();
  if (value === undefined || value === "") throw new Problem(`${flag} needs a value.`);
  return value;
}

function absoluteFiles(words: readonly string[], verb: string | undefined, directory: string): string[] {
  const flags = shortFileCommands.includes(verb ?? "") ? [...fileFlags, "-f"] : fileFlags;
  return words.map((word, index) => {
    const [flag, attached] = splitFlag(word);
    if (attached !== undefined && flags.includes(flag)) return `${flag}=${resolve(directory, attached)}`;
    const before = words[index - 1];
    return before !== undefined && flags.includes(before) ? resolve(directory, word) : word;
  });
}

/** What the CLI is started with for a command that needs more than the user's own words. */
export interface CommandContext {
  readonly policyPack: string;
  /** Configuration file of the pack for the stack's environment; undefined when there is none. */
  readonly policyConfig: string | undefined;
  /** Whether the user can answer a prompt. */
  readonly terminal: boolean;
}

/** Commands that ask for confirmation before they change anything. */
const confirmed = ["up", "refresh", "destroy", "import", "cancel"];
const guarded = ["up", "preview"];

/**
 * The CLI's arguments for an invocation.
 *
 * @throws Problem for `up --skip-preview`: without its preview, resources exist before the policy pack can stop them
 */
export function cliArguments(invocation: Invocation, context: CommandContext): string[] {
  const verb = invocation.verb ?? "";
  const { rest } = invocation;
  if (verb === "drift") return ["refresh", "--preview-only", "--expect-no-changes", ...rest];
  if (verb === "export") return ["stack", "export", ...rest];
  if (verb === "up" && rest.some(isSkipPreview)) {
    throw new Problem(
      "up runs with its preview here, always: the policy pack checks the whole plan there, before anything is created. " +
        "Leave --skip-preview (-f) out.",
    );
  }
  const policy = guarded.includes(verb) && invocation.policy ? policyArguments(context) : [];
  const asksFirst = confirmed.includes(verb) && !rest.includes("--preview-only") && !context.terminal;
  const yes = asksFirst && !rest.some((word) => word === "--yes" || word === "-y") ? ["--yes"] : [];
  return [verb, ...policy, ...yes, ...rest];
}

function policyArguments({ policyPack, policyConfig }: CommandContext): string[] {
  const config = policyConfig === undefined ? [] : ["--policy-pack-config", policyConfig];
  return ["--policy-pack", policyPack, ...config];
}

function isSkipPreview(word: string): boolean {
  return /^--skip-preview(=(?!false)|$)/.test(word) || /^-[a-zA-Z]*f[a-zA-Z]*$/.test(word);
}

function splitFlag(word: string): [string, string | undefined] {
  const equals = word.indexOf("=");
  return word.startsWith("-") && equals !== -1
    ? [word.slice(0, equals), word.slice(equals + 1)]
    : [word, undefined];
}

function absolute(file: string | undefined, directory: string): string | undefined {
  return file === undefined || isAbsolute(file) ? file : resolve(directory, file);
}

function contains(list: readonly string[], word: string): boolean {
  return list.includes(word);
}
