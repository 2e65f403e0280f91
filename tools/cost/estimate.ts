import { type Charge, type Pricing } from "./charges/charge";
import { dataPricing } from "./charges/data";
import { freeBecause } from "./charges/free";
import { networkPricing } from "./charges/network";
import { operationsPricing } from "./charges/operations";
import { servicePricing } from "./charges/service";
import { streamingPricing } from "./charges/streaming";
import { always, type Range, scaled, toCents, total } from "./money";
import type { Price } from "./prices";
import type { Stack, StackResource } from "./stack";
import type { Usage } from "./usage";

const PRICING: Readonly<Record<string, Pricing>> = {
  ...dataPricing,
  ...servicePricing,
  ...networkPricing,
  ...streamingPricing,
  ...operationsPricing,
};

/** One line of an estimate: what a resource costs a month in one dimension, in USD. */
export interface Line {
  readonly component: string;
  readonly type: string;
  readonly name: string;
  readonly dimension: string;
  readonly quantity: Range;
  readonly unit: string;
  readonly usd: Range;
  /** The part of it that comes without any use. */
  readonly fixedUsd: number;
  readonly confidence: Price["confidence"];
}

/** Something of which no price is known, so that it is in no sum. */
export interface Unknown {
  readonly type: string;
  readonly name: string;
  readonly what: string;
}

/** What a stack costs a month, in USD: on demand, without free tiers and tax. */
export interface Estimate {
  readonly lines: readonly Line[];
  readonly unknown: readonly Unknown[];
  readonly usd: Range;
  readonly fixedUsd: number;
  /** Share of the expected dollars that rests on prices of high or medium confidence, from 0 to 1. */
  readonly coverage: number;
}

/** Estimates a stack under a use. Types that are neither priced nor known to be free are listed as unknown. */
export function estimate(stack: Stack, usage: Usage): Estimate {
  const charged = stack.resources.map((resource) => ({
    resource,
    charges: PRICING[resource.type]?.({ resource, stack, usage }),
  }));
  const lines = charged.flatMap(({ resource, charges = [] }) =>
    charges.flatMap((charge) => line(resource, charge)),
  );
  const usd = toCents(total(lines.map((it) => it.usd)));
  const sound = total(lines.filter((it) => it.confidence !== "low").map((it) => it.usd)).expected;
  return {
    lines,
    unknown: charged.flatMap(({ resource, charges }) => unknownOf(resource, charges)),
    usd,
    fixedUsd: toCents(total(lines.map((it) => always(it.fixedUsd)))).expected,
    coverage: usd.expected > 0 ? sound / usd.expected : 1,
  };
}

function line(resource: StackResource, { dimension, quantity, fixed, price }: Charge): readonly Line[] {
  if (price === undefined) return [];
  const { component, type, name } = resource;
  return [
    {
      component,
      type,
      name,
      dimension,
      quantity,
      unit: price.unit,
      usd: toCents(scaled(quantity, price.usd)),
      fixedUsd: toCents(always(fixed * price.usd)).expected,
      confidence: price.confidence,
    },
  ];
}

function unknownOf(
  { type, name }: StackResource,
  charges: readonly Charge[] | undefined,
): readonly Unknown[] {
  if (charges !== undefined) {
    return charges
      .filter(({ price }) => price === undefined)
      .map(({ dimension }) => ({ type, name, what: dimension }));
  }
  return freeBecause(type) === undefined ? [{ type, name, what: "the type has no price entry" }] : [];
}

/** Sums by component, dearest first. */
export function byComponent(lines: readonly Line[]): readonly (readonly [string, Range])[] {
  const names = [...new Set(lines.map(({ component }) => component))];
  return names
    .map((name): readonly [string, Range] => [
      name,
      toCents(total(lines.filter(({ component }) => component === name).map(({ usd }) => usd))),
    ])
    .sort(([, a], [, b]) => b.expected - a.expected);
}
