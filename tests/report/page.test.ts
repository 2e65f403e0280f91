import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type Facts } from "../../tools/report/facts";
import { html } from "../../tools/report/html";
import { renderPage } from "../../tools/report/page";
import { tierOf } from "../../tools/report/tiers";
import { exportText } from "../operations/support/stack";
import { HOSTILE, reportedFacts, reportedStack } from "./support/page";

const REPOSITORY = path.resolve(__dirname, "../..");

describe("architecture report", function () {
  // Every policy looks at every resource.
  this.timeout(60_000);
  let facts: Facts;
  let page: string;

  before(async () => {
    facts = await reportedFacts();
    page = renderPage(facts);
  });

  it("knows the tier of every type that the shipped stacks have", () => {
    const types = ["dev", "prod"].flatMap((stack) => {
      const plan = fs.readFileSync(path.join(REPOSITORY, "tests/plans", `${stack}.json`), "utf8");
      return Object.keys(JSON.parse(plan) as object).map(
        (key) => key.split("::")[0]?.split("$").at(-1) ?? "",
      );
    });
    const unsorted = types.filter((type) => type.startsWith("aws:") && tierOf({ type }) === undefined);
    assert.deepEqual(
      unsorted.filter((type) => !/^aws:(ec2|vpc)\//.test(type)),
      [],
    );
    assert.ok(types.length > 800, `${types.length} resources`);
  });

  it("has the figures of the export", () => {
    const aws = reportedStack().filter(({ type }) => type.startsWith("aws:"));
    assert.equal(facts.resources.length, aws.length);
    assert.deepEqual(facts.regions, ["eu-central-1", "eu-west-1"]);
    assert.equal(facts.accountId, "444455556666");
    assert.equal(facts.alarms.length, 2);
    assert.deepEqual(
      facts.kept
        .map(({ class: of, what, days }) => [of, what, days])
        .filter(([, what]) => what !== "log group"),
      [
        ["none", "backups of the database", 7],
        ["none", "snapshots of the cache", 7],
        ["none", "stream", 7],
        ["viewer-events", "bucket", 730],
      ],
    );
    assert.deepEqual(
      facts.zones.map(({ name, cidrs }) => [name, cidrs.public, cidrs.private, cidrs.isolated]),
      [
        ["eu-central-1a", ["10.10.0.0/24"], ["10.10.16.0/20"], []],
        ["eu-central-1b", [], [], ["10.10.9.0/24"]],
      ],
    );
  });

  it("has all its parts, each resource and each alarm", () => {
    for (const id of ["diagram", "cost", "policies", "alarms", "retention", "copies", "resources"]) {
      assert.equal(page.split(`<h2 id="${id}">`).length, 2, id);
      assert.ok(page.includes(`href="#${id}"`), id);
    }
    const rows = page.slice(page.indexOf('<h2 id="resources">')).split('scope="row"').length - 1;
    assert.equal(rows, facts.resources.length);
    assert.match(page, /aria-label="Region eu-central-1"[^]*aria-label="Region eu-west-1"/);
    assert.match(page, /alarms: |database: cpu/);
    assert.ok(page.includes("This section isn&#39;t there."));
  });

  it("escapes what it is given, everywhere", () => {
    assert.ok(!page.includes("<script") && !page.includes("<img"));
    assert.ok(page.includes("&lt;script&gt;"));
    assert.equal(html`<b title="${HOSTILE}">${[HOSTILE, undefined, 1]}</b>`.text.match(/[<>]/g)?.length, 4);
    assert.equal(html`${html`<i>${"<"}</i>`}`.text, "<i>&lt;</i>");
  });

  it("names nothing outside of itself", () => {
    assert.doesNotMatch(page, /(src|href)="(?!#|data:,")/);
    assert.doesNotMatch(page, /url\(|@import/);
    assert.doesNotMatch(page, /person@example\.org/);
  });

  describe("as a command", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "streamflix-report-"));

    after(() => {
      fs.rmSync(folder, { recursive: true });
    });

    const run = (...words: string[]) =>
      spawnSync(
        process.execPath,
        [
          "--require",
          path.join(REPOSITORY, "tools/typescript.cjs"),
          path.join(REPOSITORY, "tools/report/main.ts"),
          ...words,
        ],
        { encoding: "utf8", cwd: folder, env: { ...process.env, INIT_CWD: folder } },
      );

    it("writes the page where it is told to", () => {
      fs.writeFileSync(path.join(folder, "export.json"), exportText(reportedStack()));
      const done = run("--stack", "prod", "--file", "export.json", "--out", "deep/page.html");
      assert.equal(done.status, 0, done.stderr);
      assert.equal(fs.readFileSync(path.join(folder, "deep/page.html"), "utf8"), page);
    });

    for (const [what, words, status, message] of [
      ["no stack", [], 2, /--stack <name>: a stack of this program/],
      ["an unknown flag", ["--stack", "prod", "--fast"], 2, /--fast/],
      [
        "no such stack",
        ["--stack", "nowhere", "--file", "export.json"],
        1,
        /there is no policy-pack\/config\/nowhere\.json/,
      ],
      ["no such file", ["--stack", "prod", "--file", "nowhere.json"], 1, /nowhere\.json can't be read/],
      [
        "something else than an export",
        ["--stack", "prod", "--file", __filename],
        1,
        /is no export: it is not JSON/,
      ],
    ] as const) {
      it(`${what} is one clear error`, () => {
        const done = run(...words);
        assert.equal(done.status, status);
        assert.match(done.stderr, message);
        assert.doesNotMatch(done.stderr, /\n\s+at /);
      });
    }
  });
});
