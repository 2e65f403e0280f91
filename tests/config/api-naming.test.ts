import assert from "node:assert/strict";

import { Names } from "../../config";
import { parseJson, set, validConfig } from "./helpers";

describe("names of the API", () => {
  it("have the form of their type", () => {
    const names = new Names(parseJson(validConfig()).config);
    assert.equal(names.fixed("restApi", "api"), "streamflix-api-dev");
    assert.equal(names.fixed("vpcLink", "api"), "streamflix-api-dev");
    assert.equal(names.fixed("webAcl", "api"), "streamflix-api-dev");
    assert.equal(names.fixed("wafLogGroup", "api"), "aws-waf-logs-streamflix-api-dev");
    assert.equal(names.fixed("logResourcePolicy", "waf-logs"), "streamflix-waf-logs-dev");
  });

  it("keep every limit to the character, and the characters of their type", () => {
    const config = validConfig();
    set(config, "streamflix:environment.suffix", "abcdefghijkl");
    const longest = new Names(parseJson(config).config);
    const limits = { restApi: 255, vpcLink: 128, webAcl: 128, logResourcePolicy: 255 } as const;
    const around = "streamflix--abcdefghijkl".length;
    for (const [kind, limit] of Object.entries(limits) as [keyof typeof limits, number][]) {
      const what = "x".repeat(limit - around);
      assert.equal(longest.fixed(kind, what).length, limit);
      assert.throws(() => longest.fixed(kind, `${what}x`), /Shorten "x+" by 1\./, kind);
      assert.throws(() => longest.fixed(kind, "a.b"), /may have only/, kind);
    }
    const log = "x".repeat(512 - around - "aws-waf-logs-".length);
    assert.equal(longest.fixed("wafLogGroup", log).length, 512);
    assert.throws(() => longest.fixed("wafLogGroup", `${log}x`), /Shorten "x+" by 1\./);
  });
});
