/** Comparing Pulumi CLI versions. */

/** The CLI that the local engine is tested with, and the oldest one on `PATH` that it accepts. */
export const pinnedVersion = "3.259.0";

interface Version {
  readonly numbers: readonly [number, number, number];
  readonly prerelease: string | undefined;
}

/** Reads `v3.259.0`, `3.259.0-alpha.1` or `v3.260.0+dirty`; undefined when it is no version. */
export function parseVersion(text: string): Version | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+\S*)?$/.exec(text.trim());
  if (!match) return undefined;
  return { numbers: [Number(match[1]), Number(match[2]), Number(match[3])], prerelease: match[4] };
}

/** Whether version `text` is `minimum` or newer; false for what is no version (a development build without one). */
export function isAtLeast(text: string, minimum: string): boolean {
  const found = parseVersion(text);
  const wanted = parseVersion(minimum);
  if (!found || !wanted) return false;
  for (const [index, number] of wanted.numbers.entries()) {
    const difference = (found.numbers[index] ?? 0) - number;
    if (difference !== 0) return difference > 0;
  }
  // A prerelease comes before its release.
  return found.prerelease === undefined || wanted.prerelease !== undefined;
}
