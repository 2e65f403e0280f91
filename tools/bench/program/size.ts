/** Sizes of the bench's program. */

/**
 * A number of copies of the platform, or one of two sizes without any:
 *
 * - `empty`: only the AWS provider;
 * - `start`: also a VPC made by `awsx`, with nothing in it, so that every process of a deployment is started.
 */
export type Size = number | "empty" | "start";

/** Reads a size from configuration. @throws RangeError when it is none */
export function parseSize(text: string): Size {
  if (text === "empty" || text === "start") return text;
  const copies = Number(text);
  if (Number.isInteger(copies) && copies > 0) return copies;
  throw new RangeError(`bench:size is "${text}"; it is empty, start or a number of copies`);
}
