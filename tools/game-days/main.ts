/**
 * `npm run test:dr -- --stack dev`: starts the stack's experiments on its real account, one after the other, and measures
 * how long the API is away and what is lost.
 */
import { Names } from "../../config";
import { accountCheck } from "../integration/account";
import { callerOf } from "../integration/caller";
import { lineOf, NotRun, type Result, runCheck } from "../integration/check";
import { readTarget } from "../integration/stack";
import { stackSections } from "../stack-sections";
import { runTool, userPath } from "../tool";
import { primaryZone } from "./cache-zone";
import { type Command, HELP, readCommandLine } from "./command";
import { FaultInjection } from "./fault-injection";
import { OBJECTIVES, TIMES } from "./objectives";
import { planned, type Planned, Refused, requireStopConditions } from "./plan";
import { Probe } from "./probe";
import { addToRecord } from "./record";
import { NotStopped, type Outcome, runExperiment } from "./run";

async function run(words: readonly string[]): Promise<number> {
  try {
    return await gameDay(readCommandLine(words));
  } catch (error) {
    if (!(error instanceof NotStopped || error instanceof NotRun)) throw error;
    console.error(`error: ${error.message}`);
    return error instanceof NotStopped ? 1 : 3;
  }
}

async function gameDay(command: Command): Promise<number> {
  const { stack } = command;
  const sections = stackSections(stack, ["environment", "aws", "gameDays"]);
  const { accountId, ...target } = await readTarget(stack, command.outputs);
  const { region, outputs } = target;
  const plan = planned(command, sections.environment.name, outputs);
  const { apiUrl } = outputs;
  if (apiUrl === undefined) throw new Refused(`stack ${stack} has no API: nobody would notice an experiment`);
  console.log(`Stack ${stack} in account ${accountId}, ${region}:`);
  const identity = await runCheck(accountCheck(accountId, region));
  console.log(lineOf(identity));
  if (identity.verdict !== "passed") return identity.verdict === "FAILED" ? 1 : 3;
  const fis = await FaultInjection.of(region);
  await requireStopConditions(fis, plan);
  const rights = await callerOf(target);
  const file = userPath(command.record);
  // Found out now rather than after an hour of experiments.
  addToRecord(file, []);

  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      interrupt.abort();
    });
  }
  const verdicts: Result["verdict"][] = [];
  const cache = { id: new Names(sections).fixed("cache", "cache"), zone: sections.gameDays?.zone };
  for (const { what, templateId } of plan) {
    const start = performance.now();
    console.log(`         ${what} …`);
    const outcome =
      (await reasonAgainst(what, region, cache)) ??
      (await runExperiment({
        fis,
        templateId,
        probe: new Probe(apiUrl, rights, TIMES),
        objectives: OBJECTIVES,
        times: TIMES,
        interrupt: interrupt.signal,
        say: (line) => {
          console.log(`         ${line}`);
        },
      }));
    const seconds = (performance.now() - start) / 1000;
    console.log(lineOf({ name: what, seconds, ...outcome }));
    remember(file, what, outcome);
    verdicts.push(outcome.verdict);
    if (interrupt.signal.aborted) break;
  }
  const count = (verdict: Result["verdict"]) => verdicts.filter((it) => it === verdict).length;
  console.log(
    `${count("passed")} passed, ${count("FAILED")} failed, ${plan.length - count("passed") - count("FAILED")} not run`,
  );
  if (count("FAILED") > 0) return 1;
  return count("passed") === plan.length ? 0 : 3;
}

/** Why an experiment would show nothing now. */
async function reasonAgainst(
  what: Planned["what"],
  region: string,
  cache: { readonly id: string; readonly zone: string | undefined },
): Promise<Outcome | undefined> {
  if (what !== "cache-power") return undefined;
  const zone = await primaryZone(region, cache.id);
  if (zone === cache.zone) return undefined;
  const evidence = `the cache's primary is in ${zone ?? "no zone"}, not in ${cache.zone ?? "one of the stack's file"}: docs/runbooks/cache.md#failover moves it`;
  return { verdict: "NOT RUN", evidence };
}

/** What was tried is recorded, whatever came out; what was not is not. */
function remember(file: string, what: string, { verdict, evidence }: Outcome): void {
  if (verdict === "NOT RUN") return;
  const on = new Date().toISOString().slice(0, 10);
  addToRecord(file, [{ on, what, result: verdict === "passed" ? "passed" : "failed", evidence }]);
}

void runTool({ help: HELP, run, problemStatus: 2 });
