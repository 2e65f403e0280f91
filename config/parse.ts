import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { nearest, Reporter, unwrapped } from "./issues";
import { ConfigError, type Path, type Problem, redact, SECRET } from "./problem";
import type { Fault } from "./rules";

const NAMESPACE = "streamflix";

/** The configuration of one of the checkout's programs. */
export interface ConfigModel<Parsed, Draft> {
  /** One key `streamflix:<section>` per property. */
  readonly schema: z.ZodReadonly<z.ZodObject> & z.ZodType<Parsed>;
  /** Rules about several fields at once, told what is valid of a configuration. */
  readonly rules: readonly { readonly check: (draft: Draft) => readonly Fault[] }[];
  /** What a valid configuration should still make its operator think about. */
  readonly warnings: (config: Parsed, stack: string) => readonly string[];
}

/** What the program knows about its stack beside the configuration; it changes texts, never the result. */
export interface StackContext {
  /** Stack name, for the commands in texts. */
  readonly stack: string;
  /** Project name: the namespace of keys set without one. */
  readonly project: string;
  /** Keys (such as `streamflix:contacts`) that the stack file holds encrypted. */
  readonly secretKeys: readonly string[];
}

/** A valid configuration, and what its operator should know about it. */
export interface Checked<Parsed> {
  readonly config: Parsed;
  readonly warnings: readonly string[];
}

/**
 * Checks a stack's configuration, as {@link pulumi.runtime.allConfig} gives it: keys with their namespace, structured
 * values as JSON text.
 *
 * @throws ConfigError with every problem at once
 */
export function parse<Parsed, Draft>(
  { schema, rules, warnings }: ConfigModel<Parsed, Draft>,
  raw: Readonly<Record<string, string>>,
  context: StackContext,
): Checked<Parsed> {
  const sections = Object.keys(schema.unwrap().shape);
  const values: Record<string, unknown> = {};
  for (const section of sections) {
    const text = raw[`${NAMESPACE}:${section}`];
    if (text !== undefined) values[section] = fromJson(text);
  }
  const isSecret = (section: string) => context.secretKeys.includes(`${NAMESPACE}:${section}`);
  const reporter = new Reporter(schema, values, isSecret);

  const parsed = schema.safeParse(values);
  const schemaProblems = (parsed.error?.issues ?? []).flatMap((issue) => reporter.fromIssue(issue));
  const draft = validParts(schema, values) as Draft;
  const ruleProblems = rules
    .flatMap(({ check }) => check(draft))
    // A missing or faulty value has been reported; what follows from it would only repeat that.
    .filter((fault) => !schemaProblems.some(({ path }) => startsWith(fault.path, path)))
    .map(({ path, ...texts }) => ({ path, problem: reporter.at(path, texts) }));
  const problems = [
    ...Object.keys(raw).flatMap((key) => keyProblems(key, sections, context)),
    ...[...schemaProblems, ...ruleProblems].sort(bySection(sections)).map(({ problem }) => problem),
    ...plainContacts(values, isSecret),
  ];
  if (problems.length > 0 || !parsed.success) throw new ConfigError(context.stack, problems);
  return { config: parsed.data, warnings: warnings(parsed.data, context.stack) };
}

/**
 * Reads and checks the configuration of the stack that is being deployed, and logs its warnings.
 *
 * @throws pulumi.RunError with one report of every problem; Pulumi shows it without a stack trace
 */
export function load<Parsed, Draft>(model: ConfigModel<Parsed, Draft>): Parsed {
  const raw = pulumi.runtime.allConfig();
  const context = { stack: pulumi.getStack(), project: pulumi.getProject(), secretKeys: secretKeysOf(raw) };
  try {
    const { config, warnings } = parse(model, raw, context);
    // Logged and forgotten: the engine keeps the message, and nothing in the program depends on it.
    for (const warning of warnings) void pulumi.log.warn(warning);
    return config;
  } catch (error) {
    if (error instanceof ConfigError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

/** The SDK knows which keys are encrypted, but leaves the function out of its types. */
function secretKeysOf(raw: Readonly<Record<string, string>>): string[] {
  const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
  // An SDK without it must not turn a correctly encrypted section into an error.
  return Object.keys(raw).filter((key) => isConfigSecret?.(key) ?? true);
}

/** A value that is no JSON is plain text; the schema then says what it should have been. */
function fromJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** What is valid in a value, by the properties of its objects; undefined where nothing is. */
function validParts(schema: z.core.$ZodType, value: unknown): unknown {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject && typeof value === "object" && value !== null) {
    const shape: Readonly<Record<string, z.core.$ZodType>> = inner.shape;
    const parts = Object.entries(shape).map(([key, property]) => [
      key,
      validParts(property, (value as Record<string, unknown>)[key]),
    ]);
    return Object.fromEntries(parts.filter(([, part]) => part !== undefined));
  }
  return z.safeParse(schema, value).data;
}

/** Problems with a key as a whole: a section nobody knows, or a namespace that nothing reads. */
function keyProblems(key: string, sections: readonly string[], { project }: StackContext): Problem[] {
  const separator = key.indexOf(":");
  const [namespace, section] = [key.slice(0, separator), key.slice(separator + 1)];
  const problem = { path: redact(key), given: "an unknown key" };
  if (namespace === "aws") {
    return [
      {
        ...problem,
        given: "a setting of the default AWS provider",
        allowed: "no key in namespace aws; account and region are in streamflix:aws",
        why: "the program makes its provider explicitly and default AWS providers are disabled, so it would have no effect",
        hint: `pulumi config rm ${redact(key)}`,
      },
    ];
  }
  if (namespace === NAMESPACE && !sections.includes(section)) {
    const [first = ""] = section.split(/[.[]/);
    const meant = nearest(section, sections);
    const hint = sections.includes(first)
      ? `set a part of ${NAMESPACE}:${first} with --path`
      : meant === undefined
        ? "remove it"
        : `did you mean ${NAMESPACE}:${meant}?`;
    const why = "an unknown key sets nothing, so what it was meant to set would stay unset";
    return [{ ...problem, allowed: sections.map((name) => `${NAMESPACE}:${name}`).join(", "), why, hint }];
  }
  if (namespace !== NAMESPACE && (namespace === project || nearest(namespace, [NAMESPACE]) !== undefined)) {
    const why = "the program reads its settings from namespace streamflix only, so this one sets nothing";
    return [
      {
        ...problem,
        allowed: `namespace ${NAMESPACE}`,
        why,
        hint: `did you mean ${NAMESPACE}:${redact(section)}?`,
      },
    ];
  }
  return [];
}

function plainContacts(
  values: Readonly<Record<string, unknown>>,
  isSecret: (section: string) => boolean,
): Problem[] {
  if (values["contacts"] === undefined || isSecret("contacts")) return [];
  return [
    {
      path: "streamflix:contacts",
      given: `${SECRET}, in clear text`,
      allowed: "encrypted values",
      why: "personal data in clear would be committed with the stack file",
      hint: "pulumi config rm streamflix:contacts, then set each value with pulumi config set --secret --path",
    },
  ];
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((part, index) => path[index] === part);
}

function bySection(sections: readonly string[]) {
  const place = ({ path }: { readonly path: Path }) => sections.indexOf(String(path[0]));
  return (a: { readonly path: Path }, b: { readonly path: Path }) => place(a) - place(b);
}
