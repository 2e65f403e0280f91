import ipaddr from "ipaddr.js";

/** A canonical address block: the host bits of `start` are zero. */
export interface Cidr {
  readonly family: 4 | 6;
  readonly start: bigint;
  readonly prefix: number;
}

// Ranges that never route on the Internet: private, carrier-grade NAT, loopback, link-local, unique local.
const PRIVATE = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "fc00::/7",
  "fe80::/10",
  "::1/128",
].flatMap((text) => parseCidr(text) ?? []);

/** Parses IPv4 in four decimal parts or IPv6; anything else gives `undefined`. IPv4-mapped IPv6 becomes IPv4. */
export function parseCidr(text: string): Cidr | undefined {
  // The library also takes octal and hexadecimal IPv4 parts and IPv6 zones, which AWS does not.
  const isIpv6 = !text.includes("%") && ipaddr.IPv6.isValidCIDR(text);
  if (!isIpv6 && !ipaddr.IPv4.isValidCIDRFourPartDecimal(text)) {
    return undefined;
  }
  const [address, prefix] = ipaddr.parseCIDR(text);
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && prefix >= 96) {
    return canonical(4, address.toIPv4Address().toByteArray(), prefix - 96);
  }
  return canonical(address instanceof ipaddr.IPv4 ? 4 : 6, address.toByteArray(), prefix);
}

/** The usual text of a block, such as `10.0.0.0/16`. */
export function formatCidr(cidr: Cidr): string {
  const bytes: number[] = [];
  for (let shift = bits(cidr) - 8; shift >= 0; shift -= 8) {
    bytes.push(Number((cidr.start >> BigInt(shift)) & 0xffn));
  }
  return `${ipaddr.fromByteArray(bytes).toString()}/${cidr.prefix}`;
}

/** Whether every address of `inner` lies in `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return (
    outer.family === inner.family &&
    outer.prefix <= inner.prefix &&
    network(inner, outer.prefix) === outer.start
  );
}

/** Whether the whole block lies in a range that never routes on the Internet. */
export function isPrivate(cidr: Cidr): boolean {
  return PRIVATE.some((range) => contains(range, cidr));
}

/** The fewest blocks that cover the same addresses, so that 0.0.0.0/1 and 128.0.0.0/1 show as 0.0.0.0/0. */
export function mergeCidrs(cidrs: readonly Cidr[]): readonly Cidr[] {
  const sorted = [...cidrs].sort(
    (a, b) => a.family - b.family || (a.start < b.start ? -1 : a.start > b.start ? 1 : a.prefix - b.prefix),
  );
  const merged: Cidr[] = [];
  for (const cidr of sorted) {
    addTo(merged, cidr);
  }
  return merged;
}

// `merged` is sorted and free of overlap, so only its last block can take the next one in or join it.
function addTo(merged: Cidr[], next: Cidr): void {
  const last = merged.at(-1);
  if (last !== undefined && contains(last, next)) {
    return;
  }
  const pair = last === undefined ? undefined : joined(last, next);
  if (pair === undefined) {
    merged.push(next);
    return;
  }
  merged.pop();
  addTo(merged, pair);
}

// Two halves of one larger block: it begins where the lower one does.
function joined(low: Cidr, high: Cidr): Cidr | undefined {
  const parent: Cidr = { ...low, prefix: low.prefix - 1 };
  return low.prefix === high.prefix && contains(parent, high) ? parent : undefined;
}

function canonical(family: 4 | 6, bytes: readonly number[], prefix: number): Cidr {
  const address = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return { family, start: network({ family, start: address, prefix }, prefix), prefix };
}

// The block's first address when it is widened to `prefix`.
function network(cidr: Cidr, prefix: number): bigint {
  const host = BigInt(bits(cidr) - prefix);
  return (cidr.start >> host) << host;
}

function bits(cidr: Cidr): number {
  return cidr.family === 4 ? 32 : 128;
}
