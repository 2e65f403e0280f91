/** Repeats a measurement as often as its share of the bench's time allows. */

export interface RoundLimits {
  /** Rounds that are made whatever they take. */
  readonly atLeast: number;
  readonly atMost: number;
  /** After the first rounds, another is begun only if it would end within these seconds. */
  readonly seconds: number;
}

/** Runs rounds one after the other, and gives their results. The round's number is counted from 0. */
export async function rounds<Result>(
  limits: RoundLimits,
  run: (round: number) => Promise<Result>,
  now: () => number = () => performance.now() / 1000,
): Promise<Result[]> {
  const results: Result[] = [];
  const start = now();
  let longest = 0;
  while (results.length < limits.atMost) {
    const before = now();
    if (results.length >= limits.atLeast && before - start + longest > limits.seconds) break;
    results.push(await run(results.length));
    longest = Math.max(longest, now() - before);
  }
  return results;
}

/** Runs two measurements of a pair, in turns first and second, so that neither always finds the warmer machine. */
export async function inTurns<Result>(
  round: number,
  first: () => Promise<Result>,
  second: () => Promise<Result>,
): Promise<readonly [Result, Result]> {
  if (round % 2 === 0) return [await first(), await second()];
  const later = await second();
  return [await first(), later];
}
