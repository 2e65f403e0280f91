import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout, repositoryRoot } from "../../local/paths";
import { Problem } from "../../local/problem";
import { environmentIn } from "../../local/stack-file";
import { readWords, UsageError } from "../command-line";

/** What is done to a stack on its real account. */
export type Action = "deploy" | "preview" | "drift";

const OPTIONS = {
  stack: { type: "string" },
  preview: { type: "boolean" },
  drift: { type: "boolean" },
  base: { type: "boolean" },
} as const;

/**
 * @throws UsageError for anything but `--stack <name>`, at most one of `--preview` and `--drift`, and `--base` without
 * `--drift`
 */
export function readCommandLine(line: readonly string[]): {
  readonly stack: string;
  readonly action: Action;
  /** Whether only what waits for no other stack is meant. */
  readonly base: boolean;
} {
  const words = readWords(line, OPTIONS);
  const stack = words.stackName();
  const [preview, drift, base] = [words.has("preview"), words.has("drift"), words.has("base")];
  if (preview && drift) words.problems.push("--preview and --drift exclude each other");
  if (base && drift) words.problems.push("--base and --drift exclude each other");
  if (stack === undefined || words.problems.length > 0) throw new UsageError(words.problems);
  return { stack, action: preview ? "preview" : drift ? "drift" : "deploy", base };
}

/**
 * The words for the Pulumi CLI. A deployment shows and checks its preview first, in the same run, so that what the
 * policy pack has seen is what is applied.
 *
 * @throws Problem when there is no such stack, or no policy configuration for its environment
 */
export function pulumiWords(stack: string, action: Action): readonly string[] {
  const common = ["--stack", stack, "--non-interactive"];
  switch (action) {
    case "deploy":
      return ["up", ...common, "--yes", "--diff", ...policyFlags(stack)];
    case "preview":
      return ["preview", ...common, "--diff", ...policyFlags(stack)];
    case "drift":
      // Without the program the provider would show its default tags as removed.
      return [
        "refresh",
        ...common,
        ...["--preview-only", "--expect-no-changes", "--run-program", "--diff"],
        // Comparing them means reading the secrets, which rotation changes anyway.
        ...["--exclude", "**aws:secretsmanager/secretVersion:SecretVersion::**"],
      ];
  }
}

/**
 * The text of a stack's committed file, and its name for messages.
 *
 * @throws Problem when there is no such stack
 */
export function stackFileOf(stack: string): { readonly file: string; readonly text: string } {
  const file = `Pulumi.${stack}.yaml`;
  return { file, text: textOf(join(repositoryRoot, file), `there is no ${file}`) };
}

function policyFlags(stack: string): readonly string[] {
  const { file, text } = stackFileOf(stack);
  const environment = environmentIn(text, file);
  if (environment === undefined) throw new Problem(`${file} names no environment`);
  const config = checkout.policyConfig(environment);
  textOf(config, `the policy pack has no configuration for environment ${environment}`);
  return ["--policy-pack", checkout.policyPack, "--policy-pack-config", config];
}

function textOf(file: string, otherwise: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new Problem(otherwise);
  }
}
