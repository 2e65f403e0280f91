import assert from "node:assert/strict";

import { unknownValue } from "@pulumi/pulumi/runtime";

import { toResource } from "../../policy-pack/src/engine/resource";
import { tagsOf } from "../../policy-pack/src/engine/tags";
import { RuleError } from "../../policy-pack/src/engine/tri";

const TYPE = "aws:sns/topic:Topic";

function owner(tags: unknown, defaultTags?: unknown): string {
  const resource = toResource(
    {
      type: TYPE,
      name: "example",
      urn: "urn",
      props: { tags },
      opts: { protect: false, ignoreChanges: [] },
      ...(defaultTags === undefined ? {} : { provider: { name: "main", props: { defaultTags } } }),
    },
    { [TYPE]: ["tags"] },
  );
  const found = tagsOf(resource).get("owner");
  return found.kind === "known" ? `"${found.value}"` : found.kind;
}

describe("tags of a resource", () => {
  const text = (tags: object) => JSON.stringify({ tags });
  const cases: readonly (readonly [title: string, answer: string, own: unknown, defaults?: unknown])[] = [
    ["its own", '"a"', { owner: "a" }],
    ["its own over the provider's", '"a"', { owner: "a" }, text({ owner: "b" })],
    ["the provider's, as JSON text", '"b"', undefined, text({ owner: "b" })],
    ["the provider's, as an object", '"b"', {}, { tags: { owner: "b" } }],
    ["the provider's for an empty one", '"b"', { owner: " " }, text({ owner: "b" })],
    ["none when both are empty", "absent", { owner: "" }, text({ owner: "" })],
    ["none without either", "absent", undefined],
    ["none of a provider without tags", "absent", {}, "{}"],
    ["none of a provider whose default is null", "absent", {}, null],
    ["unknown", "unknown", { owner: unknownValue }, text({ owner: "b" })],
    ["unknown when the whole map is", "unknown", unknownValue, text({ owner: "b" })],
    ["unknown when the provider's are", "unknown", {}, unknownValue],
  ];
  for (const [title, answer, own, defaults] of cases) {
    it(`are ${title}`, () => {
      assert.equal(owner(own, defaults), answer);
    });
  }

  it("end in the rule's own error where their shape is another", () => {
    const notJson = new RuleError("provider defaultTags is not a JSON object");
    assert.throws(() => owner({}, "{"), notJson);
    assert.throws(() => owner({}, "[]"), notJson);
    assert.throws(() => owner({}, 7), new RuleError("provider defaultTags should be a string"));
    assert.throws(
      () => owner({}, text(["x"])),
      new RuleError("provider defaultTags.tags should be an object"),
    );
    assert.throws(() => owner({ owner: 7 }), new RuleError("tags.owner should be a string"));
    assert.throws(() => owner("x"), new RuleError("tags should be an object"));
  });
});
