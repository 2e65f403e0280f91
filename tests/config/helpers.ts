import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { ConfigError, type ParseResult, parseConfig, type StackContext } from "../../config";

/** Sections of a configuration as plain JSON, to be changed by a test. */
export type Sections = Record<string, unknown>;

/** A context as `loadConfig` makes it, with contacts encrypted. */
export const CONTEXT: StackContext = {
  stack: "dev",
  project: "streamflix-platform",
  secretKeys: ["streamflix:contacts"],
};

/** Stacks with a committed file. */
export type Shipped = "dev" | "prod" | "prod-dr";

/** The committed stack file of a program, keys with their namespace. */
export function stackFile(stack: Shipped, program = "."): Record<string, unknown> {
  const text = readFileSync(join(__dirname, "../..", program, `Pulumi.${stack}.yaml`), "utf8");
  return (parse(text) as { config: Record<string, unknown> }).config;
}

/** The text form the engine hands to a program: strings as they are, everything else as JSON. */
export function asEngineGives(config: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}

/** Contacts that the shipped files' alerts can be sent to. */
export const CONTACTS = {
  operations: { email: "ops@example.org" },
  onCall: { email: "oncall@example.org", phone: "+4915112345678" },
};

/** A valid configuration: a shipped stack with contacts, each time a fresh copy. */
export function validConfig(stack: Shipped = "dev"): Record<string, unknown> {
  return { ...stackFile(stack), "streamflix:contacts": structuredClone(CONTACTS) };
}

/** Sets the value at a path such as `streamflix:network.subnets.public[1]`; `undefined` removes it. */
export function set(config: Record<string, unknown>, path: string, value: unknown): void {
  const [first = "", ...rest] = path.split(/[.[\]]+/).filter((part) => part !== "");
  const parts = [first, ...rest];
  const last = parts.pop() ?? "";
  const parent = parts.reduce<Record<string, unknown>>(
    (at, part) => at[part] as Record<string, unknown>,
    config,
  );
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
}

/** Parses a configuration given as plain JSON. */
export function parseJson(
  config: Readonly<Record<string, unknown>>,
  context: StackContext = CONTEXT,
): ParseResult {
  return parseConfig(asEngineGives(config), context);
}

/** The error of a faulty configuration; anything but a ConfigError is a failure of the test. */
export function errorOf(run: () => unknown): ConfigError {
  try {
    run();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("The configuration was accepted.");
}
