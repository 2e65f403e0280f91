/** The runs of the bench's program in several sizes, that both the growth and the cost of the pack are read from. */
import type { BenchHome, BenchStack } from "./home";
import { createdResources, measure } from "./measure";
import type { Command, Measurement } from "./measure";
import type { Size } from "./program/size";
import { inTurns, rounds } from "./rounds";
import type { RoundLimits } from "./rounds";

/** What is run with a size. */
export type Operation = "preview" | "preview with pack" | "up";

/** One run of one size. */
export interface SizedRun extends Measurement {
  readonly operation: Operation;
  readonly size: Size;
  readonly resources: number;
}

/** Sizes in which a preview is also made with the pack. */
export const PACK_SIZES = ["empty", 4] as const;

/** Runs every size in each round, the short ones before and after the long ones, since they tell least by themselves. */
export async function runSizes(
  home: BenchHome,
  copies: readonly number[],
  limits: RoundLimits,
): Promise<SizedRun[]> {
  const order: readonly Size[] = ["empty", "start", ...copies, ...copies.slice(0, 1), "start"];
  const stacks = new Map([...new Set(order)].map((size) => [size, home.benchStack(size)]));
  const results = await rounds(limits, async (round) => {
    const runs: SizedRun[] = [];
    for (const size of order) {
      const stack = stacks.get(size);
      if (stack !== undefined) runs.push(...(await runSize(stack, size, round)));
    }
    return runs;
  });
  return results.flat();
}

async function runSize(stack: BenchStack, size: Size, round: number): Promise<readonly SizedRun[]> {
  const run = async (operation: Operation, command: Command): Promise<SizedRun> => {
    const measured = await measure(command);
    return { ...measured, operation, size, resources: createdResources(measured.stdout) };
  };
  const preview = () => run("preview", stack.preview({ policy: false }));
  const previews = isPackSize(size)
    ? await inTurns(round, preview, () => run("preview with pack", stack.preview({ policy: true })))
    : [await preview()];
  // The empty program is for the pack alone.
  return size === "empty" ? previews : [...previews, await run("up", stack.firstDeployment())];
}

/** The runs of an operation and size. @throws Error when there are none */
export function runsOf(runs: readonly SizedRun[], operation: Operation, size: Size): readonly SizedRun[] {
  const found = runs.filter((run) => run.operation === operation && run.size === size);
  if (found.length === 0) throw new Error(`no ${operation} of size ${size} was measured`);
  return found;
}

function isPackSize(size: Size): boolean {
  return PACK_SIZES.some((each) => each === size);
}
