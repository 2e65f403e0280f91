import assert from "node:assert/strict";

import { catalog } from "../../policy-pack/src/catalog";
import { suppressions } from "../../policy-pack/src/suppressions";
import { describeMutant, isMeantFor, type Proof, prove } from "./proof";
import { controls } from "./controls";
import { plannedSpecimen } from "./specimens";

// Of all broken stacks, one in a hundred may be missed; what is missed is printed.
const CAUGHT = 0.99;
const ENOUGH = 400;
// Only the account's bootstrap attaches policies of AWS to roles.
const NOT_PLANNED = ["CKV_AWS_274/CKV2_AWS_56/AwsSolutions-IAM4"];

describe("planned stacks, broken as published controls say", function () {
  this.timeout(240_000);
  const proofs: Proof[] = [];

  before(async () => {
    for (const stack of ["dev", "prod"]) {
      proofs.push(await prove(catalog, await plannedSpecimen(stack)));
    }
  });

  it("raise no alarm as they are, but for what is suppressed", () => {
    const alarms = proofs.flatMap(({ falseAlarms }) => falseAlarms);
    assert.deepEqual(
      alarms.map(({ policy, finding, urn }) => `${policy}/${finding} ${urn}`),
      suppressions.map(({ rule, finding, urn }) => `${rule}/${finding} ${urn}`),
    );
  });

  it("are found by a rule that is meant for the control", () => {
    const outcomes = proofs.flatMap((proof) => proof.outcomes);
    const survivors = outcomes.filter(({ caughtBy }) => caughtBy.length === 0);
    console.log(
      `      ${outcomes.length - survivors.length} of ${outcomes.length} mutants caught, of them ` +
        `${outcomes.filter(({ mutant }) => isOneOfMany(mutant.control.types)).length} by region and tags alone`,
    );
    survivors.forEach(({ mutant }) => {
      console.log(`      survivor: ${describeMutant(mutant)}`);
    });
    const special = outcomes.filter(({ mutant }) => !isOneOfMany(mutant.control.types));
    assert.ok(special.length >= ENOUGH, String(special.length));
    assert.ok(
      survivors.length <= outcomes.length * (1 - CAUGHT),
      `${survivors.length} of ${outcomes.length}`,
    );
  });

  it("are broken in at least one way by every control that applies to them", () => {
    const used = new Set(proofs.flatMap(({ outcomes }) => outcomes.map(({ mutant }) => mutant.control)));
    const idle = controls.filter((control) => !used.has(control)).map(({ ids }) => ids.join("/"));
    assert.deepEqual(idle, NOT_PLANNED);
  });

  it("have a rule that names the control", () => {
    const orphans = controls.filter((control) => !catalog.some((rule) => isMeantFor(rule, control)));
    assert.deepEqual(
      orphans.map(({ ids }) => ids.join("/")),
      [],
    );
  });
});

// These two controls make most of the mutants, one or two of every resource: the others have to stand by themselves.
function isOneOfMany(types: readonly string[]): boolean {
  return types.includes("regional") || types.includes("taggable");
}
