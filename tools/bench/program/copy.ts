/** Makes a platform's configuration into that of one copy among many in the same account and region. */
import type { PlatformConfig } from "../../../config";

/** What the copies differ in. */
type Copied = Pick<PlatformConfig, "environment" | "network">;

/**
 * The configuration of copy `index`: the first is the platform itself; the others have a suffix and a network of their
 * own, and leave to the first what an account has once.
 */
export function copyOf<Config extends Copied>(config: Config, index: number): Config {
  if (index === 0) return config;
  const { environment, network } = config;
  const move = (block: string) => shifted(block, index);
  return {
    ...config,
    environment: { ...environment, suffix: `${environment.suffix}${index}` },
    network: {
      ...network,
      cidr: move(network.cidr),
      subnets: {
        public: network.subnets.public.map(move),
        private: network.subnets.private.map(move),
        isolated: network.subnets.isolated.map(move),
      },
      blockPublicAccess: network.blockPublicAccess === "create" ? "adopt" : network.blockPublicAccess,
    },
  };
}

/** `10.10.16.0/20` moved by 3 is `10.13.16.0/20`: the second number is the copy's own. */
function shifted(block: string, by: number): string {
  const [first = "", second = "", ...rest] = block.split(".");
  const moved = Number(second) + by;
  if (!(moved <= 255)) throw new RangeError(`there is no room for copy ${by} of ${block}`);
  return [first, String(moved), ...rest].join(".");
}
