import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { Problem } from "../local/problem";
import { userPath } from "./tool";

const REPOSITORY = path.resolve(__dirname, "..");

/**
 * The deployment of a stack on the local engine, as `pulumi stack export` prints it.
 *
 * @throws Problem when there is none, or the stack doesn't exist
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
    throw new Problem(`${why}\nDeploy it first: npm run local -- up --stack ${stack}`);
  }
  return done.stdout;
}

/**
 * The text of a file with an export, or else the deployment of a stack on the local engine.
 *
 * @param file relative to where the user stands
 * @throws Problem when there is no such file, or none is given and there is no deployment
 */
export function exportText(stack: string, file: string | undefined): string {
  if (file === undefined) return exportOf(stack);
  try {
    return fs.readFileSync(userPath(file), "utf8");
  } catch {
    throw new Problem(`${file} can't be read. Allowed: a file with what "pulumi stack export" prints.`);
  }
}

/** What an export is called in an error: its file, or the stack's own. */
export function exportName(stack: string, file: string | undefined): string {
  return file ?? `the export of ${stack}`;
}
