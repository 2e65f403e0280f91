import assert from "node:assert/strict";

import { unknownValue } from "@pulumi/pulumi/runtime";

import { effectiveRegion, isRegional, isRegionName } from "../../policy-pack/src/engine/region";
import { isAllowed, regionSettings } from "../../policy-pack/src/engine/region-settings";
import { toResource } from "../../policy-pack/src/engine/resource";
import { RuleError } from "../../policy-pack/src/engine/tri";

const TYPE = "aws:sns/topic:Topic";
const VAULT = "aws:backup/vault:Vault";

/** The region that a resource gets, as `region from source`. */
function found(own: unknown, provider?: unknown): string {
  const resource = toResource(
    {
      type: TYPE,
      name: "example",
      urn: "urn:pulumi:test::streamflix::aws:sns/topic:Topic::example",
      props: { region: own },
      opts: { protect: false, ignoreChanges: [] },
      ...(provider === undefined ? {} : { provider: { name: "main", props: { region: provider } } }),
    },
    { [TYPE]: ["region"] },
  );
  const { region, source } = effectiveRegion(resource);
  return `${region.kind === "known" ? region.value : region.kind} from ${source}`;
}

describe("the region of a resource", () => {
  const cases: readonly (readonly [title: string, answer: string, own?: unknown, provider?: unknown])[] = [
    ["its own", "eu-west-1 from resource", "eu-west-1", "eu-central-1"],
    ["its own, of a provider without one", "eu-west-1 from resource", "eu-west-1", null],
    ["its own, without a provider", "eu-west-1 from resource", "eu-west-1"],
    ["the provider's", "eu-central-1 from provider", undefined, "eu-central-1"],
    ["the provider's, copied into it", "eu-central-1 from provider", "eu-central-1", "eu-central-1"],
    ["unknown, of a provider with one", "unknown from resource", unknownValue, "eu-central-1"],
    ["unknown, of a provider whose own is unknown", "unknown from resource", unknownValue, unknownValue],
    ["its own, of a provider whose own is unknown", "eu-west-1 from resource", "eu-west-1", unknownValue],
    ["the provider's unknown one", "unknown from provider", undefined, unknownValue],
    ["none, for null is none", "absent from nowhere", null, null],
    ["none at all", "absent from nowhere"],
  ];
  for (const [title, answer, own, provider] of cases) {
    it(`is ${title}`, () => {
      assert.equal(found(own, provider), answer);
    });
  }

  it("is text", () => {
    assert.throws(() => found(7), new RuleError("region should be a string"));
    assert.throws(() => found(undefined, 7), new RuleError("provider region should be a string"));
  });

  it("is none for the types that have no region, and any for a type newer than the table", () => {
    assert.deepEqual(
      ["aws:iam/role:Role", TYPE, "aws:new/thing:Thing"].map((type) => isRegional(type)),
      [false, true, true],
    );
  });
});

describe("names of regions", () => {
  const names = ["eu-central-1", "us-gov-west-1", "us-iso-east-1", "eusc-de-east-1", "ap-southeast-10"];
  const others = [
    "",
    "e-central-1",
    "europe-central-1",
    "eu-c-1",
    "eu-centralnorth-east-west-south-1",
    "eu-southwesterly-1",
    "eu-1",
    "eu-central",
    "eu-central-",
    "eu-central-123",
    "eu-central-1a",
    "EU-CENTRAL-1",
    " eu-central-1",
    "eu-central-1 ",
    "1eu-central-1",
    "eu_central_1",
    "hunter2",
    "111122223333",
  ];
  it("are told from zones, accounts and free text", () => {
    assert.deepEqual(names.filter(isRegionName), names);
    assert.deepEqual(others.filter(isRegionName), []);
  });
});

describe("allowed regions", () => {
  const config = {
    allowedRegions: ["eu-central-1"],
    standbyRegions: ["eu-west-1"],
    standbyTypes: [VAULT],
  };

  it("are open to every type, and the standby's only to its types", () => {
    assert.ok(isAllowed("eu-central-1", TYPE, config));
    assert.ok(isAllowed("eu-central-1", VAULT, config));
    assert.ok(isAllowed("eu-west-1", VAULT, config));
    assert.ok(!isAllowed("eu-west-1", TYPE, config));
    assert.ok(!isAllowed("us-east-1", VAULT, config));
  });

  it("are the home region alone unless a stack's file says otherwise", () => {
    const defaults = Object.fromEntries(
      Object.entries(regionSettings).map(([name, setting]) => [name, setting.default]),
    );
    assert.deepEqual(defaults, { allowedRegions: ["eu-central-1"], standbyRegions: [], standbyTypes: [] });
    for (const setting of Object.values(regionSettings)) {
      assert.deepEqual(
        [setting.type, setting.items, setting.uniqueItems],
        ["array", { type: "string" }, true],
      );
      assert.match(setting.description, /region/i);
    }
    assert.equal(regionSettings.allowedRegions.minItems, 1);
  });
});
