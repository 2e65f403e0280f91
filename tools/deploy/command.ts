import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkout, repositoryRoot } from "../../local/paths";
import { environmentIn } from "../../local/stack-file";

/** What is done to a stack on its real account. */
export type Action = "deploy" | "preview" | "drift";

/** A wrong command line; the message says what is allowed. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** @throws UsageError for anything but `--stack <name>` and at most one of `--preview` and `--drift` */
export function readCommandLine(words: readonly string[]): {
  readonly stack: string;
  readonly action: Action;
} {
  const { stack, preview, drift } = parsed(words);
  if (stack === undefined) throw new UsageError("--stack is missing");
  if (!/^[a-z][a-z0-9-]*$/.test(stack)) {
    throw new UsageError(`--stack ${stack}: a stack of this program, such as dev or prod`);
  }
  if (preview && drift) throw new UsageError("--preview and --drift exclude each other");
  return { stack, action: preview ? "preview" : drift ? "drift" : "deploy" };
}

function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      options: {
        stack: { type: "string" },
        preview: { type: "boolean", default: false },
        drift: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * The words for the Pulumi CLI. A deployment shows and checks its preview first, in the same run, so that what the
 * policy pack has seen is what is applied.
 *
 * @throws UsageError when there is no such stack, or no policy configuration for its environment
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

function policyFlags(stack: string): readonly string[] {
  const file = `Pulumi.${stack}.yaml`;
  const environment = environmentIn(textOf(join(repositoryRoot, file), `there is no ${file}`), file);
  if (environment === undefined) throw new UsageError(`${file} names no environment`);
  const config = checkout.policyConfig(environment);
  textOf(config, `the policy pack has no configuration for environment ${environment}`);
  return ["--policy-pack", checkout.policyPack, "--policy-pack-config", config];
}

function textOf(file: string, otherwise: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new UsageError(otherwise);
  }
}
