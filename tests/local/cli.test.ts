import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { pulumiCli } from "../../local/cli";
import { isAtLeast, parseVersion } from "../../local/cli-version";
import { buildArguments } from "../../local/go-build";
import { versionIn } from "../../local/go-tool";
import { checkout } from "../../local/paths";

describe("Pulumi CLI", () => {
  const accepted = ["v3.259.0", "3.259.1", "v3.260.0-alpha.1", "v4.0.0", "v3.259.0+dirty"];
  const refused = ["v3.258.9", "3.99.0", "v2.300.0", "v3.259.0-beta.1", "", "dev"];
  for (const version of accepted) {
    it(`accepts ${version}`, () => {
      assert.equal(isAtLeast(version, "3.259.0"), true);
    });
  }
  for (const version of refused) {
    it(`refuses "${version}"`, () => {
      assert.equal(isAtLeast(version, "3.259.0"), false);
    });
  }

  it("reads the version out of what a tool prints", () => {
    assert.equal(versionIn("v3.259.0\n"), "v3.259.0");
    assert.equal(versionIn("k6 v1.8.1 (go1.26.8, linux/amd64)\n"), "v1.8.1");
    assert.equal(versionIn("no version at all"), "");
  });

  it("builds the version that its go.mod pins", () => {
    const module = fs.readFileSync(path.join(checkout.cliModule, "go.mod"), "utf8");
    const pinned = /github\.com\/pulumi\/pulumi\/pkg\/v3 (v\S+)/.exec(module)?.[1] ?? "";
    assert.ok(parseVersion(pinned));
    assert.ok(buildArguments(pulumiCli, "/x").join(" ").includes(`version.Version=${pinned} `));
  });

  it("says how to get a CLI", () => {
    const text = pulumiCli.howToInstall("there is no Go toolchain to build one with");
    assert.match(text, /3\.259\.0 or newer, and there is no Go toolchain/);
    assert.match(text, /https:\/\/www\.pulumi\.com\/docs\/install\//);
  });
});
