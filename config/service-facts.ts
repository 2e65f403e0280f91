/** What ECS on Fargate offers and what this platform settles on: plain tables, no logic. */

/** Sizes from `least` to `most` MiB. */
const sizes = (least: number, most: number, step: number): readonly number[] =>
  Array.from({ length: (most - least) / step + 1 }, (_, index) => least + index * step);

/** Memory in MiB that Fargate takes with each number of CPU units, 1024 of which are one vCPU. */
export const FARGATE_MEMORY = {
  256: [512, 1024, 2048],
  512: sizes(1024, 4096, 1024),
  1024: sizes(2048, 8192, 1024),
  2048: sizes(4096, 16_384, 1024),
  4096: sizes(8192, 30_720, 1024),
  8192: sizes(16_384, 61_440, 4096),
  16384: sizes(32_768, 122_880, 8192),
} as const satisfies Readonly<Record<number, readonly number[]>>;

/** CPU units that a task can have. */
export const FARGATE_CPU = [
  256, 512, 1024, 2048, 4096, 8192, 16384,
] as const satisfies readonly (keyof typeof FARGATE_MEMORY)[];

/** CPU units of one vCPU: quotas count these. */
export const CPU_UNITS_PER_VCPU = 1024;

/** Tasks at the height of a deployment, as a multiple of those that are wanted: old and new ones run side by side. */
export const DEPLOYMENT_FACTOR = 2;

/** Addresses of a subnet that tasks never get: AWS's own, and what a load balancer needs free to scale. */
export const RESERVED_ADDRESSES = { aws: 5, loadBalancer: 8 } as const;
