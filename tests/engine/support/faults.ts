import { strict as assert } from "node:assert";
import * as path from "node:path";
import type { FaultMode, JournalEntry } from "../../../local/providers/run";
import { readJournal } from "../../../local/providers/run";
import { deployedMachine, freshMachine, type Machine } from "./engine";
import { awsResources, liveObjectsOf, normalised, stateOf } from "./state";

/** An undisturbed deployment, to compare with. */
export interface Reference {
  readonly state: readonly string[];
  /** The calls it made that changed the account. */
  readonly calls: readonly JournalEntry[];
}

/** @param file another stack file than the committed one */
export async function undisturbed(stack: string, file?: string): Promise<Reference> {
  const machine = file === undefined ? await deployedMachine(stack) : await freshMachine(stack);
  if (file !== undefined) await machine.apply("--stack", stack, "--stack-file", file);
  const reference = {
    state: normalised(await stateOf(machine, stack)),
    calls: readJournal(path.join(machine.home, stack, "run")),
  };
  machine.remove();
  return reference;
}

/** A deployment stopped by a fault at a call: its number (first = 1), or the type of resource it is about. */
export async function disturbed(
  stack: string,
  mode: FaultMode,
  at: number | string,
  file?: string,
): Promise<Machine> {
  const machine = await freshMachine(stack);
  const given = file === undefined ? [] : ["--stack-file", file];
  const { code, output } = await machine.tryApply("--stack", stack, ...given, "--fault", `${mode}:${at}`);
  assert.notEqual(code, 0, `the deployment took no notice of ${mode}:${at}:\n${output}`);
  return machine;
}

/** The state is the reference's, and the account holds exactly what the state says: nothing orphaned, nothing twice. */
export async function assertSameOutcome(
  machine: Machine,
  stack: string,
  reference: Reference,
): Promise<void> {
  const state = await stateOf(machine, stack);
  assert.deepEqual(normalised(state), reference.state);
  const inState = awsResources(state)
    .map(({ id }) => id ?? "")
    .sort();
  const inAccount = liveObjectsOf(machine)
    .map(({ id }) => id)
    .sort();
  assert.deepEqual(inAccount, inState);
}

/** A deployment stopped by a call that failed before its effect is finished by a second one. */
export async function resumesByUp(stack: string, k: number, reference: Reference): Promise<void> {
  const machine = await disturbed(stack, "fail", k);
  await machine.apply("--stack", stack);
  await assertSameOutcome(machine, stack, reference);
  machine.remove();
}
