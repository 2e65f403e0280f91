import assert from "node:assert/strict";

import { unknownValue } from "@pulumi/pulumi/runtime";
import fc from "fast-check";

import { mentionsIn } from "../../policy-pack/src/engine/region-scan";

const regions = (value: unknown) => mentionsIn(value, "x").map(({ by, region }) => `${by} ${region}`);
const region = fc.constantFrom(
  "eu-central-1",
  "us-east-1",
  "ap-southeast-2",
  "us-gov-west-1",
  "eusc-de-east-1",
  "cn-north-1",
);
const account = fc.stringMatching(/^\d{12}$/);
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
// Any nesting of objects, lists and JSON text around a value.
const nest = (inner: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc
    .tuple(inner, fc.array(fc.constantFrom("list", "bag", "json"), { maxLength: 5 }))
    .map(([value, layers]) =>
      layers.reduce<unknown>(
        (held, layer) =>
          layer === "list" ? ["other", held] : layer === "bag" ? { k: held } : JSON.stringify([held]),
        value,
      ),
    );

describe("regions in properties", () => {
  it("are found in ARNs at any depth, in JSON and in longer text", () => {
    const arn = fc.tuple(word, region, account, word).map((parts) => `arn:aws:${parts.join(":")}`);
    fc.assert(
      fc.property(
        nest(
          fc.tuple(fc.constantFrom("", "see "), arn, fc.constantFrom("", " or else")).map((t) => t.join("")),
        ),
        (value) => {
          const [, service, expected] = /arn:aws:([a-z0-9]+):([a-z0-9-]+):/.exec(JSON.stringify(value)) ?? [];
          assert.ok(service);
          assert.deepEqual(regions(value), [`arn ${expected ?? ""}`]);
        },
      ),
    );
  });

  it("are found in hosts, in names of services and in images", () => {
    fc.assert(
      fc.property(region, word, account, (name, service, id) => {
        assert.deepEqual(regions(`https://${service}.${name}.amazonaws.com/x`), [`endpoint ${name}`]);
        assert.deepEqual(regions(`${service}.cluster-abc.${name}.rds.amazonaws.com`), [`endpoint ${name}`]);
        assert.deepEqual(regions(`com.amazonaws.${name}.${service}`), [`endpoint ${name}`]);
        assert.deepEqual(
          mentionsIn(`${id}.dkr.ecr.${name}.amazonaws.com/${service}`, "x").map((found) => found.account),
          [undefined, id],
        );
      }),
    );
  });

  it("are found under every name that says region, and in zones", () => {
    fc.assert(
      fc.property(
        region,
        fc.constantFrom("region", "sourceRegion", "destinationRegions", "awslogs-region"),
        (name, key) => {
          assert.deepEqual(regions({ [key]: name }), [`property ${name}`]);
          assert.deepEqual(regions({ [key]: [name] }), [`property ${name}`]);
          assert.deepEqual(regions({ availabilityZones: [`${name}a`] }), [`property ${name}`]);
          assert.deepEqual(regions({ environment: [{ name: "AWS_REGION", value: name }] }), [
            `property ${name}`,
          ]);
        },
      ),
    );
  });

  it("are not seen in what only looks like one", () => {
    fc.assert(
      fc.property(region, account, word, (name, id, free) => {
        for (const value of [
          { tags: { note: name, region: name } },
          { description: `replaces ${name}` },
          { text: `${name}-free-text` },
          { bucket: `my-${name}` },
          { host: `${free}-1.example.com` },
          { id },
          { arn: `arn:aws:s3:::${free}-${name}` },
          { skipRegionValidation: "true", isMultiRegionTrail: true },
        ]) {
          assert.deepEqual(
            mentionsIn(value, "x").filter((found) => found.region !== ""),
            [],
            JSON.stringify(value),
          );
        }
      }),
    );
  });

  it("never make the scan throw", () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: false }), (value) => {
        mentionsIn(value, "x");
      }),
    );
  });

  const ARN = "arn:aws:sns:eu-west-1:111122223333:topic";
  const inArn = { by: "arn", partition: "aws", region: "eu-west-1", account: "111122223333" };
  const property = (region: string) => ({ by: "property", region });
  const inAccount = { by: "property", region: "", account: "111122223333" };
  const cases: readonly (readonly [title: string, value: unknown, mentions: readonly object[]])[] = [
    ["nothing", undefined, []],
    ["null", null, []],
    ["a number", 7, []],
    ["what is not known yet", [unknownValue, { a: unknownValue }], []],
    ["an ARN", ARN, [{ path: "", ...inArn }]],
    ["an ARN in a list", [1, ARN], [{ path: "[1]", ...inArn }]],
    ["an ARN in an object", { a: { b: [ARN] } }, [{ path: "a.b[0]", ...inArn }]],
    ["an ARN without an account", "arn:aws:s3:::b", [{ path: "", by: "arn", partition: "aws", region: "" }]],
    [
      "an ARN of another partition, with a pattern for a region",
      "arn:aws-cn:sns:cn-*:*:topic",
      [{ path: "", by: "arn", partition: "aws-cn", region: "cn-*" }],
    ],
    ["an ARN in JSON after a line break", ` \n {"a":"${ARN}"}`, [{ path: "a", ...inArn }]],
    ["an ARN in a JSON list", `["${ARN}"]`, [{ path: "[0]", ...inArn }]],
    ["an ARN in text with braces", `see {x} [y] ${ARN}`, [{ path: "", ...inArn }]],
    ["an ARN in text that only begins like JSON", `{x} ${ARN}`, [{ path: "", ...inArn }]],
    ["an ARN below JSON in JSON", JSON.stringify({ a: `["${ARN}"]` }), [{ path: "a[0]", ...inArn }]],
    ["a host", "sns.eu-west-1.api.aws", [{ path: "", by: "endpoint", region: "eu-west-1" }]],
    ["a service", "com.amazonaws.eu-west-1.sns", [{ path: "", by: "endpoint", region: "eu-west-1" }]],
    [
      "a registry",
      "111122223333.dkr-ecr.x",
      [{ path: "", by: "endpoint", region: "", account: inAccount.account }],
    ],
    ["a region", { targetRegion: "eu-west-1" }, [{ path: "targetRegion", ...property("eu-west-1") }]],
    ["no region", { region: "somewhere", regions: [7, "here"] }, []],
    ["an unknown region", { region: unknownValue, regions: [unknownValue] }, []],
    [
      "regions below one",
      { regions: [{ regionName: "eu-west-1", topic: ARN }] },
      [
        { path: "regions[0].regionName", ...property("eu-west-1") },
        { path: "regions[0].topic", ...inArn },
      ],
    ],
    ["all regions", { allRegions: true }, [{ path: "allRegions", ...property("*") }]],
    ["not all regions", { allRegions: false, notAllRegions: true, allRegionsSeen: true }, []],
    ["all regions by a word", { regionMode: "ALL_REGIONS" }, [{ path: "regionMode", ...property("*") }]],
    ["all regions in a list", { regions: ["ALL_REGIONS"] }, [{ path: "regions", ...property("*") }]],
    [
      "variables that set the region",
      [
        { name: "AWS_DEFAULT_REGION", value: "eu-west-1" },
        { name: "AWS_REGIONAL", value: "eu-west-1" },
        { name: "MY_AWS_REGION", value: "eu-west-1" },
        { name: "HOME", value: "eu-west-1" },
        { name: 7, value: "eu-west-1" },
        { name: "AWS_REGION", other: "eu-west-1" },
      ],
      [{ path: "[0].value", ...property("eu-west-1") }],
    ],
    ["a zone", { availabilityZone: "eu-west-1a" }, [{ path: "availabilityZone", ...property("eu-west-1") }]],
    ["zones", { cacheAzs: ["eu-west-1a", "here", 7] }, [{ path: "cacheAzs", ...property("eu-west-1") }]],
    ["no zones", { availabilityZones: unknownValue, azsOf: ["eu-west-1a"], cacheAzsOf: "eu-west-1a" }, []],
    ["an account as principal", { AWS: "111122223333" }, [{ path: "AWS", ...inAccount }]],
    [
      "accounts as principals",
      { AWS: ["111122223333", ARN, "1111222233334", "x111122223333", 7] },
      [
        { path: "AWS[1]", ...inArn },
        { path: "AWS", ...inAccount },
      ],
    ],
    ["an account elsewhere", { Service: "111122223333" }, []],
    [
      "what people write, and what switches regions on and off",
      {
        tags: { a: ARN },
        tagsAll: { a: ARN },
        description: ARN,
        isMultiRegionTrail: [ARN],
        skipRegionValidation: [ARN],
      },
      [],
    ],
  ];
  for (const [title, value, mentions] of cases) {
    it(`are these for ${title}`, () => {
      assert.deepEqual(mentionsIn(value, ""), mentions);
    });
  }
});
