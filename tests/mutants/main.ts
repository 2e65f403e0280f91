/**
 * `npm run policy:mutants`: breaks the planned stacks in every way that published controls imply, and prints per control
 * how many of the broken stacks the rules meant for it find. `-- <file>` writes the survivors to a file.
 */
import { writeFileSync } from "node:fs";

import { catalog } from "../../policy-pack/src/catalog";
import { describeMutant, prove } from "./proof";
import { plannedSpecimen } from "./specimens";

async function main([file]: readonly string[]): Promise<void> {
  const proofs = await Promise.all(
    ["dev", "prod"].map(async (stack) => prove(catalog, await plannedSpecimen(stack))),
  );
  const outcomes = proofs.flatMap((proof) => proof.outcomes);
  const controls = new Map<string, { made: number; caught: number; by: Set<string> }>();
  for (const { mutant, caughtBy } of outcomes) {
    const id = mutant.control.ids.join(" ");
    const row = controls.get(id) ?? { made: 0, caught: 0, by: new Set<string>() };
    row.made += 1;
    row.caught += caughtBy.length > 0 ? 1 : 0;
    caughtBy.forEach((policy) => row.by.add(policy));
    controls.set(id, row);
  }
  const lines = [...controls].map(
    ([id, { made, caught, by }]) =>
      `${caught === made ? "  " : "! "}${String(caught).padStart(4)} of ${String(made).padStart(4)}  ${id}  ${[...by].join(", ")}`,
  );
  const survivors = outcomes.filter(({ caughtBy }) => caughtBy.length === 0);
  const caught = outcomes.length - survivors.length;
  const alarms = proofs.flatMap(({ falseAlarms }) => falseAlarms);
  lines.push(
    `${caught} of ${outcomes.length} mutants caught (${((100 * caught) / outcomes.length).toFixed(1)} %); ` +
      `${alarms.length} false alarms on the stacks as they are`,
    ...alarms.map(({ policy, urn, message }) => `  ${policy} ${urn}: ${message}`),
  );
  process.stdout.write(`${lines.join("\n")}\n`);
  if (file !== undefined) {
    writeFileSync(file, survivors.map(({ mutant }) => `${describeMutant(mutant)}\n`).join(""));
  }
}

void main(process.argv.slice(2));
