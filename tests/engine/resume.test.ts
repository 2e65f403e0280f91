import { strict as assert } from "node:assert";
import { readdirSync } from "node:fs";
import * as path from "node:path";
import { smallStackFile } from "./support/engine";
import { assertSameOutcome, disturbed, resumesByUp, undisturbed, type Reference } from "./support/faults";
import { awsResources, liveObjectsOf, stateOf } from "./support/state";

/** Calls tried here; `npm run test:soak` tries them all, on both stacks. */
const SAMPLES = 5;

/** Files that the file backend does not write in one step: metadata, which it can't read a state without when torn. */
function tornByAKill(state: string): string[] {
  return readdirSync(state, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".attrs"));
}

describe("a deployment that was stopped", function () {
  this.timeout(900_000);

  it("by a failed call is finished by a second up", async () => {
    const reference = await undisturbed("dev");
    const calls = reference.calls.length;
    const sample = Array.from(
      { length: SAMPLES },
      (_, n) => 1 + Math.round((n * (calls - 1)) / (SAMPLES - 1)),
    );
    for (const k of sample) {
      await resumesByUp("dev", k, reference);
    }
    console.log(`      tried ${sample.length} of ${calls} calls: ${sample.join(", ")}`);
  });

  // What recovers these looks at one object at a time, so that a network is enough of a stack.
  describe("with its network only", () => {
    const file = smallStackFile("dev", "dev", []);
    const here = ["--stack", "dev", "--stack-file", file];
    let reference: Reference;

    before(async () => {
      reference = await undisturbed("dev", file);
      assert.ok(reference.calls.length >= 60, `only ${reference.calls.length} calls`);
    });

    it("by a killed engine is put right by recover and up", async () => {
      const machine = await disturbed("dev", "kill", "aws:ec2/vpc:Vpc", file);
      assert.deepEqual(tornByAKill(path.join(machine.home, "dev", "state")), []);
      await machine.ok("recover", ...here);
      await machine.apply(...here);
      await assertSameOutcome(machine, "dev", reference);
    });

    it("by a lost answer is put right by recover and up", async () => {
      const machine = await disturbed("dev", "lose", "aws:ec2/securityGroup:SecurityGroup", file);
      const { output } = await machine.ok("recover", ...here);
      assert.match(output, /SecurityGroup/);
      await machine.apply(...here);
      await assertSameOutcome(machine, "dev", reference);
    });

    it("by a lost answer, then blindly resumed, leaves an orphan that recover finds and deletes on request", async () => {
      const machine = await disturbed("dev", "lose", "aws:ec2/eip:Eip", file);
      await machine.apply(...here);
      const known = new Set(awsResources(await stateOf(machine, "dev")).map(({ id }) => id));
      const orphans = liveObjectsOf(machine).filter(({ id }) => !known.has(id));
      assert.deepEqual(
        orphans.map(({ type }) => type),
        ["aws:ec2/eip:Eip"],
      );

      const { output } = await machine.run("recover", ...here);
      assert.ok(output.includes(orphans[0]?.id ?? "none"), "the orphan is not named");
      assert.match(output, /--delete-orphans/);
      await machine.ok("recover", ...here, "--delete-orphans");
      await assertSameOutcome(machine, "dev", reference);
    });
  });
});
