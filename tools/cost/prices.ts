import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";

const entry = z.strictObject({
  dimension: z.string(),
  unit: z.string(),
  usd: z.number().nonnegative(),
  region: z.string(),
  source: z.string(),
  confidence: z.enum(["high", "medium", "low"]),
  date: z.string().exactOptional(),
  note: z.string().exactOptional(),
});

/** One price of AWS's list: USD per unit, on demand, without free tier and tax, and where it was read. */
export type Price = Readonly<z.infer<typeof entry>>;

/** Prices by service, as collected in `aws-prices.json`. */
const prices: Readonly<Record<string, readonly Price[]>> = z
  .record(z.string(), z.array(entry))
  .parse(JSON.parse(fs.readFileSync(path.join(__dirname, "aws-prices.json"), "utf8")));

/**
 * The price of a dimension in a region; a price that is the same everywhere stands under `global`. Undefined where
 * the list has none: nothing is ever taken from another region instead.
 *
 * @throws Error when no region has the dimension: the caller misspelt it
 */
export function findPrice(service: string, dimension: string, region: string): Price | undefined {
  const entries = (prices[service] ?? []).filter((price) => price.dimension === dimension);
  if (entries.length === 0) throw new Error(`aws-prices.json has no "${dimension}" under ${service}`);
  return (
    entries.find((price) => price.region === region) ?? entries.find((price) => price.region === "global")
  );
}

/** Whether the list has a dimension at all, for those that are named after a value, such as a node type. */
export function isListed(service: string, dimension: string): boolean {
  return (prices[service] ?? []).some((price) => price.dimension === dimension);
}
