import assert from "node:assert/strict";

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
});
