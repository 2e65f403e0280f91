import { randomInt } from "node:crypto";
import type { Props } from "../../account/store";
import { serve, UNKNOWN, type SimulatedProvider, type Subject } from "../frame";
import { changingCall, runSettings } from "../run";

const PASSWORD = "random:index/randomPassword:RandomPassword";
const CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const run = runSettings();

/** Stand-in for the `random` provider: passwords, which live in the state alone. Every change makes a new one. */
const provider: SimulatedProvider = {
  version: "4.21.0",
  configure: () => undefined,
  check: (subject, _olds, news) => {
    mustBePassword(subject);
    return { inputs: news, failures: [] };
  },
  diff: (_subject, oldInputs, news) => {
    const keys = [...new Set([...Object.keys(oldInputs), ...Object.keys(news)])];
    const changed = keys.filter((key) => JSON.stringify(oldInputs[key]) !== JSON.stringify(news[key]));
    return { changed: changed.map((path) => ({ path, kind: "update" as const })), replaces: changed };
  },
  previewCreate: (_subject, inputs) => ({ ...inputs, result: UNKNOWN, bcryptHash: UNKNOWN }),
  previewUpdate: (_subject, olds) => olds,
  create: (subject, inputs) =>
    changingCall(run, "create", subject, 0, () => ({
      id: "none",
      outputs: { ...inputs, result: password(inputs) },
    })),
  update: (_subject, _id, olds) => Promise.resolve(olds),
  delete: () => Promise.resolve(),
  // Nothing exists outside the state, so there is nothing to read back.
  read: (_subject, id, olds) => ({ id, inputs: olds.inputs, outputs: olds.outputs }),
};

serve(provider);

function mustBePassword({ type }: Subject): void {
  if (type !== PASSWORD) {
    throw new Error(`${type} has no stand-in in the local simulation (local/providers/random)`);
  }
}

function password(inputs: Props): string {
  return Array.from(
    { length: Number(inputs["length"]) },
    () => CHARACTERS[randomInt(CHARACTERS.length)],
  ).join("");
}
