import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { lambdaBundle, type LambdaBundle } from "../../components/lambda-bundle";
import { REGION_NAMES } from "../../config";

const ENTRY = "functions/database-roles/handler.ts";
const CERTIFICATES = path.join(__dirname, "../../components/database/certificates");
async function assetsOf({ archive }: LambdaBundle): Promise<Readonly<Record<string, unknown>>> {
  return { ...(await archive.assets) };
}

const YEAR = 365 * 24 * 3600 * 1000;

describe("bundle of a function", () => {
  const bundle = () =>
    lambdaBundle(ENTRY, {
      "database-ca.pem": "components/database/certificates/eu-central-1.pem",
      "migrations/": "functions/database-roles/migrations/*",
    });

  it("has the same bytes each time, and no path of this machine in them", async () => {
    const [first, second] = [bundle(), bundle()];
    assert.equal(first.sha256, second.sha256);
    const file = (await assetsOf(first))["index.js"];
    assert.ok(file instanceof pulumi.asset.FileAsset);
    const code = readFileSync(await file.path, "utf8");
    assert.ok(code.length > 10_000);
    assert.equal(code.includes(path.join(__dirname, "../..")), false);
    assert.equal(code.includes("node_modules"), false);
    assert.match(code, /exports/);
  });

  it("holds the certificates and every file of a folder beside the code", async () => {
    const assets = await assetsOf(bundle());
    const names = Object.keys(assets);
    assert.ok(names.includes("database-ca.pem"));
    assert.ok(names.some((name) => name.startsWith("migrations/")));
    const pem = assets["database-ca.pem"];
    assert.ok(pem instanceof pulumi.asset.StringAsset);
    assert.equal(await pem.text, readFileSync(path.join(CERTIFICATES, "eu-central-1.pem"), "utf8"));
  });

  it("changes its hash with what lies beside the code", () => {
    const others = lambdaBundle(ENTRY, {
      "database-ca.pem": "components/database/certificates/eu-west-1.pem",
    });
    assert.notEqual(bundle().sha256, others.sha256);
  });

  it("reports a source that is not there", () => {
    assert.throws(() => lambdaBundle("functions/nothing/handler.ts"), /Could not resolve/);
  });
});

describe("certificate authorities of RDS", () => {
  for (const region of REGION_NAMES) {
    it(`${region}: three roots of that region, good for another year`, () => {
      const text = readFileSync(path.join(CERTIFICATES, `${region}.pem`), "utf8");
      const pems = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
      const roots = pems.map((pem) => new X509Certificate(pem));
      const names = roots.map((root) => /CN=(.*)/.exec(root.subject)?.[1]).sort();
      assert.deepEqual(
        names,
        ["ECC384", "RSA2048", "RSA4096"].map((kind) => `Amazon RDS ${region} Root CA ${kind} G1`),
      );
      for (const root of roots) {
        assert.ok(root.ca && root.verify(root.publicKey), "signed by itself");
        assert.ok(Date.parse(root.validTo) > Date.now() + YEAR, root.validTo);
      }
    });
  }
});
