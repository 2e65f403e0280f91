import { strict as assert } from "node:assert";
import { emptyHome, Machine, smallStackFile } from "./support/engine";
import { liveObjectsOf } from "./support/state";

const RECOVERY = "  streamflix:recovery:\n    region: eu-west-1\n    suffix: dev-dr\n\n";

/** Dev's stream alone, which nobody stands by for as long as that is not asked for. */
const home = (...features: string[]) => [
  ...["--stack", "dev", "--stack-file"],
  smallStackFile(
    "dev",
    "dev",
    [...features, "streaming"],
    ["  streamflix:network:\n", `${RECOVERY}  streamflix:network:\n`],
  ),
];
/** A stack that stands by for it, in its account. */
const standby = (...features: string[]) => [
  ...["--stack", "prod-dr", "--stack-file"],
  smallStackFile(
    "prod-dr",
    "prod-dr",
    [...features, "monitoring"],
    ["444455556666", "111122223333"],
    ["suffix: prod-dr", "suffix: dev-dr"],
    ["region: eu-central-1\n    suffix: prod", "region: eu-central-1\n    suffix: dev"],
    // It asks an API.
    ["    canary:\n      everyMinutes: 5\n", ""],
  ),
];

describe("the order of a stack and the one that stands by for it", function () {
  this.timeout(600_000);
  const machine = new Machine(emptyHome());
  const copies = () => liveObjectsOf(machine).filter(({ type }) => type.endsWith(":BucketReplicationConfig"));

  it("a standby is deployed without the stack that it stands by for", async () => {
    await machine.apply(...standby());
    await machine.apply(...home());
    assert.deepEqual(copies(), []);
  });

  it("copies to a bucket that the standby doesn't have are refused, as S3 does", async () => {
    const { code, output } = await machine.tryApply(...home("recovery"));
    assert.notEqual(code, 0, output);
    assert.match(output, /InvalidRequest: Destination bucket must exist/);
    assert.deepEqual(copies(), []);
  });

  it("are taken once the standby has its buckets, and nothing of home is replaced", async () => {
    await machine.apply(...standby("standby"));
    const before = liveObjectsOf(machine).filter(({ region }) => region === "eu-central-1");
    await machine.apply(...home("recovery"));
    const ids = new Set(liveObjectsOf(machine).map(({ id }) => id));
    for (const { id } of before) assert.ok(ids.has(id), id);
    const [copy, ...others] = copies();
    assert.deepEqual(others, []);
    assert.equal(copy?.id, "streamflix-events-dev-111122223333-eu-central-1");
    assert.match(
      JSON.stringify(copy.inputs),
      /"arn:aws:s3:::streamflix-events-dev-dr-111122223333-eu-west-1"/,
    );
  });
});
