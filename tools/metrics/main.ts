import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";

import { publishedMetricsModule } from "./published";

/** Where the table is, relative to the project. */
export const PUBLISHED_METRICS = "local/providers/aws/generated/published-metrics.ts";

/** The table as it has to be in the file. */
export async function publishedMetricsText(): Promise<string> {
  const file = join(__dirname, "../..", PUBLISHED_METRICS);
  return format(publishedMetricsModule(), { ...(await resolveConfig(file)), filepath: file });
}

if (require.main === module) {
  void publishedMetricsText().then((text) => {
    writeFileSync(join(__dirname, "../..", PUBLISHED_METRICS), text);
  });
}
