import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { Problem } from "../../local/problem";
import { withImage } from "../../tools/release/main";

const PROD = fs.readFileSync(path.join(__dirname, "../../Pulumi.prod.yaml"), "utf8");
const REPOSITORY = "444455556666.dkr.ecr.eu-central-1.amazonaws.com/streamflix/service";
const DIGEST = `sha256:${"ab".repeat(32)}`;

describe("npm run release", () => {
  it("changes one line of the shipped stack file: the image's", () => {
    const before = PROD.split("\n");
    const after = withImage(PROD, "image", `${REPOSITORY}@${DIGEST}`).split("\n");
    const changed = after.filter((line, index) => line !== before[index]);
    assert.equal(after.length, before.length);
    assert.deepEqual(changed, [`    image: ${REPOSITORY}@${DIGEST}`]);
  });

  it("changes the collector's with its own field", () => {
    const name =
      "444455556666.dkr.ecr.eu-central-1.amazonaws.com/ecr-public/aws-observability/aws-otel-collector";
    const after = withImage(PROD, "collectorImage", `${name}@${DIGEST}`);
    assert.ok(after.includes(`    collectorImage: ${name}@${DIGEST}\n`));
  });

  for (const [what, text, image, message] of [
    ["a tag", PROD, `${REPOSITORY}:latest`, /an image by its digest/],
    ["a short digest", PROD, `${REPOSITORY}@sha256:abc`, /an image by its digest/],
    ["another repository", PROD, `example.com/other@${DIGEST}`, /another repository than the stack's/],
    ["a file without the field", "config: {}\n", `${REPOSITORY}@${DIGEST}`, /0 lines with image/],
  ] as const) {
    it(`${what} is refused`, () => {
      assert.throws(
        () => withImage(text, "image", image),
        (error) => {
          assert.ok(error instanceof Problem);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }
});
