import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const REPOSITORY = path.resolve(__dirname, "../..");

/** Every page of the project that git has or would take. */
const pages = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  cwd: REPOSITORY,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && fs.existsSync(path.join(REPOSITORY, file)));

/** A page without what stands in code, where brackets are no links. */
const textOf = (file: string) =>
  fs
    .readFileSync(path.join(REPOSITORY, file), "utf8")
    .replaceAll(/^(```+).*?^\1/gms, "")
    .replaceAll(/`[^`\n]*`/g, "code");

/** A heading's anchor, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(" ", "-");

const anchorsIn = (file: string) =>
  new Set(
    [...fs.readFileSync(path.join(REPOSITORY, file), "utf8").matchAll(/^#+ (.+)$/gm)].map(
      ([, heading = ""]) => anchorOf(heading.replaceAll("`", "")),
    ),
  );

/** Links of a page to other files of the project, as they are written. */
const linksOf = (file: string) =>
  [...textOf(file).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, target = ""]) => target);

describe("pages", () => {
  it("link to what is there", () => {
    let links = 0;
    const broken = pages.flatMap((file) =>
      linksOf(file)
        .filter((link) => {
          links += 1;
          const [target = "", anchor] = link.split("#");
          const there = target === "" ? file : path.join(path.dirname(file), target);
          if (!fs.existsSync(path.join(REPOSITORY, there))) return true;
          return anchor !== undefined && there.endsWith(".md") && !anchorsIn(there).has(anchor);
        })
        .map((link) => `${file}: ${link}`),
    );
    assert.ok(links > 300, `only ${links} links`);
    assert.deepEqual(broken, []);
  });

  it("number decisions without a gap, each by its file's name", () => {
    const files = pages.filter((file) => file.startsWith("docs/decisions/")).sort();
    assert.ok(files.length > 30, `only ${files.length} decisions`);
    for (const [index, file] of files.entries()) {
      const number = index + 1;
      assert.match(path.basename(file), new RegExp(`^${String(number).padStart(4, "0")}-[a-z0-9-]+\\.md$`));
      assert.ok(textOf(file).startsWith(`# ${number}. `), `${file} has another number in its title`);
    }
  });
});
