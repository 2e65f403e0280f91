import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { changesBetween } from "../../tools/migration/changes";
import { migrationFiles } from "../../tools/migration/main";
import { MIGRATION_DIRECTORY, stackFileName } from "../../tools/migration/stack-files";
import { STEPS } from "../../tools/migration/steps";
import { CONTACTS, parseJson, stackFile } from "./helpers";

type Config = Record<string, unknown>;

function configOf(step: (typeof STEPS)[number]): Config {
  const text = fs.readFileSync(path.join(MIGRATION_DIRECTORY, stackFileName(step)), "utf8");
  return (parse(text) as { config: Config }).config;
}

/** The page's part about a step, in one line. */
function sectionOf(page: string, number: number): string {
  const [, text = ""] = new RegExp(`\n## ${number}\\. ([^]*?)(?=\n## |$)`).exec(page) ?? [];
  return text.replaceAll(/\s+/g, " ");
}

describe("migration in seven steps", () => {
  const page = fs.readFileSync(path.join(MIGRATION_DIRECTORY, "README.md"), "utf8");

  it("has files that are up to date: npm run config-reference", async () => {
    const files = await migrationFiles();
    assert.equal(files.size, 11);
    assert.deepEqual(fs.readdirSync(MIGRATION_DIRECTORY).sort(), [...files.keys()].sort());
    for (const [name, text] of files) {
      assert.equal(fs.readFileSync(path.join(MIGRATION_DIRECTORY, name), "utf8"), text, name);
    }
  });

  for (const step of STEPS) {
    it(`step ${step.number} is a complete configuration`, () => {
      const { config } = parseJson({ ...configOf(step), "streamflix:contacts": CONTACTS });
      assert.equal(config.environment.name, "dev");
      assert.ok(config.database && config.service && config.api);
    });
  }

  for (const [index, step] of STEPS.slice(1).entries()) {
    it(`step ${step.number} is the one before plus what the page says`, () => {
      const before = STEPS[index];
      assert.ok(before);
      const changes = changesBetween(configOf(before), configOf(step));
      assert.ok(changes.length > 0);
      const sections = (config: Config) => Object.keys(config);
      const lost = sections(configOf(before)).filter((it) => !sections(configOf(step)).includes(it));
      assert.deepEqual(lost, []);
      const text = sectionOf(page, step.number);
      const [, said = ""] = /Changes in the file:\*\* (.*?)\. - \*\*(?:Risks|Not yet)/.exec(text) ?? [];
      assert.equal(said, changes.map((it) => `\`${it.path}\` (${it.what})`).join(", "));
      assert.match(text, /\*\*Risks:\*\* \S.*\*\*Back:\*\* \S/);
    });
  }

  it("ends with every section of the shipped stack, and changes no name, address or key on the way", () => {
    const [first, last] = [STEPS.at(0), STEPS.at(-1)];
    assert.ok(first && last);
    const shipped = Object.keys(stackFile("dev"));
    // The shipped stack has nobody who stands by for it.
    shipped.splice(shipped.indexOf("streamflix:network"), 0, "streamflix:recovery");
    assert.deepEqual(Object.keys(configOf(last)), shipped);
    for (const section of ["environment", "aws", "keys", "retention", "streaming", "cache", "files"]) {
      assert.deepEqual(
        configOf(last)[`streamflix:${section}`],
        configOf(first)[`streamflix:${section}`],
        section,
      );
    }
  });

  it("goes the way that the design names", () => {
    const has = (number: number) => {
      const step = STEPS[number - 1];
      assert.ok(step);
      return parseJson({ ...configOf(step), "streamflix:contacts": CONTACTS }).config;
    };
    assert.ok(has(1).database?.engine.provisioned && has(1).monitoring === undefined);
    assert.ok(has(2).monitoring && has(2).alerts);
    assert.deepEqual(has(3).network.endpoints, ["secretsmanager", "logs", "ecr.api", "ecr.dkr"]);
    assert.ok(has(3).database?.engine.provisioned && has(4).database?.engine.serverless);
    assert.deepEqual(has(4).service?.tasks, { min: 2, max: 2 });
    assert.deepEqual(has(5).service?.tasks, { min: 2, max: 10 });
    assert.equal(has(5).database?.readers.serverless?.count, 2);
    assert.ok(has(5).api?.waf === undefined && has(5).service?.collectorImage === undefined);
    assert.ok(has(5).audit === undefined && has(5).remediation === undefined);
    assert.ok(has(6).api?.waf && has(6).service?.collectorImage);
    assert.deepEqual([has(6).audit?.detector, has(6).audit?.trail], ["create", "create"]);
    assert.ok(has(6).api?.domain === undefined && has(7).api?.domain);
    assert.deepEqual([has(6).recovery, has(7).recovery?.region], [undefined, "eu-west-1"]);
  });
});
