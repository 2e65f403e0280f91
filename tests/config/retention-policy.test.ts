import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

const ROOT = join(__dirname, "../..");

describe("retention table of the policy pack", () => {
  for (const stack of ["dev", "prod", "prod-dr"]) {
    it(`says for ${stack} what streamflix:retention says`, () => {
      const { config } = parse(readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8")) as {
        config: Record<string, Record<string, Record<string, unknown>>>;
      };
      const table = Object.fromEntries(
        Object.entries(config["streamflix:retention"] ?? {}).map(([name, entry]) => [
          name,
          { minimumDays: entry["minimumDays"], maximumDays: entry["maximumDays"] },
        ]),
      );
      const pack = JSON.parse(
        readFileSync(join(ROOT, "policy-pack/config", `${stack}.json`), "utf8"),
      ) as Record<string, { classes?: unknown }>;
      assert.ok(Object.keys(table).length > 0);
      assert.deepEqual(pack["retention-coherent"]?.classes, table);
    });
  }
});
