import * as pulumi from "@pulumi/pulumi";

import type { AlertTopics } from "../../components/alerts";
import { Names, type RetentionConfig } from "../../config";
import type { Inputs, Registration } from "./mocks";

const kept = (minimumDays: number, maximumDays: number) => ({
  minimumDays,
  maximumDays,
  reason: "For tests.",
});

/** Days that tell the classes apart. */
const RETENTION: RetentionConfig = {
  operational: kept(1, 7),
  "access-log": kept(3, 30),
  audit: kept(90, 400),
  "viewer-events": kept(2, 730),
  "viewer-data": kept(30, 365),
  backup: kept(7, 35),
};

/** Names, account, region and retention of a stack `unit`. */
export const PLACE = {
  accountId: "111122223333",
  region: "eu-central-1",
  retention: RETENTION,
  names: new Names({
    environment: { suffix: "unit" },
    aws: { accountId: "111122223333", region: "eu-central-1" },
  }),
} as const;

/** Topics that alarms tell people through. */
export const TOPICS: AlertTopics = { critical: pulumi.output("topic"), warning: pulumi.output("warnings") };

/** A statement of a policy document, as it is written. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Inputs>>;
}

/** All registrations of a type, which may be given by its last part, in the order of their names. */
export function ofType(registrations: readonly Registration[], type: string): Registration[] {
  return registrations
    .filter((it) => it.type === type || it.type.endsWith(`:${type}`))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The only registration of a type, or the only one with a name. */
export function only(registrations: readonly Registration[], type: string, name?: string): Registration {
  const found = ofType(registrations, type).filter((it) => name === undefined || it.name === name);
  const [first] = found;
  if (first === undefined || found.length > 1) {
    throw new Error(`expected one ${type} ${name ?? ""}, found ${found.length}`);
  }
  return first;
}

/** How many registrations there are of each type, types in alphabetical order. */
export function countByType(registrations: readonly Registration[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const type of registrations.map((it) => it.type).sort()) {
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return counts;
}

/** The statements of a policy document: of text as KMS takes it, or of an object as IAM takes it. */
export function statementsOf(document: unknown): PolicyStatement[] {
  const parsed: unknown = typeof document === "string" ? JSON.parse(document) : document;
  return (parsed as { Statement: PolicyStatement[] }).Statement;
}

/** Values of a property that holds one or several. */
export function listOf(value: unknown): string[] {
  return [value].flat().filter((it) => typeof it === "string");
}
