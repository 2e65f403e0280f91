import { strict as assert } from "node:assert";

import { emptyHome, Machine } from "./support/engine";
import { liveObjectsOf } from "./support/state";

const BOUNDARY = "aws:iam/policy:Policy";
const ROLE = "aws:iam/role:Role";

/** Flags of an account's bootstrap. */
const of = (stack: string) => ["--program", "bootstrap", "--stack", stack];

describe("bootstrap on the real engine", function () {
  this.timeout(900_000);
  const machine = new Machine(emptyHome());

  for (const stack of ["dev", "prod"]) {
    it(`${stack}: is deployed with the policy pack, and a second preview finds nothing to do`, async () => {
      const { output } = await machine.ok("up", ...of(stack));
      assert.match(output, /streamflix-policy-pack@v\S+/);
      await machine.ok("preview", ...of(stack), "--expect-no-changes");
    });
  }

  it("organization: is deployed with the policy pack, and a second preview finds nothing to do", async () => {
    const main = ["--program", "organization", "--stack", "main"];
    const { output } = await machine.ok("up", ...main);
    assert.match(output, /streamflix-policy-pack@v\S+/);
    await machine.ok("preview", ...main, "--expect-no-changes");
    const refused = await machine.run("destroy", ...main);
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /is protected|cannot be deleted/);
  });

  it("carries the platform: every boundary, repository and setting that dev names is there", async () => {
    await machine.apply("--stack", "dev");
    await machine.ok("preview", "--no-policy", "--stack", "dev", "--expect-no-changes");
    const objects = liveObjectsOf(machine).filter(({ account }) => account === "111122223333");
    const boundaries = objects.filter(({ type }) => type === BOUNDARY).map(({ id }) => id);
    const roles = objects.filter(({ type }) => type === ROLE);
    assert.ok(roles.length >= 9, `only ${roles.length} roles`);
    for (const { id, inputs } of roles) {
      assert.ok(boundaries.includes(String(inputs["permissionsBoundary"])), `${id} has no boundary`);
    }
  });

  it("goes before the platform: without it, in an account that had it, no role is made", async () => {
    const refused = await machine.run("destroy", ...of("dev"));
    assert.notEqual(refused.code, 0);
    assert.match(
      refused.output,
      /streamflix-workload-eu-central-1 has dependent objects and cannot be deleted/,
    );
    const unprotected = await machine.run("destroy", ...of("prod"));
    assert.notEqual(unprotected.code, 0);
    assert.match(unprotected.output, /is protected|cannot be deleted/);
  });
});
