import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { Collector } from "./support/collector";
import { send } from "./support/client";
import { ServiceWorld } from "./support/service-world";

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

interface Traces {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] }[];
}

interface Metrics {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[];
  }[];
}

const TRACE_HEADER = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

function spansOf({ traces }: Collector): Span[] {
  const resources = traces.flatMap((text) => (JSON.parse(text) as Traces).resourceSpans);
  return resources.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

describe("service: telemetry", function () {
  this.timeout(60_000);
  let world: ServiceWorld;
  before(async () => {
    world = await ServiceWorld.start();
  });
  after(() => world.end());
  const PROFILE = { displayName: "Ann", language: "de", maturityRating: 0 };

  it("goes to the collector: traces that continue the load balancer's, and metrics, without ids", async () => {
    const collector = await Collector.start();
    const service = await world.startService({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    const id = randomUUID();
    try {
      await send(service.url, "PUT", `/v1/profiles/${id}`, PROFILE, {
        "content-type": "application/json",
        "x-amzn-trace-id": TRACE_HEADER,
      });
      await send(service.url, "GET", `/v1/playback/${id}/tt-42?token=secret`);
      // What is left is sent on the way out.
      service.signal("SIGTERM");
      assert.equal(await service.exit(), 0);
    } finally {
      await service.kill();
      await collector.stop();
    }
    const spans = spansOf(collector);
    const put = spans.find(({ name }) => name === "PUT /v1/profiles/{id}");
    assert.deepEqual(
      [put?.traceId, put?.parentSpanId],
      ["5759e988bd862e3fe1be46a994272793", "53995c3f42cd8ad8"],
    );
    const child = spans.find(({ name }) => name === "database write profile");
    assert.deepEqual([child?.traceId, child?.parentSpanId], [put?.traceId, put?.spanId]);
    assert.ok(spans.some(({ name }) => name === "GET /v1/playback/{profile}/{title}"));
    const names = collector.metrics.flatMap((text) =>
      (JSON.parse(text) as Metrics).resourceMetrics.flatMap(({ scopeMetrics }) =>
        scopeMetrics.flatMap(({ metrics }) => metrics.map(({ name }) => name)),
      ),
    );
    assert.deepEqual([...new Set(names)].sort(), ["http.server.request.duration", "streamflix.cache.uses"]);
    assert.doesNotMatch(
      [...collector.traces, ...collector.metrics].join("\n"),
      new RegExp(`${id}|Ann|tt-42|secret`),
    );
  });

  it("is sampled as its environment says, unless the caller has decided", async () => {
    const collector = await Collector.start();
    const service = await world.startService({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
      OTEL_TRACES_SAMPLER_ARG: "0",
    });
    try {
      await send(service.url, "GET", "/health");
      await send(service.url, "GET", "/nothing", undefined, { "x-amzn-trace-id": TRACE_HEADER });
      service.signal("SIGTERM");
      assert.equal(await service.exit(), 0);
    } finally {
      await service.kill();
      await collector.stop();
    }
    assert.deepEqual(
      spansOf(collector).map(({ name }) => name),
      ["GET none"],
    );
  });

  it("that nobody takes costs no request and no time to stop", async () => {
    const gone = await Collector.start();
    const { url } = gone;
    await gone.stop();
    const service = await world.startService({
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_BSP_SCHEDULE_DELAY: "50",
    });
    try {
      for (let count = 0; count < 20; count += 1) {
        assert.equal((await send(service.url, "PUT", `/v1/profiles/${randomUUID()}`, PROFILE)).status, 200);
        await sleep(20);
      }
      const begin = Date.now();
      service.signal("SIGTERM");
      assert.equal(await service.exit(), 0);
      assert.ok(Date.now() - begin < 4_000);
    } finally {
      await service.kill();
    }
  });
});
