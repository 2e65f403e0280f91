import assert from "node:assert/strict";

import fc from "fast-check";

import { parseArn, resourceId } from "../../policy-pack/src/engine/arn";
import {
  type Cidr,
  contains,
  formatCidr,
  isPrivate,
  mergeCidrs,
  parseCidr,
} from "../../policy-pack/src/engine/cidr";
import { isAnyone, matchesAction, matchesPattern } from "../../policy-pack/src/engine/policy-document";

const octet = fc.nat(255);
const ipv4 = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join("."));
const ipv4Cidr = fc.tuple(ipv4, fc.nat(32)).map(([address, prefix]) => `${address}/${prefix}`);
const ipv6Cidr = fc.tuple(fc.ipV6(), fc.nat(128)).map(([address, prefix]) => `${address}/${prefix}`);
const parsed = (text: string): Cidr => {
  const cidr = parseCidr(text);
  assert.ok(cidr, text);
  return cidr;
};
const size = ({ family, prefix }: Cidr): bigint => 1n << BigInt((family === 4 ? 32 : 128) - prefix);

describe("address blocks", () => {
  it("survive formatting, in canonical form", () => {
    fc.assert(
      fc.property(fc.oneof(ipv4Cidr, ipv6Cidr), (text) => {
        const cidr = parsed(text);
        assert.deepEqual(parseCidr(formatCidr(cidr)), cidr);
        assert.equal(cidr.start % size(cidr), 0n);
      }),
    );
  });

  it("contain the address they were written with", () => {
    fc.assert(
      fc.property(ipv4, fc.nat(32), (address, prefix) => {
        assert.ok(contains(parsed(`${address}/${prefix}`), parsed(`${address}/32`)));
      }),
    );
  });

  it("merge without losing or gaining an address", () => {
    // A small corner of the address space makes neighbours and overlaps likely.
    const block = fc
      .tuple(fc.nat(63), fc.integer({ min: 26, max: 32 }))
      .map(([host, prefix]) => `20.0.0.${host}/${prefix}`);
    fc.assert(
      fc.property(fc.array(block, { maxLength: 20 }), (texts) => {
        const given = texts.map(parsed);
        const merged = mergeCidrs(given);
        for (let host = 0; host < 64; host += 1) {
          const address = parsed(`20.0.0.${host}/32`);
          const covers = (list: readonly Cidr[]) => list.some((cidr) => contains(cidr, address));
          assert.equal(covers(merged), covers(given), `20.0.0.${host}`);
        }
        assert.deepEqual(mergeCidrs(merged), merged);
      }),
    );
  });

  it("merge any split of a block into that block again", () => {
    fc.assert(
      fc.property(ipv4Cidr, fc.infiniteStream(fc.boolean()), (text, choices) => {
        const whole = parsed(text);
        const pieces: Cidr[] = [];
        const split = (cidr: Cidr, depth: number): void => {
          if (depth === 0 || cidr.prefix === 32 || choices.next().value === true) {
            pieces.push(cidr);
            return;
          }
          const prefix = cidr.prefix + 1;
          split({ ...cidr, prefix }, depth - 1);
          split({ ...cidr, prefix, start: cidr.start + size(cidr) / 2n }, depth - 1);
        };
        split(whole, 5);
        assert.deepEqual(mergeCidrs(pieces.reverse()), [whole]);
      }),
    );
  });

  it("are private only inside a private range", () => {
    // A range's first part and something around its second one make a hit likely.
    const second = fc.oneof(octet, fc.constantFrom(15, 16, 31, 32, 63, 64, 127, 128, 168, 253, 254));
    const nearPrivate = fc
      .tuple(fc.constantFrom(9, 10, 100, 127, 169, 172, 192), second, octet, octet)
      .map((parts) => parts.join("."));
    fc.assert(
      fc.property(nearPrivate, fc.integer({ min: 8, max: 32 }), (address, prefix) => {
        const [first = 0, second = 0] = address.split(".").map(Number);
        const expected =
          first === 10 ||
          first === 127 ||
          (prefix >= 12 && first === 172 && second >= 16 && second < 32) ||
          (prefix >= 16 && first === 192 && second === 168) ||
          (prefix >= 16 && first === 169 && second === 254) ||
          (prefix >= 10 && first === 100 && second >= 64 && second < 128);
        assert.equal(isPrivate(parsed(`${address}/${prefix}`)), expected);
      }),
    );
  });

  it("are compared within their family", () => {
    for (const [outer, inner, expected] of [
      ["0.0.0.0/0", "::/0", false],
      ["::/0", "0.0.0.0/0", false],
      ["::/0", "2001:db8::/32", true],
      ["10.0.0.0/16", "10.0.0.0/8", false],
      ["10.0.0.0/8", "10.0.0.0/8", true],
    ] as const) {
      assert.equal(contains(parsed(outer), parsed(inner)), expected, `${outer} ${inner}`);
    }
    assert.deepEqual(mergeCidrs(["::/1", "0.0.0.0/1", "8000::/1"].map(parsed)).map(formatCidr), [
      "0.0.0.0/1",
      "::/0",
    ]);
    assert.deepEqual(mergeCidrs(["0.0.0.0/0", "0.0.0.0/0", "128.0.0.0/1"].map(parsed)).map(formatCidr), [
      "0.0.0.0/0",
    ]);
    for (const texts of [
      ["20.0.0.0/24", "20.0.0.0/23"],
      ["20.0.0.0/23", "20.0.0.0/24"],
    ]) {
      assert.deepEqual(mergeCidrs(texts.map(parsed)).map(formatCidr), ["20.0.0.0/23"]);
    }
    // Neighbours that are no halves of one block, and halves of different sizes.
    assert.equal(mergeCidrs(["20.0.1.0/24", "20.0.2.0/24"].map(parsed)).length, 2);
    assert.equal(mergeCidrs(["20.0.0.0/24", "20.0.1.0/25"].map(parsed)).length, 2);
  });

  it("are IPv4 when they are written as mapped IPv6", () => {
    for (const [text, expected] of [
      ["::ffff:10.1.2.3/104", "10.0.0.0/8"],
      ["::ffff:10.1.2.3/96", "0.0.0.0/0"],
      ["::ffff:10.1.2.3/128", "10.1.2.3/32"],
    ] as const) {
      assert.equal(formatCidr(parsed(text)), expected);
    }
    assert.deepEqual(parsed("::ffff:10.1.2.3/95"), { family: 6, start: 0xfffe_0000_0000n, prefix: 95 });
  });

  it("are private by their range", () => {
    for (const text of [
      "10.0.0.0/8",
      "172.16.0.0/12",
      "192.168.0.0/16",
      "100.64.0.0/10",
      "127.0.0.0/8",
      "169.254.0.0/16",
      "fc00::/7",
      "fd12::/16",
      "fe80::/10",
      "::1/128",
    ]) {
      assert.ok(isPrivate(parsed(text)), text);
    }
    for (const text of ["fc00::/6", "2001:db8::/32", "fec0::/10", "::/127", "::2/128", "0.0.0.0/0"]) {
      assert.ok(!isPrivate(parsed(text)), text);
    }
  });

  it("refuse what is no block", () => {
    for (const text of [
      "",
      "10.0.0.0",
      "10.0.0/8",
      "0x0a.0.0.0/8",
      "010.0.0.0/8",
      "10.0.0.0/33",
      "::/129",
      "::",
      "a/8",
      "fe80::1%eth0/64",
      " 10.0.0.0/8",
      "10.0.0.0/-1",
    ]) {
      assert.equal(parseCidr(text), undefined, text);
    }
  });
});

describe("ARNs", () => {
  const word = fc.stringMatching(/^[a-z0-9-]{1,12}$/);
  const account = fc.stringMatching(/^\d{12}$/);

  it("splits what it is given, colons of the resource included", () => {
    fc.assert(
      fc.property(
        word,
        word,
        word,
        account,
        fc.stringMatching(/^[a-z0-9:/_-]{1,30}$/),
        (partition, service, region, id, resource) => {
          assert.deepEqual(parseArn(["arn", partition, service, region, id, resource].join(":")), {
            partition,
            service,
            region,
            account: id,
            resource,
          });
        },
      ),
    );
  });

  it("takes no other text for an ARN", () => {
    const part = fc.constantFrom("arn", "aws", "s3", "1", "");
    const nearly = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(":"));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          nearly,
          nearly.map((rest) => `arn:${rest}`),
        ),
        (text) => {
          assert.equal(parseArn(text) !== undefined, /^arn:[^:]+:[^:]+:[^:]*:[^:]*:[^]+$/.test(text), text);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("gives the id at the end of a resource", () => {
    const id = (resource: string) =>
      resourceId({ partition: "aws", service: "x", region: "", account: "", resource });
    assert.deepEqual(["key/1234", "a/b/c", "topic"].map(id), ["1234", "c", "topic"]);
  });

  it("takes a principal for anyone only when its account is open", () => {
    const isOpen = (value: string) => isAnyone({ kind: "AWS", value });
    fc.assert(
      fc.property(account, word, (id, name) => {
        assert.equal(isOpen(id), false);
        assert.equal(isOpen(`${name}.amazonaws.com`), false);
        assert.equal(isOpen(`arn:aws:iam::${id}:role/${name}`), false);
        assert.equal(isOpen(`arn:aws:iam::*:role/${name}`), true);
        assert.equal(isOpen(`arn:aws:iam::${id.slice(0, 11)}?:role/${name}`), true);
        assert.equal(isOpen("*"), true);
      }),
    );
  });
});

describe("IAM patterns", () => {
  const letters = fc.string({ unit: fc.constantFrom("a", "b", ":", "*", "?"), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom("a", "b", ":"), maxLength: 8 });
  // The same meaning, spelt as a regular expression.
  const asRegExp = (pattern: string) =>
    new RegExp(`^${pattern.replaceAll("*", "[^]*").replaceAll("?", "[^]")}$`);

  it("match as the expression they abbreviate", () => {
    fc.assert(
      fc.property(letters, text, (pattern, value) => {
        assert.equal(matchesPattern(pattern, value), asRegExp(pattern).test(value), `${pattern} ${value}`);
      }),
      { numRuns: 2000 },
    );
  });

  it("match what they were made from by blanking characters", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 20 }), fc.nat(20), fc.nat(20), (value, a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        assert.ok(matchesPattern(`${value.slice(0, from)}*${value.slice(to)}`, value) || to > value.length);
      }),
    );
  });

  it("compare actions without case, and resources with it", () => {
    assert.ok(matchesAction("S3:Get*", "s3:GetObject"));
    assert.ok(!matchesAction("s3:Get*", "s3:PutObject"));
    assert.ok(!matchesPattern("arn:aws:s3:::B", "arn:aws:s3:::b"));
  });
});
