import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { planned, STACKS } from "./plans";

const FOLDER = join(__dirname, "../../../docs/runbooks");

/** Parts that every section has, in this order. */
const PARTS = ["Trigger", "Check", "Mend", "Verify", "Objective"];

/** Sections that no alarm names: people come to them from another section, from a message, or by themselves. */
const PROCEDURES = [
  "cache#failover",
  "costs#budget",
  "database#failover",
  "erasures#request",
  "findings",
  "global-database#primary-moved",
  "personal-data-breach",
  "quotas",
  "region-failover",
  "restore",
  "root-account",
  "streaming#hot-shard",
];

/** What was asked for, and where it is answered. */
const ASKED_FOR = {
  "Aurora failover": "database#failover",
  "region failover and return": "region-failover",
  "a primary that moved": "global-database#primary-moved",
  "stuck rotation": "secrets#overdue-rotation",
  "cache failover": "cache#failover",
  "Kinesis hot shard": "streaming#hot-shard",
  "Spot storm": "service#spot-interruptions",
  "key scheduled for deletion": "audit#keys",
  "unusable key": "secrets#unusable-keys",
  "GuardDuty finding": "findings",
  "personal-data breach": "personal-data-breach",
  "erasure request": "erasures#request",
  "budget breach": "costs#budget",
  "MFA delete and root account": "root-account",
  "quota raises before an event": "quotas",
  "restore from backup and to a point in time": "restore",
};

/** Sections of all pages, such as `database#cpu`, with their texts; a page without sections is one. */
function sections(): Map<string, string> {
  const pages = readdirSync(FOLDER).filter((file) => file.endsWith(".md") && file !== "README.md");
  return new Map(
    pages.flatMap((file) => {
      const page = file.slice(0, -3);
      const [whole = "", ...parts] = readFileSync(join(FOLDER, file), "utf8").split(/^## /m);
      if (parts.length === 0) return [[page, whole] as [string, string]];
      return parts.map((text): [string, string] => {
        const heading = text.split("\n", 1)[0] ?? "";
        return [`${page}#${heading.toLowerCase().replaceAll(/\s+/g, "-")}`, text];
      });
    }),
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

/** What a section's trigger names like an alarm; `<n>` in a name stands for some of several. */
function triggersOf(text: string): string[] {
  const [, trigger = ""] = /\*\*Trigger\.\*\*([^]*?)(?=\n\n)/.exec(text) ?? [];
  const names = [...trigger.matchAll(/`([a-z<][a-z0-9<>-]*)`/g)].map(([, name = ""]) => name);
  // A single word is an alarm or something else, such as a function.
  return names.filter((name) => name.includes("-") || name === "canary");
}

describe("runbooks", () => {
  const written = sections();
  const alarms = alarmsBySection();
  const all = new Set([...alarms.values()].flatMap((names) => [...names]));

  it("have a section for every alarm, and an alarm for every section but those of procedures", () => {
    assert.deepEqual([...alarms.keys(), ...PROCEDURES].sort(), [...written.keys()].sort());
  });

  for (const [topic, section] of Object.entries(ASKED_FOR)) {
    it(`answer: ${topic}`, () => {
      assert.ok(written.has(section), section);
    });
  }

  it("have every procedure in the overview, or in a section that sends to it", () => {
    const overview = readFileSync(join(FOLDER, "README.md"), "utf8");
    const texts = [overview, ...written.values()].join("\n");
    for (const section of PROCEDURES) {
      const [page = "", anchor] = section.split("#");
      assert.ok(texts.includes(anchor === undefined ? `(${page}.md)` : `(${page}.md#${anchor})`), section);
    }
  });

  for (const [section, text] of written) {
    it(`${section} has all its parts, commands among them, and a time`, () => {
      // What is to be done may have several parts: "Mend: planned".
      const parts = [...text.matchAll(/^\*\*(\w+)(?:: [^*]+)?\.\*\*/gm)].map((match) => match[1]);
      assert.deepEqual(
        parts.filter((part, index) => part !== parts[index - 1]),
        PARTS,
      );
      assert.match(text, /```sh\n[^]+?\n *```/);
      const [, objective = ""] = /\*\*Objective\.\*\*([^]*)$/.exec(text) ?? [];
      assert.match(
        objective,
        /minute|hour|day|night|week|month|retention|account gets|restart/,
        "it names no time",
      );
    });

    it(`${section} is set off by alarms that exist`, () => {
      const named = triggersOf(text);
      const unknown = named.filter((name) => {
        const pattern = new RegExp(`^${name.replaceAll(/<[^>]*>/g, "[a-z0-9-]+")}$`);
        return ![...all].some((alarm) => pattern.test(alarm));
      });
      assert.deepEqual(unknown, []);
      assert.ok(named.length > 0 || PROCEDURES.includes(section), "it names no alarm");
    });
  }
});
