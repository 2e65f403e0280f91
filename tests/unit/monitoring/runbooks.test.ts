import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { planned, STACKS } from "./plans";

const FOLDER = join(__dirname, "../../../docs/runbooks");

/** Parts that every section has, in this order. */
const PARTS = ["Trigger", "Check", "Mend", "Verify", "Objective"];

/** Sections of all pages, such as `database#cpu`, with their texts. */
function sections(): Map<string, string> {
  const pages = readdirSync(FOLDER).filter((file) => file.endsWith(".md") && file !== "README.md");
  return new Map(
    pages.flatMap((file) =>
      readFileSync(join(FOLDER, file), "utf8")
        .split(/^## /m)
        .slice(1)
        .map((text): [string, string] => {
          const heading = text.split("\n", 1)[0] ?? "";
          return [`${file.slice(0, -3)}#${heading.toLowerCase().replaceAll(/\s+/g, "-")}`, text];
        }),
    ),
  );
}

/** The last parts of alarms' names by the section that they name. */
function alarmsBySection(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const stack of [...STACKS, "prod-dr"] as const) {
    const alarms = ["metricAlarm:MetricAlarm", "compositeAlarm:CompositeAlarm"].flatMap((type) => [
      ...planned(stack, `aws:cloudwatch/${type}`).values(),
    ]);
    assert.ok(alarms.length > 20, `${stack} has ${alarms.length} alarms`);
    for (const { name, alarmName, alarmDescription } of alarms) {
      const full = String(name ?? alarmName);
      const section = /Runbook: docs\/runbooks\/([a-z-]+)\.md#([a-z-]+)$/.exec(String(alarmDescription));
      assert.ok(section, `${full} names no runbook`);
      const key = `${section[1] ?? ""}#${section[2] ?? ""}`;
      const what = full.slice("streamflix-".length, -`-${stack}`.length);
      found.set(key, (found.get(key) ?? new Set()).add(what));
    }
  }
  return found;
}

describe("runbooks", () => {
  const written = sections();
  const alarms = alarmsBySection();

  it("have a section for every alarm, and an alarm for every section", () => {
    assert.deepEqual([...alarms.keys()].sort(), [...written.keys()].sort());
  });

  for (const [section, text] of written) {
    it(`${section} has all its parts, a command among them`, () => {
      const parts = [...text.matchAll(/^\*\*(\w+)\.\*\*/gm)].map((match) => match[1]);
      assert.deepEqual(parts, PARTS);
      assert.match(text, /```sh\n[^]+?\n```/);
    });
  }
});
