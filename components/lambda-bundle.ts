import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";

/** A function's code and files, ready to deploy. */
export interface LambdaBundle {
  readonly archive: pulumi.asset.AssetArchive;
  /** Changes exactly when what is deployed does. */
  readonly sha256: string;
}

const PROJECT = path.join(__dirname, "..");

/** Where bundles are kept for the engine to read; not in git. */
const BUNDLES = path.join(PROJECT, ".local", "bundles");

/**
 * Bundles a handler and everything it imports into one file, `index.js`, with text files beside it.
 *
 * Equal sources give equal bytes on every machine: minified, so that no path gets into the code, and without comments
 * or time stamps; names are kept for stack traces. The code is handed to the engine as a file: as text, a megabyte of it
 * would be in the state, which is written again and again.
 *
 * @param entry file of the handler, relative to the project, such as `functions/database-roles/handler.ts`
 * @param beside where to put text files, or all files of a folder: target to source, relative to the project, such as
 *   `{ "migrations/": "functions/database-roles/migrations/*" }`
 * @throws esbuild's report when the source can't be bundled
 */
export function lambdaBundle(entry: string, beside: Readonly<Record<string, string>> = {}): LambdaBundle {
  const { outputFiles } = buildSync({
    absWorkingDir: PROJECT,
    entryPoints: [entry],
    bundle: true,
    write: false,
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
  const code = outputFiles[0]?.text ?? "";
  const texts = Object.entries(beside).flatMap(([target, source]) => textsOf(target, source));
  const sha256 = createHash("sha256")
    .update(JSON.stringify([code, ...texts]))
    .digest("hex");
  return {
    archive: new pulumi.asset.AssetArchive({
      "index.js": new pulumi.asset.FileAsset(kept(code)),
      ...Object.fromEntries(texts.map(([name, text]) => [name, new pulumi.asset.StringAsset(text)])),
    }),
    sha256,
  };
}

/** Names and texts of files, in the order of their names. */
function textsOf(target: string, source: string): [string, string][] {
  // The SDK takes an empty text for none at all, so that an empty file gets a line end.
  const read = (file: string) => fs.readFileSync(file, "utf8").replaceAll("\r\n", "\n") || "\n";
  const full = path.join(PROJECT, source);
  if (!source.endsWith("/*")) return [[target, read(full)]];
  const folder = path.dirname(full);
  return fs
    .readdirSync(folder)
    .sort()
    .map((name) => [`${target}${name}`, read(path.join(folder, name))]);
}

/** Keeps code under a name made of its content; renamed into place, since another stack may do the same. */
function kept(code: string): string {
  const file = path.join(BUNDLES, `${createHash("sha256").update(code).digest("hex")}.js`);
  fs.mkdirSync(BUNDLES, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  fs.writeFileSync(unfinished, code);
  fs.renameSync(unfinished, file);
  return file;
}
