import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { readAwsTypes, renderTables } from "./aws-types";

for (const [file, text] of Object.entries(renderTables(readAwsTypes()))) {
  writeFileSync(join(__dirname, "../src/generated", file), text);
}
