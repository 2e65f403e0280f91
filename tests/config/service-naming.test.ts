import assert from "node:assert/strict";

import { Names } from "../../config";
import { parseJson, set, validConfig } from "./helpers";

function names(suffix: string): Names {
  const config = validConfig();
  set(config, "streamflix:environment.suffix", suffix);
  return new Names(parseJson(config).config);
}

describe("names of the service", () => {
  it("have the form of their type", () => {
    const dev = names("dev");
    assert.equal(dev.fixed("ecsCluster", "services"), "streamflix-services-dev");
    assert.equal(dev.fixed("ecsService", "service"), "streamflix-service-dev");
    assert.equal(dev.fixed("ecsTaskFamily", "service"), "streamflix-service-dev");
    assert.equal(dev.fixed("loadBalancer", "service"), "streamflix-service-dev");
    // Six characters are all there is room for.
    assert.equal(dev.prefix("targetGroup", "sflix"), "sflix-");
  });

  it("keep every limit to the character, and leave room for the service with the longest suffix", () => {
    const longest = names("abcdefghijkl");
    const around = "streamflix--abcdefghijkl".length;
    const limits = { ecsCluster: 255, ecsService: 255, ecsTaskFamily: 255, loadBalancer: 32 } as const;
    for (const [kind, limit] of Object.entries(limits) as [keyof typeof limits, number][]) {
      const what = "x".repeat(limit - around);
      assert.equal(longest.fixed(kind, what).length, limit);
      assert.throws(() => longest.fixed(kind, `${what}x`), /Shorten "x+" by 1\./, kind);
    }
    assert.throws(() => longest.prefix("targetGroup", "xxxxxx"), /7 characters; at most 6 are allowed/);
    assert.equal(longest.fixed("loadBalancer", "service").length, 31);
    for (const role of ["task", "execution"]) longest.prefix("iamRole", role);
    assert.throws(() => longest.fixed("loadBalancer", "a_b"), /may have only/);
  });
});
