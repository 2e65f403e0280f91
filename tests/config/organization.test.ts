import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse as parseYaml } from "yaml";

import { parse } from "../../config/parse";
import { organizationModel, organizationSchema } from "../../organization/config";
import { asEngineGives, errorOf, set } from "./helpers";

const CONTEXT = { stack: "main", project: "streamflix-organization", secretKeys: [] };
const SECTIONS = Object.keys(organizationSchema.unwrap().shape).map((name) => `streamflix:${name}`);

function shipped(): Record<string, unknown> {
  const text = readFileSync(join(__dirname, "../../organization/Pulumi.main.yaml"), "utf8");
  return (parseYaml(text) as { config: Record<string, unknown> }).config;
}

function check(config: Readonly<Record<string, unknown>>) {
  return parse(organizationModel, asEngineGives(config), CONTEXT);
}

/** A change of the shipped file, and what is said about it: path, given, and hint or what is allowed. */
type Case = readonly [title: string, path: string, value: unknown, answer?: string];

const TARGETS = "ids of a root, of units (ou-…) and of accounts (in quotes), each once";
const CASES: readonly Case[] = [
  ["an organization whose accounts all have a stack of the platform", "streamflix:baseline", undefined],
  ["a whole root", "streamflix:guardrails.targets", ["r-s7fx"]],
  [
    "another account's environment",
    "streamflix:environment.name",
    "prod",
    'streamflix:environment.name | "prod" | main',
  ],
  [
    "a suffix that no name takes",
    "streamflix:environment.suffix",
    "Main",
    'streamflix:environment.suffix | "Main" | 1 to 12 lower-case letters and digits, starting with a letter',
  ],
  [
    "an account number without quotes",
    "streamflix:aws.accountId",
    777788889999,
    "streamflix:aws.accountId | 777788889999 | put it in quotes; on the command line add --type string",
  ],
  [
    "a region outside the EU",
    "streamflix:regions[1]",
    "us-east-1",
    'streamflix:regions[1] | "us-east-1" | a list of eu-central-1, eu-west-1, eu-west-3, eu-north-1, eu-south-1, eu-south-2, each once',
  ],
  [
    "regions without the home region",
    "streamflix:regions",
    ["eu-west-1"],
    'streamflix:regions | ["eu-west-1"] | a list with eu-central-1',
  ],
  [
    "guardrails around nothing",
    "streamflix:guardrails.targets",
    [],
    `streamflix:guardrails.targets | [] | ${TARGETS}`,
  ],
  [
    "guardrails around the account that they don't reach",
    "streamflix:guardrails.protectedTargets",
    ["777788889999"],
    'streamflix:guardrails.protectedTargets | ["777788889999"] | ids without the management account\'s',
  ],
  [
    "a unit by its name",
    "streamflix:guardrails.targets[0]",
    "platform",
    `streamflix:guardrails.targets[0] | "platform" | ${TARGETS}`,
  ],
  [
    "a baseline for one account",
    "streamflix:baseline.organizationalUnits[0]",
    "111122223333",
    'streamflix:baseline.organizationalUnits[0] | "111122223333" | ids of units (ou-…), each once',
  ],
];

describe("configuration of the organization", () => {
  it("the shipped file is valid, and spells out every section in the schema's order", () => {
    const file = shipped();
    assert.deepEqual(check(file).warnings, []);
    assert.deepEqual(
      Object.keys(file).filter((key) => key.startsWith("streamflix:")),
      SECTIONS,
    );
  });

  for (const [title, path, value, answer] of CASES) {
    it(`${answer === undefined ? "takes" : "refuses"} ${title}`, () => {
      const config = shipped();
      set(config, path, value);
      if (answer === undefined) {
        assert.deepEqual(check(config).warnings, []);
        return;
      }
      const { problems } = errorOf(() => check(config));
      assert.deepEqual(
        problems.map((it) => `${it.path} | ${it.given} | ${it.hint ?? it.allowed}`),
        [answer],
      );
    });
  }

  it("names every required section of an empty file", () => {
    const { problems } = errorOf(() => check({}));
    assert.deepEqual(
      problems.map(({ path }) => path),
      SECTIONS.filter((key) => key !== "streamflix:baseline"),
    );
  });
});
