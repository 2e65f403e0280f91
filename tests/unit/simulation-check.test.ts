import assert from "node:assert/strict";

import { UNKNOWN } from "../../local/providers/frame";
import { ACCOUNT, policy, refusal, REGION, Sandbox, subjectOf, T } from "./sandbox";

const box = new Sandbox();
const check = (type: string, news: object, olds: object = {}) =>
  box.aws.check(subjectOf(type), { ...olds }, { ...news }).inputs;

describe("simulation: configuration of the provider", () => {
  const configure = (args: object) => new Sandbox({ signedInAccount: undefined }).provider({ ...args });

  it("refuses another account than the allowed one", async () => {
    assert.equal(
      await refusal(() => new Sandbox({ signedInAccount: "999999999999" })),
      "AWS account ID not allowed: 999999999999 (allowedAccountIds: 111122223333)",
    );
  });

  it("takes the account it is signed in to when that one is allowed", async () => {
    const both = JSON.stringify(["999999999999", ACCOUNT]);
    const signedIn = new Sandbox({ signedInAccount: ACCOUNT });
    const provider = signedIn.provider({ allowedAccountIds: both });
    const { outputs } = await provider.create(subjectOf(T.Vpc), { cidrBlock: "10.0.0.0/16" });
    assert.equal(outputs["ownerId"], ACCOUNT);
  });

  it("refuses to guess account or region", async () => {
    assert.equal(
      await refusal(() => configure({ allowedAccountIds: undefined })),
      "the provider has no allowedAccountIds: the simulation can't tell which account is meant",
    );
    assert.equal(await refusal(() => configure({ region: undefined })), "the provider has no region");
  });
});

describe("simulation: check", () => {
  it("adds the provider's region, but not to IAM", () => {
    assert.deepEqual(check(T.Route, {}), { region: REGION });
    assert.deepEqual(check(T.RolePolicy, { name: "it" }), { name: "it" });
  });

  it("keeps a region of the resource's own", () => {
    assert.deepEqual(check(T.Route, { region: "eu-west-1" }), { region: "eu-west-1" });
  });

  it("drops nulls and bookkeeping of the SDK", () => {
    assert.deepEqual(check(T.Route, { gatewayId: null, __defaults: [] }), { region: REGION });
  });

  it("merges default tags below those of the resource", () => {
    const provider = box.provider({ defaultTags: JSON.stringify({ tags: { a: "default", b: "default" } }) });
    const { inputs } = provider.check(subjectOf(T.Vpc), {}, { tags: { b: "own", c: "own" } });
    assert.deepEqual(inputs["tags"], { a: "default", b: "own", c: "own" });
  });

  it("gives default tags to a resource without tags, and none to what takes none", () => {
    const provider = box.provider({ defaultTags: JSON.stringify({ tags: { a: "default" } }) });
    assert.deepEqual(provider.check(subjectOf(T.Eip), {}, {}).inputs["tags"], { a: "default" });
    assert.deepEqual(provider.check(subjectOf(T.Route), {}, {}).inputs, { region: REGION });
  });

  it("leaves unknown tags unknown", () => {
    assert.equal(check(T.Vpc, { tags: UNKNOWN })["tags"], UNKNOWN);
  });

  it("makes a name of the resource's name, and keeps it", () => {
    const name = check(T.LogGroup, {})["name"];
    assert.match(String(name), /^it-[0-9a-f]{7}$/);
    assert.equal(check(T.LogGroup, {}, { name })["name"], name);
    assert.notEqual(check(T.LogGroup, {})["name"], name);
  });

  it("makes no name beside a name, beside a prefix, or for what has none", () => {
    assert.equal(check(T.LogGroup, { name: "given" }, { name: "old" })["name"], "given");
    assert.equal(check(T.LogGroup, { namePrefix: "given-" })["name"], undefined);
    assert.equal(check(T.Vpc, {})["name"], undefined);
  });

  it("turns a document into text", () => {
    const document = policy({ Principal: "*", Action: "kms:*" });
    assert.equal(check(T.Key, { policy: document })["policy"], JSON.stringify(document));
    assert.equal(check(T.Key, { policy: "text" })["policy"], "text");
  });

  it("hides a whole document for one unknown in it", () => {
    const document = policy({ Principal: "*", Action: "sns:Publish", Resource: UNKNOWN });
    assert.equal(check(T.TopicPolicy, { policy: document })["policy"], UNKNOWN);
  });

  it("leaves defaults to AWS: they show in outputs", async () => {
    const { inputs, outputs } = await box.vpc();
    assert.deepEqual(Object.keys(inputs).sort(), ["cidrBlock", "region", "tags"]);
    assert.deepEqual(
      [outputs["enableDnsSupport"], outputs["enableDnsHostnames"], outputs["instanceTenancy"]],
      [true, false, "default"],
    );
  });
});

describe("simulation: previews", () => {
  it("a create shows inputs and defaults; what AWS makes is unknown", () => {
    const inputs = check(T.InternetGateway, { vpcId: "vpc", tags: { a: "b" } });
    assert.deepEqual(box.aws.previewCreate(subjectOf(T.InternetGateway), inputs), {
      arn: UNKNOWN,
      ownerId: UNKNOWN,
      region: REGION,
      tags: { a: "b" },
      tagsAll: { a: "b" },
      vpcId: "vpc",
    });
  });

  it("an update keeps what AWS made", () => {
    const olds = { arn: "arn", vpcId: "old", tagsAll: {} };
    assert.deepEqual(
      box.aws.previewUpdate(subjectOf(T.InternetGateway), olds, { vpcId: "new", tags: { a: "b" } }),
      {
        arn: "arn",
        vpcId: "new",
        tags: { a: "b" },
        tagsAll: { a: "b" },
      },
    );
  });
});
