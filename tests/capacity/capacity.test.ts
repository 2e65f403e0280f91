import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { CAPACITY_FILE, renderCapacity } from "../../tools/capacity/main";
import { ASSUMPTIONS } from "../../tools/capacity/assumptions";
import { demandOf, directMonth, holdingsOf } from "../../tools/capacity/model";

/** Tables are laid out by the formatter, so only their words count. */
const words = (text: string) => text.replace(/-{3,}/g, "---").replace(/[ \n]+/g, " ");

describe("capacity, checked by hand", () => {
  it("10 million viewers: 1 million requests/s at the edge, 50,000 left by the CDN, 16,667 batches of events", () => {
    const demand = demandOf(10_000_000);
    assert.equal(demand.edgeRequests, 1_000_000);
    assert.equal(Math.round(demand.apiRequests), 50_000 + 16_667);
    assert.equal(Math.round(demand.events), 166_667);
    assert.equal(demand.shards, 167);
    assert.equal(demand.tasks, 134);
    assert.equal(Math.round(demand.queries), 5_000);
    assert.equal(demand.acu, 50);
    assert.equal(demand.connections, 1_340);
    // 500,000 a minute, four calls each.
    assert.equal(Math.round(demand.joinRequests), 33_333);
  });

  it("the stream's hour: 167 shards × 0.018 + 600 million records × 0.0175", () => {
    assert.equal(demandOf(10_000_000).usdPerHour.stream.toFixed(2), (167 * 0.018 + 600 * 0.0175).toFixed(2));
  });

  it("without a CDN the requests alone are 4.5 million USD a month", () => {
    assert.equal(Math.round(directMonth(10_000_000) / 10_000), 454);
  });

  it("a stack holds what demandOf says it needs, tier by tier", () => {
    const bounds = { requestsPerSecond: 5000, maxTasks: 10, shards: 2, maxAcu: 64 };
    const holdings = holdingsOf(bounds);
    const held = (tier: string) => holdings.find((it) => it.tier === tier)?.viewers ?? 0;
    assert.ok(demandOf(held("API throttle")).apiRequests <= bounds.requestsPerSecond);
    assert.ok(demandOf(held("API throttle") + 2000).apiRequests > bounds.requestsPerSecond);
    assert.equal(demandOf(held("Tasks")).tasks, bounds.maxTasks);
    assert.ok(demandOf(held("Tasks") + 2000).tasks > bounds.maxTasks);
    assert.equal(demandOf(held("Stream")).shards, bounds.shards);
    assert.ok(demandOf(held("Stream") + 2000).shards > bounds.shards);
    assert.equal(demandOf(held("Database")).acu, bounds.maxAcu);
  });

  it("connections of a task are what the service's pool opens", () => {
    const source = fs.readFileSync(path.join(__dirname, "../../service/database.ts"), "utf8");
    assert.equal(
      Number(/const MAX_CONNECTIONS = (\d+);/.exec(source)?.[1]),
      ASSUMPTIONS.connectionsPerTask.value,
    );
  });

  it("docs/capacity.md is up to date (write it with: npm run capacity)", () => {
    assert.equal(words(fs.readFileSync(CAPACITY_FILE, "utf8")), words(renderCapacity()));
  });
});
