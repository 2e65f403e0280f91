import * as fs from "node:fs";
import * as path from "node:path";

const REPOSITORY = path.resolve(__dirname, "../..");
const read = new Map<string, ReadonlyMap<string, string>>();

/** Sections of a runbook by their anchor, with their text; none of a page that isn't there. Each page is read once. */
export function runbookSections(page: string): ReadonlyMap<string, string> {
  const known = read.get(page);
  if (known !== undefined) return known;
  const file = path.join(REPOSITORY, page);
  const [, ...sections] = fs.existsSync(file) ? fs.readFileSync(file, "utf8").split(/^## /m) : [];
  const found = new Map(
    sections.map((text): [string, string] => {
      const [heading = "", ...rest] = text.split("\n");
      return [heading.trim().toLowerCase().replaceAll(/\s+/g, "-"), rest.join("\n").trim()];
    }),
  );
  read.set(page, found);
  return found;
}
