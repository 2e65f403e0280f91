/** A fault that the user can mend: shown as its message alone, without a stack trace. */
export class Problem extends Error {
  override readonly name: string = "Problem";
}

/** Prints to stderr. The wrapper writes nothing of its own to stdout: that stream belongs to the Pulumi CLI. */
export function say(message: string): void {
  process.stderr.write(`${message}\n`);
}
