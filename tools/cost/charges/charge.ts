import type { Range } from "../money";
import { always, NOTHING } from "../money";
import { findPrice, type Price } from "../prices";
import type { Stack, StackResource } from "../stack";
import type { Usage } from "../usage";

/** What one resource is charged for in a month, in one of AWS's dimensions. */
export interface Charge {
  readonly dimension: string;
  readonly quantity: Range;
  /** The part of the quantity that comes without any use. */
  readonly fixed: number;
  /** Undefined where no price is known. */
  readonly price: Price | undefined;
}

/** What a resource's charges depend on. */
export interface Subject {
  readonly resource: StackResource;
  readonly stack: Stack;
  readonly usage: Usage;
}

/** Charges of one type of resource. */
export type Pricing = (subject: Subject) => readonly Charge[];

/** Hours of a month, as AWS's price pages count them. */
export const HOURS = 730;

/** Charged whatever the use. */
export function standing({ stack }: Subject, service: string, dimension: string, quantity: number): Charge {
  const price = findPrice(service, dimension, stack.region);
  return { dimension, quantity: always(quantity), fixed: quantity, price };
}

/** Charged by use, of which `fixed` comes without any. */
export function used(
  { stack }: Subject,
  service: string,
  dimension: string,
  quantity: Range,
  fixed = 0,
): Charge {
  return { dimension, quantity, fixed, price: findPrice(service, dimension, stack.region) };
}

/** A charge of which no price is known. */
export function unpriced(dimension: string): Charge {
  return { dimension, quantity: NOTHING, fixed: 0, price: undefined };
}

/** Steps of a price that falls with the quantity: each up to a limit, the last without one. */
export function tiered(
  subject: Subject,
  service: string,
  quantity: Range,
  steps: readonly (readonly [dimension: string, size: number])[],
): readonly Charge[] {
  let below = 0;
  return steps.flatMap(([dimension, size]) => {
    const from = below;
    below += size;
    const within = (amount: number) => Math.min(Math.max(amount - from, 0), size);
    const part = {
      low: within(quantity.low),
      expected: within(quantity.expected),
      high: within(quantity.high),
    };
    return part.high > 0 || from === 0 ? [used(subject, service, dimension, part)] : [];
  });
}

/** A number among a resource's inputs, which may be written as text. */
export function numberOf(resource: StackResource, input: string, otherwise: number): number {
  const value = resource.inputs[input];
  const number = typeof value === "string" ? Number.parseFloat(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : otherwise;
}

export function textOf(resource: StackResource, input: string): string {
  const value = resource.inputs[input];
  return typeof value === "string" ? value : "";
}

export function listOf(resource: StackResource, input: string): readonly Readonly<Record<string, unknown>>[] {
  const value = resource.inputs[input];
  return Array.isArray(value) ? (value as readonly Readonly<Record<string, unknown>>[]) : [];
}
