import { resumesByUp, undisturbed } from "../engine/support/faults";

/** Machines at a time: each is idle half of the time. */
const LANES = 2;

/**
 * `npm run test:soak`: a deployment stopped at every single call is finished by a second one. Both stacks, hours in
 * all. `SOAK_FROM=dev:30` goes on from a call where an earlier run was stopped.
 */
describe("every call of a deployment may fail", () => {
  const [fromStack, fromCall] = (process.env["SOAK_FROM"] ?? "dev:1").split(":");
  const stacks = ["dev", "prod"];

  for (const stack of stacks.slice(Math.max(0, stacks.indexOf(fromStack ?? "dev")))) {
    it(`of ${stack}`, async () => {
      const reference = await undisturbed(stack);
      const total = reference.calls.length;
      let next = stack === fromStack ? Number(fromCall) : 1;
      const lane = async () => {
        while (next <= total) {
          const k = next++;
          await resumesByUp(stack, k, reference);
          console.log(`      ${stack}: call ${k} of ${total} resumed`);
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
    });
  }
});
