import * as ipaddr from "ipaddr.js";

/** An IPv4 network in canonical form: the address has no host bits. */
export interface Cidr {
  readonly text: string;
  readonly address: ipaddr.IPv4;
  readonly prefixLength: number;
}

/** Says what is wrong with a text that should be a canonical IPv4 network, or returns the network. */
export function readCidr(text: string): Cidr | string {
  // ipaddr.js also reads octal, hexadecimal and short forms, which a reviewer would misread.
  if (
    !/^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}\/(0|[1-9]\d?)$/.test(text) ||
    !ipaddr.IPv4.isValidCIDR(text)
  ) {
    return "write it as four decimal numbers and a prefix length, such as 10.20.0.0/16";
  }
  const [address, prefixLength] = ipaddr.IPv4.parseCIDR(text);
  const network = ipaddr.IPv4.networkAddressFromCIDR(text).toString();
  if (network !== address.toString()) {
    return `host bits are set; the network is ${network}/${prefixLength}`;
  }
  return { text, address, prefixLength };
}

/** Like {@link readCidr} for a text the schema has accepted. Throws on any other. */
export function toCidr(text: string): Cidr {
  const cidr = readCidr(text);
  if (typeof cidr === "string") throw new RangeError(`${text} is not a canonical IPv4 network: ${cidr}`);
  return cidr;
}

/** Whether `inner` lies wholly in `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.prefixLength >= outer.prefixLength && inner.address.match(outer.address, outer.prefixLength);
}

/** Whether two networks share an address; since both are canonical, one then contains the other. */
export function overlap(a: Cidr, b: Cidr): boolean {
  return contains(a, b) || contains(b, a);
}

/** Whether the network is in the private ranges of RFC 1918. */
export function isPrivate(cidr: Cidr): boolean {
  return ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].some((range) => contains(toCidr(range), cidr));
}
