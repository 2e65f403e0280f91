import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { catalog } from "../src/catalog";
import { renderRules } from "./rules-markdown";

const path = join(__dirname, "../RULES.md");
void renderRules(catalog, path).then((text) => {
  writeFileSync(path, text);
});
