import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { Problem } from "../../local/problem";

/** Amounts of a month in three cases; a single number means all three. */
const amount = z.union([
  z.number().nonnegative(),
  z
    .strictObject({
      low: z.number().nonnegative(),
      expected: z.number().nonnegative(),
      high: z.number().nonnegative(),
    })
    .refine(({ low, expected, high }) => low <= expected && expected <= high, {
      error: "low, expected and high have to rise",
    }),
]);

const range = amount.transform((value) =>
  typeof value === "number" ? { low: value, expected: value, high: value } : value,
);

const schema = z.strictObject({
  database: z.strictObject({
    /** Average capacity of one serverless instance, in ACU; the cluster's limits hold. */
    acuPerInstance: range,
    storageGb: range,
    millionIos: range,
    /** Backup storage beyond the size of the cluster, which is free. */
    backupGb: range,
  }),
  service: z.strictObject({
    /** Average number of tasks; the scaling's limits hold. */
    tasks: range,
    /** Load balancer capacity units, on average. */
    loadBalancerUnits: range,
    millionTraces: range,
    /** Metrics that Container Insights and the collector send. */
    metrics: range,
  }),
  api: z.strictObject({
    millionRequests: range,
    /** What leaves to the internet. */
    egressGb: range,
  }),
  stream: z.strictObject({
    millionRecords: range,
    /** What Firehose bills: each record is rounded up to 5 KB. */
    firehoseGb: range,
    archiveGb: z.strictObject({ standard: range, infrequent: range, glacier: range, deep: range }),
  }),
  files: z.strictObject({
    standardGb: range,
    infrequentGb: range,
    archiveGb: range,
    readGb: range,
    writtenGb: range,
  }),
  network: z.strictObject({
    /** Through all NAT gateways together. */
    natGb: range,
    /** Through all interface endpoints together. */
    endpointGb: range,
    crossZoneGb: range,
  }),
  logs: z.strictObject({
    /** Written by everything but the flow logs, to all groups together. */
    gb: range,
    flowLogGb: range,
    /** Read by saved queries. */
    scannedGb: range,
  }),
  functions: z.strictObject({
    /** Of one function. */
    thousandInvocations: range,
    secondsEach: range,
  }),
  security: z.strictObject({
    millionKeyRequests: range,
    thousandSecretReads: range,
    millionManagementEvents: range,
    millionDataEvents: range,
    configurationItems: range,
    ruleEvaluations: range,
  }),
  storage: z.strictObject({
    /** Of one bucket that is not the archive. */
    bucketGb: range,
    /** Of one image registry. */
    imagesGb: range,
    /** Backups of files and buckets in all vaults together. */
    backupGb: range,
  }),
  notifications: z.strictObject({ emails: range, textMessages: range, millionEvents: range }),
});

/** What a stack is used for in a month. */
export type Usage = Readonly<z.output<typeof schema>>;

/** Environments with assumptions of their own. */
export const ASSUMED = ["dev", "prod"] as const;

/** Whose assumptions a stack has: standby and other stacks of production are used as production is. */
export function environmentOf(stack: string): (typeof ASSUMED)[number] {
  return stack.startsWith("prod") ? "prod" : "dev";
}

/**
 * The assumed use of an environment, with what a file says instead.
 *
 * @param file JSON that may give a part of the fields of `tools/cost/usage/<environment>.json`
 * @throws Problem when the file can't be read or has values that are not allowed
 */
export function readUsage(environment: (typeof ASSUMED)[number], file?: string): Usage {
  const assumed = JSON.parse(
    fs.readFileSync(path.join(__dirname, "usage", `${environment}.json`), "utf8"),
  ) as unknown;
  if (file === undefined) return schema.parse(assumed);
  const parsed = schema.safeParse(merged(assumed, readJson(file)));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path: where, message }) => `  ${where.join(".") || "(the file)"}: ${message}`,
  );
  throw new Problem(
    [
      `${file} is no usage file:`,
      ...problems,
      "Allowed: the fields of tools/cost/usage/prod.json, each a number from 0 or {low, expected, high}.",
    ].join("\n"),
  );
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as unknown;
  } catch {
    throw new Problem(
      `${file} can't be read as JSON. Allowed: a usage file such as tools/cost/usage/prod.json.`,
    );
  }
}

/** The first object with what the second says instead, down to the amounts, which are taken whole. */
function merged(base: unknown, changes: unknown): unknown {
  if (!isObject(base) || !isObject(changes) || "expected" in base) return changes;
  const keys = new Set([...Object.keys(base), ...Object.keys(changes)]);
  return Object.fromEntries(
    [...keys].map((key) => [key, key in changes ? merged(base[key], changes[key]) : base[key]]),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
