/**
 * Mends a stack after an interrupted deployment, with the commands that an operator would use on a real account:
 * `cancel`, `stack export`/`import`, `preview`, `import --file`. Says what it does before it does it.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { openAccounts } from "./account/store";
import type { StoredObject } from "./account/store";
import type { Invocation } from "./arguments";
import { selection } from "./paths";
import { Problem, say } from "./problem";
import { modelOf } from "./providers/aws/catalog";
import { runCaptured, runInTerminal } from "./pulumi";
import type { Pulumi, Simulation } from "./pulumi";
import { nameOf, readDeployment, readPlannedCreates, withoutPendingOperations } from "./recovery/deployment";
import type { Deployment, Resource } from "./recovery/deployment";
import { importFile } from "./recovery/import-file";
import { matchOrphans } from "./recovery/matching";
import type { Match, Matching } from "./recovery/matching";
import { findOrphans } from "./recovery/orphans";
import { isAlive, takeRunDirectory } from "./run-directory";
import { localStacks } from "./workspace";

/** An imported object can make further ones recognisable; more rounds than the program has levels make no sense. */
const mostRounds = 10;

/** Exit codes: 0 when state and account agree or a plain `up` does the rest, 1 when an orphan is left. */
export async function recover(pulumi: Pulumi, invocation: Invocation): Promise<number> {
  const directory = takeRunDirectory(pulumi.paths);
  const simulation = { runDirectory: directory.path, fault: undefined, latency: undefined };
  try {
    const unlocked = cancelInterrupted(pulumi);
    const cleared = clearPendingOperations(pulumi);
    const { imported, left } = await importOrphans(pulumi, simulation);
    const remaining = settle(pulumi, left, invocation);
    if (!unlocked && !cleared && imported === 0 && left.useless.length + left.ambiguous.length === 0) {
      say("Nothing to recover: no lock, no interrupted operation, no orphan.");
      return 0;
    }
    say("\nWhat a deployment would do now, against what really exists:");
    const code = await runInTerminal(pulumi, ["preview", "--refresh"], simulation);
    if (remaining > 0) return 1;
    if (code === 0)
      say(`Recovered. To finish the deployment: npm run local -- up ${selection(pulumi.paths)}`);
    return code;
  } finally {
    directory.release();
  }
}

/** Removes the lock of an engine that was killed; refuses while it is alive. */
function cancelInterrupted(pulumi: Pulumi): boolean {
  const { state, stack, program } = pulumi.paths;
  const locks = join(state, ".pulumi", "locks", "organization", program.project, stack);
  const files = existsSync(locks) ? readdirSync(locks).filter((file) => file.endsWith(".json")) : [];
  const holders = files.map((file) => {
    return (JSON.parse(readFileSync(join(locks, file), "utf8")) as { pid?: number }).pid ?? 0;
  });
  if (holders.length === 0) return false;
  const running = holders.find((pid) => pid > 0 && isAlive(pid));
  if (running !== undefined) {
    throw new Problem(
      `An operation on ${stack} is running (process ${running}). Wait for it or stop it, then recover.`,
    );
  }
  say(`The stack is locked by an engine that is gone (process ${holders.join(", ")}): pulumi cancel --yes`);
  runCaptured(pulumi, ["cancel", "--yes"]);
  return true;
}

/** Takes interrupted operations out of the state: what they did is found by looking at the account. */
function clearPendingOperations(pulumi: Pulumi): boolean {
  const exported = runCaptured(pulumi, ["stack", "export", "--show-secrets"]);
  const { pendingOperations } = readDeployment(exported);
  if (pendingOperations.length === 0) return false;
  say("Interrupted operations, taken out of the state (stack export, edit, stack import):");
  for (const { type, urn } of pendingOperations) say(`  ${type} ${nameOf(urn)}  ${urn}`);
  runCaptured(pulumi, ["stack", "import"], { input: withoutPendingOperations(exported) });
  return true;
}

async function importOrphans(
  pulumi: Pulumi,
  simulation: Simulation,
): Promise<{ imported: number; left: Pick<Matching, "useless" | "ambiguous"> }> {
  let imported = 0;
  for (let round = 0; round < mostRounds; round += 1) {
    const deployment = readDeployment(runCaptured(pulumi, ["stack", "export"]));
    const objects = openAccounts(pulumi.paths.accounts).list();
    const orphans = findOrphans(objects, deployment.resources, foreignResources(pulumi));
    if (orphans.length === 0) return { imported, left: { useless: [], ambiguous: [] } };
    const planned = readPlannedCreates(
      runCaptured(pulumi, ["preview", "--json", "--show-secrets"], { simulation }),
    );
    const matching = matchOrphans(planned, orphans, objects);
    if (matching.matches.length === 0) return { imported, left: matching };
    await importMatches(pulumi, matching.matches, planned, deployment, simulation);
    imported += matching.matches.length;
  }
  throw new Problem(`After ${mostRounds} rounds there are still objects to import: run recover again.`);
}

async function importMatches(
  pulumi: Pulumi,
  matches: readonly Match[],
  planned: readonly Resource[],
  deployment: Deployment,
  simulation: Simulation,
): Promise<void> {
  say("Created, but missing in the state. Imported under the program's names:");
  for (const match of matches)
    say(`  ${match.planned.type} ${nameOf(match.planned.urn)}  <-  ${match.orphan.id}`);
  const file = join(pulumi.paths.workspace, "recovered.json");
  writeFileSync(file, JSON.stringify(importFile(matches, planned, deployment.resources), undefined, 2));
  const words = ["import", "--file", file, "--protect=false", "--generate-code=false", "--yes"];
  say(`  pulumi ${words.join(" ")}`);
  const code = await runInTerminal(pulumi, words, simulation);
  if (code !== 0) throw new Problem(`pulumi import failed (exit code ${code}); the objects are still there.`);
}

/** Resources of the other stacks on this machine: their objects can carry the same tags and are nobody's orphans. */
function foreignResources(pulumi: Pulumi): readonly Resource[] {
  return localStacks(dirname(pulumi.paths.accounts))
    .filter(({ owner }) => owner !== pulumi.paths.owner)
    .flatMap((paths) => {
      return readDeployment(runCaptured({ cli: pulumi.cli, paths }, ["stack", "export"])).resources;
    });
}

/** Tells of the orphans that nothing matches, or deletes them when asked to. Gives how many are left. */
function settle(
  pulumi: Pulumi,
  { useless, ambiguous }: Pick<Matching, "useless" | "ambiguous">,
  { deleteOrphans }: Invocation,
): number {
  const { accounts } = pulumi.paths;
  const words = selection(pulumi.paths);
  if (useless.length > 0) {
    say(
      deleteOrphans
        ? "Orphans that the program has no use for, deleted:"
        : "Orphans that the program has no use for:",
    );
    for (const orphan of useless) say(`  ${describe(orphan)}`);
    if (deleteOrphans) for (const orphan of useless) discard(accounts, orphan);
    else say(`  To delete them: npm run local -- recover --delete-orphans ${words}`);
  }
  if (ambiguous.length > 0) {
    say("Orphans that fit several resources of the program. Import each by hand, or delete it:");
    for (const orphan of ambiguous) {
      say(`  ${describe(orphan)}`);
      say(`    npm run local -- import ${orphan.type} <name> ${orphan.importId} ${words}`);
    }
  }
  return ambiguous.length + (deleteOrphans ? 0 : useless.length);
}

function discard(accounts: string, orphan: StoredObject): void {
  const { bury } = modelOf(orphan.type);
  const store = openAccounts(accounts);
  if (bury) store.replace(bury(orphan));
  else store.remove(orphan);
}

function describe({ type, id, account, region }: StoredObject): string {
  return `${type} ${id}  ${account}/${region}`;
}
