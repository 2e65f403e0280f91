/** A quantity or a sum that depends on use: a quiet month, the expected one and a busy one. */
export interface Range {
  readonly low: number;
  readonly expected: number;
  readonly high: number;
}

export const NOTHING: Range = { low: 0, expected: 0, high: 0 };

/** The same whatever the use. */
export function always(amount: number): Range {
  return { low: amount, expected: amount, high: amount };
}

/** A range made from others, case by case. */
export function combine(make: (...amounts: number[]) => number, ...ranges: readonly Range[]): Range {
  const of = (scenario: keyof Range) => make(...ranges.map((range) => range[scenario]));
  return { low: of("low"), expected: of("expected"), high: of("high") };
}

export function scaled(range: Range, factor: number): Range {
  return combine((amount) => amount * factor, range);
}

export function total(ranges: readonly Range[]): Range {
  return ranges.reduce((sum, range) => combine((a, b) => a + b, sum, range), NOTHING);
}

/** To whole cents, so that what is printed adds up to what is printed below it. */
export function toCents(range: Range): Range {
  return combine((amount) => Math.round(amount * 100) / 100, range);
}

/** `1,234.50`; no currency. */
export function dollars(amount: number): string {
  return amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
