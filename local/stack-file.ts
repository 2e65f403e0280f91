/**
 * Makes the local engine's copy of a committed `Pulumi.<stack>.yaml`. Secrets of the committed file can't be decrypted
 * here, so stand-ins take their place; what belongs to its secrets provider is left out.
 */
import { parse, stringify } from "yaml";
import { Problem } from "./problem";

type Path = readonly (string | number)[];
type Mapping = Record<string, unknown>;

/** A secret value to be encrypted into the copy, at a path that `pulumi config set-all --path` understands. */
export interface SecretValue {
  readonly path: string;
  readonly value: string;
}

/** What a committed stack file becomes locally. */
export interface LocalStackFile {
  /** YAML text of the copy, without any secret. */
  readonly text: string;
  readonly secrets: readonly SecretValue[];
}

/** Names of the files, for messages. */
export interface FileNames {
  readonly stackFile: string;
  readonly standIns: string;
}

/** Top-level keys that tie a stack file to the secrets provider that encrypted it. */
const secretsProviderKeys = ["secretsprovider", "encryptedkey", "encryptionsalt"];

/**
 * @param committed text of the committed stack file
 * @param standIns text of `stand-ins.yaml`
 * @param salt `encryptionsalt` of the existing local copy, if there is one
 * @throws Problem naming every encrypted value that has no stand-in
 */
export function localStackFile(
  committed: string,
  standIns: string,
  salt: string | undefined,
  names: FileNames,
): LocalStackFile {
  const file = readMapping(committed, names.stackFile);
  const substitutes = readMapping(standIns, names.standIns);
  const config = mapping(file.config ?? {}, `config in ${names.stackFile}`);

  const secrets: SecretValue[] = [];
  const missing: string[] = [];
  const plain = replaceSecure(config, [], (path) => {
    const substitute = at(substitutes, path);
    if (substitute === undefined) missing.push(configPath(path));
    else secrets.push({ path: configPath(path), value: asText(substitute) });
  });
  if (missing.length > 0) throw new Problem(withoutStandIn(missing, names));
  for (const [key, value] of Object.entries(substitutes)) {
    if (!(key in config)) secrets.push(...leaves(value, [key]));
  }

  const rest = Object.fromEntries(Object.entries(file).filter(([key]) => !secretsProviderKeys.includes(key)));
  const copy = { ...(salt === undefined ? {} : { encryptionsalt: salt }), ...rest, config: plain };
  return { text: stringify(copy), secrets };
}

/** The `encryptionsalt` of a local copy. */
export function saltOf(copy: string): string | undefined {
  const file: unknown = parse(copy);
  const salt = isMapping(file) ? file.encryptionsalt : undefined;
  return typeof salt === "string" ? salt : undefined;
}

/**
 * The environment that a stack file names in `streamflix:environment`, if any: it selects the policy pack's
 * configuration.
 *
 * @throws Problem when the text is no YAML mapping
 */
export function environmentIn(text: string, fileName: string): string | undefined {
  const { config } = readMapping(text, fileName);
  const environment = isMapping(config) ? config["streamflix:environment"] : undefined;
  const name = isMapping(environment) ? environment.name : undefined;
  return typeof name === "string" ? name : undefined;
}

function withoutStandIn(paths: readonly string[], names: FileNames): string {
  return [
    `${names.stackFile} holds encrypted values that this machine can't decrypt and that have no stand-in:`,
    ...paths.map((path) => `  * ${path}`),
    `Add a synthetic value for each to ${names.standIns}, at the same path.`,
  ].join("\n");
}

/** A copy of `value` in which each `{secure: …}` is an empty text, announced with its path. */
function replaceSecure(value: unknown, path: Path, announce: (path: Path) => void): unknown {
  if (isSecure(value)) {
    announce(path);
    return "";
  }
  if (Array.isArray(value))
    return value.map((item, index) => replaceSecure(item, [...path, index], announce));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, replaceSecure(item, [...path, key], announce)]),
  );
}

function isSecure(value: unknown): boolean {
  return isMapping(value) && Object.keys(value).length === 1 && typeof value.secure === "string";
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, step) => {
    if (Array.isArray(inner)) return (inner as unknown[])[Number(step)];
    return isMapping(inner) ? inner[step] : undefined;
  }, value);
}

function leaves(value: unknown, path: Path): SecretValue[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]));
  if (isMapping(value)) return Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
  return [{ path: configPath(path), value: asText(value) }];
}

/** `["streamflix:contacts", "onCall", "a.b", 0]` as `streamflix:contacts.onCall["a.b"][0]`. */
export function configPath(path: Path): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[\w:-]+$/.test(step)) return `["${step.replaceAll('"', '\\"')}"]`;
      return index === 0 ? step : `.${step}`;
    })
    .join("");
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function readMapping(text: string, name: string): Mapping {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new Problem(`${name} is not valid YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  return mapping(content ?? {}, name);
}

function mapping(value: unknown, name: string): Mapping {
  if (!isMapping(value)) throw new Problem(`${name} must be a mapping of keys to values.`);
  return value;
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
