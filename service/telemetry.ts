import { setTimeout as sleep } from "node:timers/promises";

import {
  type Attributes,
  type Counter,
  type Histogram,
  type Meter,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { AWSXRayPropagator } from "@opentelemetry/propagator-aws-xray";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

import { describeError } from "./log";

const NAME = "streamflix-service";

/** One export may take this long; a collector on this host takes milliseconds. */
const EXPORT_MS = 2_000;

/** What the service measures beside its traces. Attributes are words from short lists, never ids. */
export interface Instruments {
  /** Seconds from the first byte of a request to the last of its answer, by route, method and status. */
  readonly requestDuration: Histogram;
  /** Uses of the cache by `result`: hit, miss, away or failed. */
  readonly cacheUses: Counter;
  /** Repeated statements by `code`, the reason for which the one before failed. */
  readonly databaseRetries: Counter;
  /** Viewing events by `result`: accepted, retried or refused. */
  readonly events: Counter;
}

/** Instruments of a meter; the default one measures nothing. */
export function makeInstruments(meter: Meter = metrics.getMeter(NAME)): Instruments {
  return {
    requestDuration: meter.createHistogram("http.server.request.duration", {
      unit: "s",
      advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] },
    }),
    cacheUses: meter.createCounter("streamflix.cache.uses"),
    databaseRetries: meter.createCounter("streamflix.database.retries"),
    events: meter.createCounter("streamflix.events"),
  };
}

/** Running telemetry. */
export interface Telemetry {
  readonly instruments: Instruments;
  /** Sends what is left and ends; it takes at most a few seconds and never fails. */
  stop(): Promise<void>;
}

/**
 * Sends traces and metrics by OTLP over HTTP to the collector beside the service, at localhost:4318 unless
 * OpenTelemetry's own environment variables name another. A collector that is away costs the spans, nothing else.
 */
export function startTelemetry(): Telemetry {
  const resource = resourceFromAttributes({ "service.name": NAME });
  const tracers = new NodeTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ timeoutMillis: EXPORT_MS }))],
  });
  // Load balancer and API pass their trace on in X-Ray's header.
  tracers.register({ propagator: new AWSXRayPropagator() });
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ timeoutMillis: EXPORT_MS }),
    exportTimeoutMillis: EXPORT_MS,
  });
  const meters = new MeterProvider({ resource, readers: [reader] });
  return {
    instruments: makeInstruments(meters.getMeter(NAME)),
    stop: async () => {
      await Promise.race([Promise.allSettled([tracers.shutdown(), meters.shutdown()]), sleep(EXPORT_MS)]);
    },
  };
}

/** Does something within a span of its own. Of an error the span gets class and code, not the text. */
export function inSpan<Result>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => Promise<Result>,
  kind: SpanKind = SpanKind.CLIENT,
): Promise<Result> {
  return trace.getTracer(NAME).startActiveSpan(name, { kind, attributes }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      const { error: type, code } = describeError(error);
      span.setAttributes({ "error.type": code ?? type ?? "unknown" });
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}
