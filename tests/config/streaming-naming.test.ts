import assert from "node:assert/strict";

import { Names } from "../../config";
import { parseJson, set, validConfig } from "./helpers";

function names(suffix: string): Names {
  const config = validConfig();
  set(config, "streamflix:environment.suffix", suffix);
  return new Names(parseJson(config).config);
}

describe("names of streams and their archive", () => {
  it("have the form of their type", () => {
    const dev = names("dev-2");
    assert.equal(dev.fixed("kinesisStream", "events"), "streamflix-events-dev-2");
    assert.equal(dev.fixed("firehose", "events"), "streamflix-events-dev-2");
    assert.equal(dev.fixed("glueDatabase", "events"), "streamflix_events_dev_2");
    assert.equal(dev.fixed("bucket", "events"), "streamflix-events-dev-2-111122223333-eu-central-1");
  });

  it("keep every limit to the character, and leave room for the buckets with the longest suffix", () => {
    const longest = names("abcdefghijkl");
    const around = "streamflix--abcdefghijkl".length;
    const limits = { kinesisStream: 128, firehose: 64, glueDatabase: 255 } as const;
    for (const [kind, limit] of Object.entries(limits) as [keyof typeof limits, number][]) {
      const what = "x".repeat(limit - around);
      assert.equal(longest.fixed(kind, what).length, limit);
      assert.throws(() => longest.fixed(kind, `${what}x`), /Shorten "x+" by 1\./, kind);
    }
    for (const what of ["access-logs", "events"]) longest.fixed("bucket", what);
    for (const role of ["events-source", "events-target"]) longest.prefix("iamRole", role);
    assert.throws(() => longest.fixed("glueDatabase", "Events"), /may have only/);
  });
});
