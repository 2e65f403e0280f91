import assert from "node:assert/strict";

import { installedMajors } from "../../functions/support/postgres-server";
import { type LoadOptions, type LoadResult, signInDuringRotations } from "../support/load";
import { type Mode, RotationWorld } from "../support/world";

const [major = 17] = installedMajors();

// A thousand rotations: tests/soak.
describe(`signing in while a secret is rotated, PostgreSQL ${major}`, function () {
  this.timeout(120_000);
  let world: RotationWorld;
  before(async () => {
    world = await RotationWorld.start(major);
  });
  after(async () => {
    assert.ok((await world.end()) > 80);
  });

  const load = async (mode: Mode, options: Omit<LoadOptions, "arn">): Promise<LoadResult> => {
    const { arn } = await world.subject(mode);
    const result = await signInDuringRotations(world, { arn, ...options });
    const { logins, refused, recovered } = result;
    console.log(
      `      ${options.rotations} rotations, ${logins} logins, ${refused} refused, ${recovered} good at the second attempt`,
    );
    assert.ok(logins > options.rotations);
    return result;
  };

  it("with two users never fails, without any retry", async () => {
    assert.equal((await load("pair", { rotations: 60, ttlMs: 50, retries: false })).refused, 0);
  });

  it("with two users fails where a login is kept for longer than two rotations", async () => {
    assert.ok((await load("pair", { rotations: 4, ttlMs: "forever", retries: false })).refused > 0);
  });

  it("with a single user fails without the client's retry", async () => {
    assert.ok((await load("single", { rotations: 10, ttlMs: 50, retries: false })).refused > 0);
  });

  it("with a single user never fails with the client's retry", async () => {
    const { refused, recovered } = await load("single", { rotations: 20, ttlMs: 50, retries: true });
    assert.equal(refused, 0);
    assert.ok(recovered > 0);
  });
});
