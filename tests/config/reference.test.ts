import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { REFERENCES, renderReference } from "../../tools/config-reference";

describe("configuration reference", () => {
  it("of every program is up to date: npm run config-reference", () => {
    assert.equal(REFERENCES.length, 3);
    for (const reference of REFERENCES) {
      // Rendering also proves that every field has a note.
      assert.equal(readFileSync(reference.file, "utf8"), renderReference(reference));
    }
  });

  it("states defaults, and what the absence of an optional section means", () => {
    const [text = ""] = REFERENCES.map(renderReference);
    assert.match(text, /- when absent: `\["secretsmanager","logs","ecr\.api","ecr\.dkr"\]`/);
    assert.match(text, /### `streamflix:network\.flowLogs`[^#]*- when absent: no flow logs\n/);
    assert.match(text, /## `streamflix:alerts`[^#]*- when absent: alarms exist, but nobody is notified\n/);
  });
});
