/** Prepares a local stack's directory: a Pulumi project that runs the checkout's program with simulated providers. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { stringify } from "yaml";
import { checkout, platform, programs, repositoryRoot, stackPaths } from "./paths";
import type { Program, StackPaths } from "./paths";
import { Problem } from "./problem";
import { runCaptured } from "./pulumi";
import type { Pulumi } from "./pulumi";
import { localStackFile, saltOf } from "./stack-file";
import type { LocalStackFile } from "./stack-file";

/** Packages whose providers are simulated, each in `local/providers/<name>`. */
const simulatedPackages = ["aws", "awsx", "random"];

/** Change this when the copy is made in another way, so that existing copies are made anew. */
const copyFormat = 1;

/** Names that are taken by other directories of the local home. */
const reservedNames = ["accounts", ...programs.map(({ name }) => name)];

/**
 * The program of a name; the platform when none is given.
 *
 * @throws Problem when there is no such program, listing those there are
 */
export function findProgram(name: string | undefined): Program {
  if (name === undefined) return platform;
  const program = programs.find((candidate) => candidate.name === name);
  if (program !== undefined) return program;
  const list = programs.map((it) => it.name).join(", ");
  throw new Problem(`There is no program "${name}". Programs here: ${list}.`);
}

/**
 * The committed stack file of a program's stack, or the one given instead.
 *
 * @throws Problem when the stack is unknown, listing the stacks there are
 */
export function findStackFile(
  stack: string | undefined,
  given: string | undefined,
  { directory }: Program = platform,
): string {
  const known = readdirSync(directory).flatMap((file) => /^Pulumi\.([\w-]+)\.yaml$/.exec(file)?.[1] ?? []);
  const list = known.length > 0 ? known.join(", ") : "none: there is no Pulumi.<stack>.yaml";
  if (stack === undefined) throw new Problem(`Say which stack: --stack <name>. Stacks here: ${list}.`);
  if (!/^[\w-]+$/.test(stack) || reservedNames.includes(stack)) {
    throw new Problem(`"${stack}" can't be a stack's name: use letters, digits, "-" and "_".`);
  }
  const file = given ?? join(directory, `Pulumi.${stack}.yaml`);
  if (existsSync(file)) return file;
  if (given !== undefined) throw new Problem(`There is no stack file ${given}.`);
  throw new Problem(`There is no stack "${stack}". Stacks here: ${list}. Another file: --stack-file <path>.`);
}

/** The generated project file. `hasLanguageHost`: whether the machine has Pulumi's own Node.js language host. */
export function projectFile(hasLanguageHost: boolean, program: Program = platform): string {
  // The same for the stand-in language host and the real one: loaded without a type check, which has its own place in
  // the tests. The path is relative to the program, since a space in it would end the argument.
  return stringify({
    name: program.project,
    runtime: {
      name: "nodejs",
      options: { typescript: false, nodeargs: `--require ${loaderFrom(program.directory)}` },
    },
    main: program.directory,
    plugins: {
      providers: simulatedPackages.map((name) => ({ name, path: join(checkout.providers, name) })),
      // Named here, not put on PATH: the engine warns of what it finds on PATH.
      ...(hasLanguageHost ? {} : { languages: [{ name: "nodejs", path: checkout.languageHost }] }),
    },
  });
}

/** Path of the loader relative to a directory, in a form that `--require` takes for a path. */
function loaderFrom(directory: string): string {
  const path = relative(directory, checkout.loader);
  return path.startsWith("..") ? path : `./${path}`;
}

/**
 * Brings the directory of a stack up to date. The usual run finds everything in place and starts no process; the first
 * one, and one after a change of the stack file or the stand-ins, lets the CLI create the stack and encrypt secrets.
 */
export function prepareWorkspace(pulumi: Pulumi, committedFile: string): void {
  const { paths } = pulumi;
  mkdirSync(paths.state, { recursive: true });
  mkdirSync(paths.pulumiHome, { recursive: true });
  switchOffLog(paths);
  mkdirSync(paths.accounts, { recursive: true });
  writeWhenChanged(paths.project, projectFile(pulumi.cli.hasLanguageHost, paths.program));

  const committed = readFileSync(committedFile, "utf8");
  const { standIns: standInsFile } = paths.program;
  const standIns = standInsFile === undefined ? "" : readFileSync(standInsFile, "utf8");
  const fingerprint = createHash("sha256")
    .update(JSON.stringify([copyFormat, committed, standIns]))
    .digest("hex");
  const current = existsSync(paths.stackFile) && recordedFingerprint(paths) === fingerprint;
  if (current && stackExists(paths)) return;

  const salt = existsSync(paths.stackFile) ? saltOf(readFileSync(paths.stackFile, "utf8")) : undefined;
  const copy = localStackFile(committed, standIns, salt, {
    stackFile: relative(repositoryRoot, committedFile),
    standIns: standInsFile === undefined ? "(none)" : relative(repositoryRoot, standInsFile),
  });
  writeAtomically(paths.stackFile, copy.text);
  if (!stackExists(paths)) createStack(pulumi);
  encryptSecrets(pulumi, copy);
  // Last, so that an interrupted preparation is done again.
  writeAtomically(paths.copyRecord, JSON.stringify({ from: committedFile, fingerprint }));
}

/**
 * The CLI keeps a log of all that the engine does, encrypted and at the finest level, which takes a third of the engine's
 * time and has no switch. It goes without one where a file stands in the place of the log's directory.
 */
function switchOffLog(paths: StackPaths): void {
  const place = join(paths.pulumiHome, "logs");
  if (!existsSync(place)) writeFileSync(place, "");
}

function createStack(pulumi: Pulumi): void {
  try {
    runCaptured(pulumi, ["stack", "init", pulumi.paths.stack]);
  } catch (error) {
    // Another first run at the same time was quicker.
    if (!stackExists(pulumi.paths)) throw error;
  }
}

function encryptSecrets(pulumi: Pulumi, copy: LocalStackFile): void {
  if (copy.secrets.length === 0) return;
  const settings = copy.secrets.flatMap(({ path, value }) => ["--secret", `${path}=${value}`]);
  runCaptured(pulumi, ["config", "set-all", "--path", ...settings]);
}

/** Whether the file backend has the stack: asked without the CLI, which would cost half a second. */
export function stackExists(paths: StackPaths): boolean {
  const file = join(paths.state, ".pulumi", "stacks", paths.program.project, `${paths.stack}.json`);
  return existsSync(file) || existsSync(`${file}.gz`);
}

/** Every stack that exists locally below `home`, of all programs. */
export function localStacks(home: string): StackPaths[] {
  return programs.flatMap((program) => {
    const folder = join(stackPaths("any", home, program).workspace, "..");
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .map((name) => stackPaths(name, home, program))
      .filter(stackExists);
  });
}

function recordedFingerprint(paths: StackPaths): unknown {
  if (!existsSync(paths.copyRecord)) return undefined;
  return (JSON.parse(readFileSync(paths.copyRecord, "utf8")) as Record<string, unknown>).fingerprint;
}

function writeWhenChanged(file: string, content: string): void {
  if (!existsSync(file) || readFileSync(file, "utf8") !== content) writeAtomically(file, content);
}

/** Other processes see the old content or the new, never a part. */
function writeAtomically(file: string, content: string): void {
  const draft = join(file, "..", `.${basename(file)}.${process.pid}`);
  writeFileSync(draft, content);
  renameSync(draft, file);
}
