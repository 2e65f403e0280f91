import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { UnreadableState } from "./policy/stack-resources";

const REPOSITORY = path.resolve(__dirname, "..");

/** A stack that has no deployment on the local engine. */
export class NotDeployed extends Error {
  override readonly name = "NotDeployed";
}

/**
 * The deployment of a stack on the local engine, as `pulumi stack export` prints it.
 *
 * @throws NotDeployed when there is none, or the stack doesn't exist
 */
export function exportOf(stack: string): string {
  const done = spawnSync(
    process.execPath,
    [
      "--require",
      path.join(REPOSITORY, "tools/typescript.cjs"),
      path.join(REPOSITORY, "local/main.ts"),
      ...["export", "--stack", stack],
    ],
    { encoding: "utf8", maxBuffer: Infinity, stdio: ["ignore", "pipe", "pipe"] },
  );
  const hasResources = done.status === 0 && /"urn"/.test(done.stdout);
  if (!hasResources) {
    const why =
      done.status === 0 ? `stack ${stack} has no resources here` : done.stderr.trim().replace(/^error: /, "");
    throw new NotDeployed(`${why}\nDeploy it first: npm run local -- up --stack ${stack}`);
  }
  return done.stdout;
}

/** A file that is to hold an export and can't be read. */
export class UnreadableExport extends Error {
  override readonly name = "UnreadableExport";
}

/**
 * The text of a file with an export, or else the deployment of a stack on the local engine.
 *
 * @param file relative to where the user stands
 * @throws UnreadableExport when there is no such file
 * @throws NotDeployed when no file is given and there is no deployment
 */
export function exportText(stack: string, file: string | undefined): string {
  if (file === undefined) return exportOf(stack);
  try {
    return fs.readFileSync(userPath(file), "utf8");
  } catch {
    throw new UnreadableExport(
      `${file} can't be read. Allowed: a file with what "pulumi stack export" prints.`,
    );
  }
}

/**
 * What to tell a user whose export, or something else that was given, can't be used.
 *
 * @param expected errors whose text is for the user
 * @throws the error itself when it is none of these
 */
export function faultText(
  error: unknown,
  { stack, file }: { readonly stack: string; readonly file: string | undefined },
  expected: readonly (new (...words: string[]) => Error)[],
): string {
  if (error instanceof UnreadableState) {
    return `error: ${file ?? `the export of ${stack}`} is no export: ${error.message}`;
  }
  if (error instanceof Error && expected.some((kind) => error instanceof kind))
    return `error: ${error.message}`;
  throw error;
}

/** A path that a user gave: npm runs scripts in the package's directory and tells in INIT_CWD where the user stood. */
export function userPath(file: string): string {
  return path.resolve(process.env["INIT_CWD"] ?? process.cwd(), file);
}
