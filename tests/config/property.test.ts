import assert from "node:assert/strict";

import * as fc from "fast-check";
import * as ipaddr from "ipaddr.js";

import { ConfigError, Names, type ParsedConfig, parseConfig } from "../../config";
import { asEngineGives, CONTEXT, parseJson, type Sections, validConfig } from "./helpers";

const RUNS = { numRuns: 500 };

/** Parses, and lets nothing but a configuration or a report of at least one problem pass. */
function outcome(raw: Readonly<Record<string, string>>): ParsedConfig | ConfigError {
  try {
    return parseConfig(raw, CONTEXT).config;
  } catch (error) {
    assert.ok(error instanceof ConfigError, `not a report: ${String(error)}`);
    assert.ok(error.problems.length > 0);
    return error;
  }
}

/** Every path in a JSON value. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}

function replaceAt(root: Sections, path: readonly string[], value: unknown): void {
  const parent = path.slice(0, -1).reduce<unknown>((at, key) => (at as Sections | undefined)?.[key], root);
  const key = path.at(-1);
  // An earlier mutation may have removed the place.
  if (typeof parent === "object" && parent !== null && key !== undefined) Reflect.set(parent, key, value);
}

const ROOM = 4096;

/** Longest prefix of a private subnet in which the tasks of the shipped stack find addresses. */
const SMALLEST_PRIVATE = 27;

/** Valid unprotected stacks: the subnets follow one another, each at the next multiple of its size. */
const validStacks = fc
  .record({
    name: fc.constantFrom("dev", "staging"),
    suffix: fc.stringMatching(/^[a-z][a-z0-9]{0,11}$/),
    zones: fc.constantFrom(2, 3),
    second: fc.integer({ min: 0, max: 255 }),
    prefixLengths: fc.array(fc.integer({ min: 24, max: 28 }), { minLength: 9, maxLength: 9 }),
    nat: fc.constantFrom("single", "onePerAz"),
    deletionWindowDays: fc.integer({ min: 7, max: 30 }),
  })
  .map(({ name, suffix, zones, second, prefixLengths, nat, deletionWindowDays }) => {
    let next = 0;
    const tier = (first: number, longest = 28) =>
      prefixLengths.slice(first, first + zones).map((drawn) => {
        const length = Math.min(drawn, longest);
        const size = 2 ** (32 - length);
        const start = Math.ceil(next / size) * size;
        next = start + size;
        assert.ok(next <= ROOM);
        return `10.${second}.${Math.floor(start / 256)}.${start % 256}/${length}`;
      });
    const config = validConfig();
    return {
      ...config,
      "streamflix:environment": { ...(config["streamflix:environment"] as object), name, suffix },
      "streamflix:keys": { deletionWindowDays },
      "streamflix:aws": {
        accountId: "111122223333",
        region: "eu-central-1",
        availabilityZones: ["a", "b", "c"].slice(0, zones).map((letter) => `eu-central-1${letter}`),
      },
      "streamflix:network": {
        cidr: `10.${second}.0.0/16`,
        subnets: { public: tier(0), private: tier(3, SMALLEST_PRIVATE), isolated: tier(6) },
        nat,
        blockPublicAccess: "create",
      },
    };
  });

describe("configuration properties", function () {
  // Hundreds of whole configurations, seconds on an idle machine.
  this.timeout(120_000);

  it("arbitrary JSON in every section: a configuration or a report", () => {
    const keys = ["environment", "aws", "keys", "network", "alerts", "contacts"].map(
      (name) => `streamflix:${name}`,
    );
    const sections = fc.dictionary(
      fc.oneof(fc.constantFrom(...keys), fc.string()),
      fc.oneof(fc.json(), fc.string()),
    );
    fc.assert(
      fc.property(sections, (raw) => {
        assert.ok(outcome(raw) instanceof ConfigError);
      }),
      RUNS,
    );
  });

  it("mutations of a shipped stack: a configuration or a report, and no contact in it", () => {
    const stacks = fc.constantFrom("dev" as const, "prod" as const);
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("10.20.0.0/28", "eu-central-1c", "none", true, 30, "prod"),
    );
    const mutations = fc.array(fc.tuple(fc.nat(), value), { minLength: 1, maxLength: 4 });
    let accepted = 0;
    fc.assert(
      fc.property(stacks, mutations, (stack, changes) => {
        const config = validConfig(stack);
        const paths = pathsOf(config).filter((path) => path.length > 0);
        for (const [place, changed] of changes) replaceAt(config, paths[place % paths.length] ?? [], changed);
        const result = outcome(asEngineGives(JSON.parse(JSON.stringify(config)) as Sections));
        if (result instanceof ConfigError) assert.doesNotMatch(result.message, /example\.org|4915112345678/);
        else accepted += 1;
      }),
      { numRuns: 1000 },
    );
    assert.ok(accepted > 0, "no mutation was harmless: the generator is too wild to test acceptance");
  });

  it("valid configurations are accepted, their subnets are apart and their names within limits", () => {
    fc.assert(
      fc.property(validStacks, (stack) => {
        const { config } = parseJson(stack);
        const { public: open, private: inner, isolated } = config.network.subnets;
        const ranges = [...open, ...inner, ...isolated].map(rangeOf).sort(([a], [b]) => a - b);
        ranges.slice(1).forEach(([first], index) => {
          assert.ok(first > (ranges[index]?.[1] ?? Infinity));
        });
        const names = new Names(config);
        assert.ok(names.prefix("iamRole", "thirteenchars").length <= 38);
        assert.ok(names.fixed("bucket", "thirteenchars").length <= 63);
      }),
      RUNS,
    );
  });

  it("a subnet moved onto another one is always found", () => {
    fc.assert(
      fc.property(validStacks, (stack) => {
        const { subnets } = stack["streamflix:network"];
        const moved = { ...subnets, isolated: [subnets.public[0], ...subnets.isolated.slice(1)] };
        const network = { ...stack["streamflix:network"], subnets: moved };
        const result = outcome(asEngineGives({ ...stack, "streamflix:network": network }));
        assert.ok(result instanceof ConfigError);
        assert.match(result.message, /it overlaps .* at streamflix:network\.subnets\.public\[0\]/);
      }),
      RUNS,
    );
  });
});

/** First and last address as numbers, worked out apart from the code under test. */
function rangeOf(text: string): [number, number] {
  const [, length] = ipaddr.IPv4.parseCIDR(text);
  const first = ipaddr.IPv4.networkAddressFromCIDR(text).octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return [first, first + 2 ** (32 - length) - 1];
}
