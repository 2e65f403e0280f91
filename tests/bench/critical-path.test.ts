import assert from "node:assert/strict";
import { allNeeds, chainThroughTime, longestChain } from "../../tools/bench/critical-path";

function needs(edges: Record<string, string[]>) {
  return new Map(Object.entries(edges));
}

describe("bench: critical path", () => {
  const weights = new Map(Object.entries({ vpc: 12, subnet: 11, nat: 95, address: 1, route: 1, key: 12 }));
  const graph = needs({ subnet: ["vpc"], nat: ["subnet", "address"], route: ["nat"] });

  describe("longestChain", () => {
    it("adds up the heaviest way through the graph, first node first", () => {
      assert.deepEqual(longestChain(weights, graph), {
        length: 119,
        nodes: ["vpc", "subnet", "nat", "route"],
      });
    });

    it("is the heaviest node where nothing needs anything", () => {
      assert.deepEqual(longestChain(weights, needs({})), { length: 95, nodes: ["nat"] });
    });

    it("prefers weight to number of nodes", () => {
      const one = new Map(Object.entries({ a: 1, b: 1, c: 1, heavy: 10 }));
      assert.deepEqual(longestChain(one, needs({ b: ["a"], c: ["b"] })), { length: 10, nodes: ["heavy"] });
    });

    it("ignores needs that are no node", () => {
      assert.equal(longestChain(new Map([["a", 2]]), needs({ a: ["elsewhere"] })).length, 2);
    });

    it("keeps a need without weight in the chain", () => {
      const chain = longestChain(
        new Map([
          ["a", 0],
          ["b", 3],
        ]),
        needs({ b: ["a"] }),
      );
      assert.deepEqual(chain, { length: 3, nodes: ["a", "b"] });
    });

    it("is empty without nodes", () => {
      assert.deepEqual(longestChain(new Map(), needs({})), { length: 0, nodes: [] });
    });

    it("names a node on a cycle", () => {
      const cycle = new Map([
        ["a", 1],
        ["b", 1],
      ]);
      assert.throws(() => longestChain(cycle, needs({ a: ["b"], b: ["a"] })), /^Error: [ab] needs itself$/);
    });
  });

  it("allNeeds follows needs of needs, each once", () => {
    assert.deepEqual([...allNeeds("route", graph)].sort(), ["address", "nat", "subnet", "vpc"]);
    assert.deepEqual([...allNeeds("vpc", graph)], []);
  });

  describe("chainThroughTime", () => {
    it("goes back from the last end through the need that ended last", () => {
      const calls = [
        { node: "key", start: 0, end: 12 },
        { node: "vpc", start: 1, end: 13 },
        { node: "address", start: 1, end: 2 },
        { node: "subnet", start: 14, end: 25 },
        { node: "nat", start: 25, end: 120 },
        { node: "route", start: 122, end: 123 },
      ];
      assert.deepEqual(chainThroughTime(calls, graph), [
        { node: "vpc", start: 1, end: 13, idle: 1 },
        { node: "subnet", start: 14, end: 25, idle: 1 },
        { node: "nat", start: 25, end: 120, idle: 0 },
        { node: "route", start: 122, end: 123, idle: 2 },
      ]);
    });

    it("leaves out a need that had not ended: it can't have been awaited", () => {
      const calls = [
        { node: "a", start: 0, end: 9 },
        { node: "b", start: 3, end: 10 },
      ];
      assert.deepEqual(chainThroughTime(calls, needs({ b: ["a"] })), [
        { node: "b", start: 3, end: 10, idle: 3 },
      ]);
    });

    it("is empty without calls", () => {
      assert.deepEqual(chainThroughTime([], graph), []);
    });
  });
});
