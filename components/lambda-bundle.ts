import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { lambdaCode } from "./lambda-code";

/** A function's code and files, ready to deploy. */
export interface LambdaBundle {
  readonly archive: pulumi.asset.AssetArchive;
  /** Changes exactly when what is deployed does. */
  readonly sha256: string;
}

const PROJECT = path.join(__dirname, "..");

/**
 * Bundles a handler and everything it imports into one file, `index.js`, with text files beside it.
 *
 * The code is handed to the engine as a file: as text, a megabyte of it would be in the state, which is written again
 * and again.
 *
 * @param entry file of the handler, relative to the project, such as `functions/database-roles/handler.ts`
 * @param beside where to put text files, or all files of a folder: target to source, relative to the project, such as
 *   `{ "migrations/": "functions/database-roles/migrations/*" }`
 * @throws esbuild's report when the source can't be bundled
 */
export function lambdaBundle(entry: string, beside: Readonly<Record<string, string>> = {}): LambdaBundle {
  const code = lambdaCode(PROJECT, entry);
  const texts = Object.entries(beside).flatMap(([target, source]) => textsOf(target, source));
  const sha256 = createHash("sha256")
    .update(JSON.stringify([fs.readFileSync(code, "utf8"), ...texts]))
    .digest("hex");
  return {
    archive: new pulumi.asset.AssetArchive({
      "index.js": new pulumi.asset.FileAsset(code),
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
