/** Tells from a command line which part of a deployment a process is. */
import { basename } from "node:path";

/** Parts of a deployment on this machine that are processes of their own. */
export const PROCESS_KINDS = [
  "wrapper",
  "engine",
  "language host",
  "program",
  "policy pack",
  "provider aws",
  "provider awsx",
  "provider random",
] as const;

export type ProcessKind = (typeof PROCESS_KINDS)[number];

const SCRIPTS: readonly (readonly [RegExp, ProcessKind])[] = [
  [/\/@pulumi\/pulumi\/cmd\/run-policy-pack(\/|$)/, "policy pack"],
  [/\/@pulumi\/pulumi\/cmd\/run(\/|$)/, "program"],
  [/(^|\/)local\/providers\/aws\/main\.ts$/, "provider aws"],
  [/(^|\/)local\/providers\/awsx\/main\.ts$/, "provider awsx"],
  [/(^|\/)local\/providers\/random\/main\.ts$/, "provider random"],
  [/(^|\/)local\/language-host\/host\.ts$/, "language host"],
  [/(^|\/)local\/main\.ts$/, "wrapper"],
];

/** The kind of a process; undefined for helpers such as a shell on its way to become another program. */
export function kindOf(words: readonly string[]): ProcessKind | undefined {
  const program = basename(words[0] ?? "");
  if (program === "pulumi") return "engine";
  if (program === "pulumi-language-nodejs") return "language host";
  if (program !== "node") return undefined;
  for (const word of words.slice(1)) {
    const kind = SCRIPTS.find(([pattern]) => pattern.test(word))?.[1];
    if (kind !== undefined) return kind;
  }
  return undefined;
}
