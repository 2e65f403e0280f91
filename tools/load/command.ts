import { credentialVariables, numberProblems, type Settings, targetProblems } from "../../load/settings";
import { readWords, UsageError } from "../command-line";
import { UnusableStack } from "../stack-sections";
import { type Script, SCRIPTS } from "./bundle";
import { type StackFacts, stackFacts } from "./stack";

/** What is asked for. */
export interface Command {
  readonly script: Script;
  /** Without targets where the service is started for the run. */
  readonly settings: Settings;
  readonly local: boolean;
  /** File that the bundled script is written to, instead of being run. */
  readonly write?: string;
}

const OPTIONS = {
  stack: { type: "string" },
  url: { type: "string", multiple: true },
  local: { type: "boolean" },
  through: { type: "string" },
  viewers: { type: "string" },
  scale: { type: "string" },
  seconds: { type: "string" },
  hands: { type: "string" },
  write: { type: "string" },
} as const;

export const HELP = `npm run load -- <${SCRIPTS.join(" | ")}> --stack <name> (--local | --url <URL> …) [options]

  --local           starts the service with a real database and cache on this machine; saturation compares configurations
  --url <URL>       base URL of the service or the API; several take turns
  --through api     the URL is the API's: callers sign or bring a token, as the stack says; the credentials are in
                    AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or in TOKEN
  --viewers <n>     concurrent viewers that the whole test stands for: 1000000
  --scale <share>   of them, and of those who join a premiere: 0.001
  --seconds <n>     how long: 60; of saturation, per round: 2
  --hands <n>       clients of saturation: 8
  --write <file>    writes the script with these settings for another runner, and sends nothing

Exit status: 0 when the stack's objectives held, k6's own when they did not (99), 2 for a wrong command line.`;

/** @throws UsageError that lists every problem */
export function readCommandLine(
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  factsOf: (stack: string) => StackFacts = stackFacts,
): Command {
  const { problems, text, texts, has, others } = readWords(words, OPTIONS, { takesOthers: true });
  const number = (name: "viewers" | "scale" | "seconds" | "hands", otherwise: number) => {
    const given = text(name);
    return given === undefined ? otherwise : Number(given);
  };

  const script = SCRIPTS.find((name) => name === others[0]);
  if (script === undefined || others.length > 1)
    problems.push(`one script of ${SCRIPTS.join(", ")}, not "${others.join(" ")}"`);
  const facts = readStack(text("stack"), factsOf, problems);
  const local = has("local");
  const through = text("through");
  if (through !== undefined && through !== "api") problems.push(`--through ${through}: only api`);
  const caller = through === undefined ? "none" : (facts?.apiCaller ?? "none");
  if (through !== undefined && facts !== undefined && facts.apiCaller === undefined)
    problems.push("--through api: the stack has no API");
  const targets = texts("url");
  const write = text("write");
  const numbers = {
    viewers: number("viewers", 1_000_000),
    scale: number("scale", 0.001),
    seconds: number("seconds", script === "saturation" ? 2 : 60),
    hands: number("hands", 8),
  };
  problems.push(...numberProblems(numbers));
  if (local) {
    const given = { url: targets[0], through, write };
    const excluded = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
    if (excluded.length > 0) problems.push(`--local excludes --${excluded.join(" and --")}`);
  } else {
    problems.push(...targetProblems({ targets, caller }));
    const lacking = credentialVariables(caller).filter((name) => (environment[name] ?? "") === "");
    if (write === undefined && lacking.length > 0)
      problems.push(`--through api: ${lacking.join(" and ")} in the environment`);
  }
  if (problems.length > 0 || script === undefined || facts === undefined) throw new UsageError(problems);
  return {
    script,
    local,
    settings: { targets, caller, region: facts.region, objectives: facts.objectives, ...numbers },
    ...(write !== undefined && { write }),
  };
}

function readStack(
  name: string | undefined,
  factsOf: (stack: string) => StackFacts,
  problems: string[],
): StackFacts | undefined {
  // A name, and not a path to anywhere.
  if (name === undefined || !/^[a-z][a-z0-9-]*$/.test(name)) {
    problems.push("--stack <name>: the stack whose objectives have to hold, such as dev or prod");
    return undefined;
  }
  try {
    return factsOf(name);
  } catch (error) {
    if (!(error instanceof UnusableStack)) throw error;
    problems.push(error.message);
    return undefined;
  }
}
