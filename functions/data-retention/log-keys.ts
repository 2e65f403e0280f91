/** Folder of the erasure log in its bucket. */
export const ERASURE_LOG_PREFIX = "erasures/";

/** Key of the entry with a digest. */
export function keyOf(digest: string): string {
  return `${ERASURE_LOG_PREFIX}${digest}.json`;
}

/** The digest that an object of the log is named after. @returns undefined for an object that is no entry */
export function digestOfKey(key: string): string | undefined {
  return /([0-9a-f]{64})\.json$/.exec(key)?.[1];
}
