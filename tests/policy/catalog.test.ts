import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { readAwsTypes, renderTables } from "../../policy-pack/scripts/aws-types";
import { renderRules } from "../../policy-pack/scripts/rules-markdown";
import { catalog } from "../../policy-pack/src/catalog";
import type { DemandingRule } from "../../policy-pack/src/engine/demand";
import { policies } from "../../policy-pack/src/policies";

const PACK = join(__dirname, "../../policy-pack");
const sentence = /^[A-Z].*[^.]$/;

describe("policy catalogue", () => {
  it("has policies with unique ids", () => {
    assert.ok(catalog.length >= 12);
    assert.equal(new Set(catalog.map(({ id }) => id)).size, catalog.length);
  });

  for (const rule of catalog) {
    it(`describes ${rule.id} completely`, () => {
      assert.match(rule.id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.match(rule.title, sentence);
      assert.match(rule.rationale, /^[A-Z].*\.$/);
      assert.match(rule.remediation, /^[a-z].*[^.]$/);
      assert.ok(rule.gdpr.length > 0);
      for (const article of rule.gdpr) {
        assert.match(article, /^\d{1,2}(\(\d\))?(\([a-f]\))?$/);
      }
      for (const kind of ["pass", "fail", "notApplicable"] as const) {
        assert.ok(rule.examples[kind].length > 0, kind);
      }
      for (const setting of Object.values(rule.configSchema)) {
        assert.match(setting.description, /^[A-Z].*\.$/);
        assert.notEqual(setting.default, undefined);
      }
    });
  }

  it("is mandatory where the risk is high, and names a GDPR article in each policy", () => {
    for (const [index, policy] of policies.entries()) {
      const rule = catalog[index];
      assert.equal(policy.name, rule?.id);
      assert.equal(policy.enforcementLevel, rule?.level ?? "mandatory");
      assert.match(policy.framework?.reference ?? "", /^Art\. \d/);
      if (rule?.severity === "critical" || rule?.severity === "high") {
        assert.equal(rule.level, undefined, `${rule.id} is of ${rule.severity} severity`);
      }
    }
  });

  it("skips other types early where a rule has one type", () => {
    const typed = policies.flatMap((policy) =>
      "validateResource" in policy && "__pulumiType" in (policy.validateResource ?? {}) ? [policy.name] : [],
    );
    const single = catalog.filter(
      ({ scope, types }) =>
        scope === "resource" &&
        Object.keys(types).length === 1 &&
        !Object.keys(types).some((type) => type.endsWith("*")),
    );
    assert.deepEqual(
      typed,
      single.map(({ id }) => id),
    );
    assert.ok(typed.includes("kms-rotation"));
  });

  it("has configuration files that name existing policies and settings", () => {
    const files = readdirSync(join(PACK, "config"));
    assert.deepEqual(files.sort(), [
      "bootstrap-dev.json",
      "bootstrap-prod.json",
      "dev.json",
      "organization-main.json",
      "prod-dr.json",
      "prod.json",
    ]);
    for (const file of files) {
      const config = JSON.parse(readFileSync(join(PACK, "config", file), "utf8")) as Record<string, object>;
      for (const [id, settings] of Object.entries(config)) {
        const schema = catalog.find((rule) => rule.id === id)?.configSchema ?? {};
        for (const [name, value] of Object.entries(settings) as [string, unknown][]) {
          assert.ok(name in schema, `${file}: ${id}.${name}`);
          assert.notDeepEqual(value, schema[name]?.default, `${file}: ${id}.${name} repeats the default`);
        }
      }
    }
  });
});

describe("generated files", () => {
  const awsTypes = readAwsTypes();

  for (const [file, text] of Object.entries(renderTables(awsTypes))) {
    it(`${file} agrees with the installed @pulumi/aws (else: npm run aws-types --workspace policy-pack)`, () => {
      assert.equal(readFileSync(join(PACK, "src/generated", file), "utf8"), text);
    });
  }

  it("RULES.md agrees with the catalogue (else: npm run rules --workspace policy-pack)", async () => {
    const path = join(PACK, "RULES.md");
    assert.equal(readFileSync(path, "utf8"), await renderRules(catalog, path));
  });

  it("the typings are read as they are meant", () => {
    const bucket = awsTypes.find(({ token }) => token === "aws:s3/bucket:Bucket");
    assert.ok(bucket?.inputs.has("region") && bucket.inputs.has("forceDestroy") && bucket.takesTagMap);
    assert.equal(awsTypes.find(({ token }) => token === "aws:iam/role:Role")?.inputs.has("region"), false);
    assert.equal(awsTypes.find(({ token }) => token === "aws:autoscaling/group:Group")?.takesTagMap, false);
    assert.ok(awsTypes.length > 1500, String(awsTypes.length));
  });

  it("every type and property that a rule reads exists in the installed @pulumi/aws", () => {
    const inputs = new Map(awsTypes.map((type) => [type.token, type.inputs]));
    const missing = catalog.flatMap((rule) =>
      Object.entries(rule.types)
        .filter(([token]) => token.startsWith("aws:") && !token.endsWith("*"))
        .flatMap(([token, properties]) => {
          const known = inputs.get(token);
          return known === undefined
            ? [`${rule.id}: ${token}`]
            : properties
                .filter((name) => name !== "*" && !known.has(name))
                .map((name) => `${rule.id}: ${token} ${name}`);
        }),
    );
    assert.deepEqual(missing, []);
  });

  it("every path of a demand is made of names that the installed @pulumi/aws knows", () => {
    const typings = readFileSync(require.resolve("@pulumi/aws/types/input.d.ts"), "utf8");
    const known = new Set([...typings.matchAll(/^ {8}(\w+)\??: /gm)].map((match) => match[1]));
    const paths = catalog.flatMap((rule) =>
      "paths" in rule ? (rule as DemandingRule).paths.map((path) => [rule.id, path] as const) : [],
    );
    assert.ok(paths.length > 150, String(paths.length));
    const missing = paths.filter(([, path]) => {
      // What lies in JSON text or below a map's names is no property of the typings.
      const [typed = ""] = path.split(/[{#]/);
      const [, ...names] = typed.split(/[.?[\]]+/).filter((name) => name !== "");
      return names.some((name) => !known.has(name));
    });
    assert.deepEqual(missing, []);
  });
});
