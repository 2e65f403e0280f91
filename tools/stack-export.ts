import { spawnSync } from "node:child_process";
import * as path from "node:path";

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
    const why = done.status === 0 ? `stack ${stack} has no resources here` : done.stderr.trim();
    throw new NotDeployed(`${why}\nDeploy it first: npm run local -- up --stack ${stack}`);
  }
  return done.stdout;
}
