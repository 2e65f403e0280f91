import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

import { buildSync, version } from "esbuild";

/** Where code is kept for the engine to read, below the project; not in git. */
const KEPT = path.join(".local", "bundles");

/** What a bundle was made of, so that it need not be made again: half a second each, in every run of a program. */
interface Origin {
  readonly code: string;
  /** The project's own sources that went into it. Packages are pinned by the lock file. */
  readonly sources: readonly string[];
  readonly fingerprint: string;
}

/**
 * Bundles a handler and everything it imports into one file, and gives that file. Made once for the same sources.
 *
 * Equal sources give equal bytes on every machine: minified, so that no path gets into the code, and without comments
 * or time stamps; names are kept for stack traces.
 *
 * @param project folder of the project
 * @param entry file of the handler, relative to the project
 * @throws esbuild's report when the source can't be bundled
 */
export function lambdaCode(project: string, entry: string): string {
  const folder = path.join(project, KEPT);
  const record = path.join(folder, `${entry.replaceAll("/", "-")}.json`);
  const origin = readOrigin(record);
  if (origin !== undefined && origin.fingerprint === fingerprint(project, origin.sources)) return origin.code;
  const { text, sources } = bundle(project, entry);
  const code = path.join(folder, `${sha256(text)}.js`);
  fs.mkdirSync(folder, { recursive: true });
  write(code, text);
  write(
    record,
    JSON.stringify({ code, sources, fingerprint: fingerprint(project, sources) } satisfies Origin),
  );
  return code;
}

function bundle(project: string, entry: string): { text: string; sources: string[] } {
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: project,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    minify: true,
    keepNames: true,
    legalComments: "none",
    charset: "utf8",
    // Native binding that pg looks for and does without.
    external: ["pg-native"],
    logLevel: "silent",
  });
  const sources = Object.keys(metafile.inputs).filter((file) => !file.split("/").includes("node_modules"));
  return { text: outputFiles[0]?.text ?? "", sources };
}

/**
 * Changes with the sources, with the packages, with the bundler and its options, which are in this file, and with the
 * names of the files beside a source: a new one may be what an import means now.
 */
function fingerprint(project: string, sources: readonly string[]): string {
  const files = [...sources, "package-lock.json"].map((file) => contentOf(path.join(project, file)));
  const folders = [...new Set(sources.map((file) => path.dirname(file)))];
  const names = folders.map((folder) => namesIn(path.join(project, folder)));
  return sha256(JSON.stringify([version, contentOf(__filename), sources, files, names]));
}

function namesIn(folder: string): string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
}

/** Undefined when there is none: a source that is gone is a change like another. */
function contentOf(file: string): string | undefined {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
}

function readOrigin(record: string): Origin | undefined {
  const text = contentOf(record);
  const origin = text === undefined ? undefined : (JSON.parse(text) as Origin);
  return origin !== undefined && fs.existsSync(origin.code) ? origin : undefined;
}

/** Renamed into place, since another stack may write the same. */
function write(file: string, text: string): void {
  const unfinished = `${file}.${process.pid}`;
  fs.writeFileSync(unfinished, text);
  fs.renameSync(unfinished, file);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
