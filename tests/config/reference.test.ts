import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { REFERENCE_FILE, renderReference } from "../../tools/config-reference";

describe("configuration reference", () => {
  it("is up to date: npm run config-reference", () => {
    // Rendering also proves that every field has a note.
    assert.equal(readFileSync(REFERENCE_FILE, "utf8"), renderReference());
  });

  it("states defaults, and what the absence of an optional section means", () => {
    const text = renderReference();
    assert.match(text, /- when absent: `\["secretsmanager","logs","ecr\.api","ecr\.dkr"\]`/);
    assert.match(text, /### `streamflix:network\.flowLogs`[^#]*- when absent: no flow logs\n/);
    assert.match(text, /## `streamflix:alerts`[^#]*- when absent: alarms exist, but nobody is notified\n/);
  });
});
