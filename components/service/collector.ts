/** Ports of the collector that its neighbour in the task sends to; nobody else reaches them. */
export const OTLP_PORTS = { grpc: 4317, http: 4318 } as const;
const XRAY_PORT = 2000;
const HEALTH_PORT = 13133;

/** Memory of the collector in MiB: it refuses data well before that, instead of being killed. */
export const COLLECTOR_MEMORY = 256;
const MEMORY_LIMIT = 192;
const MEMORY_SPIKE = 48;

/** What a standard parameter of Systems Manager holds, in bytes. */
const PARAMETER_BYTES = 4096;

/** Namespace of the service's own metrics. */
export const METRIC_NAMESPACE = "StreamFlix/Service";

/** Settings of components by name, such as `otlp` or `batch/large`. */
type Parts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** One way from receivers through processors, in this order, to exporters. */
interface Pipeline {
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
}

/** Configuration of an OpenTelemetry collector. */
export interface CollectorConfig {
  readonly extensions: Parts;
  readonly receivers: Parts;
  readonly processors: Parts;
  readonly exporters: Parts;
  readonly service: {
    readonly extensions: readonly string[];
    readonly pipelines: Readonly<Record<string, Pipeline>>;
  };
}

/** Collector of the task: traces to X-Ray, metrics as log lines that CloudWatch turns into metrics. */
export function collectorConfig(region: string, metricsLogGroupName: string): CollectorConfig {
  const processors = ["memory_limiter", "resourcedetection", "batch"];
  return {
    extensions: { health_check: { endpoint: `127.0.0.1:${HEALTH_PORT}` } },
    receivers: {
      otlp: {
        protocols: {
          grpc: { endpoint: `127.0.0.1:${OTLP_PORTS.grpc}` },
          http: { endpoint: `127.0.0.1:${OTLP_PORTS.http}` },
        },
      },
      awsxray: { endpoint: `127.0.0.1:${XRAY_PORT}`, transport: "udp" },
    },
    processors: {
      memory_limiter: { check_interval: "1s", limit_mib: MEMORY_LIMIT, spike_limit_mib: MEMORY_SPIKE },
      resourcedetection: { detectors: ["env", "ecs"], timeout: "2s", override: false },
      batch: { timeout: "5s", send_batch_size: 512 },
    },
    exporters: {
      awsxray: { region },
      awsemf: {
        region,
        namespace: METRIC_NAMESPACE,
        log_group_name: metricsLogGroupName,
        log_stream_name: "{TaskId}",
        dimension_rollup_option: "NoDimensionRollup",
      },
    },
    service: {
      extensions: ["health_check"],
      pipelines: {
        traces: { receivers: ["otlp", "awsxray"], processors, exporters: ["awsxray"] },
        metrics: { receivers: ["otlp"], processors, exporters: ["awsemf"] },
      },
    },
  };
}

/**
 * The configuration as the collector reads it. JSON is YAML, too.
 *
 * @throws Error with every problem for which the collector would not start, or would run into its memory limit
 */
export function collectorText(config: CollectorConfig): string {
  const text = JSON.stringify(config);
  const bytes = Buffer.byteLength(text);
  const problems = [
    ...pipelineProblems(config),
    ...unusedParts(config),
    ...(bytes > PARAMETER_BYTES
      ? [
          `it has ${bytes} bytes; a standard parameter holds ${PARAMETER_BYTES}, so move settings into the image`,
        ]
      : []),
  ];
  if (problems.length > 0) {
    throw new Error(["The configuration of the collector can't be used:", ...problems].join("\n- "));
  }
  return text;
}

const KINDS = ["receivers", "processors", "exporters"] as const;

function pipelineProblems({ service, ...parts }: CollectorConfig): string[] {
  return Object.entries(service.pipelines).flatMap(([name, pipeline]) => [
    ...KINDS.flatMap((kind) =>
      pipeline[kind]
        .filter((part) => !Object.hasOwn(parts[kind], part))
        .map((part) => `pipeline ${name} names ${part}, which is not among the ${kind}`),
    ),
    ...KINDS.filter((kind) => kind !== "processors" && pipeline[kind].length === 0).map(
      (kind) => `pipeline ${name} has no ${kind}`,
    ),
    ...(pipeline.processors[0] === "memory_limiter"
      ? []
      : [`pipeline ${name} has to begin with memory_limiter: what comes before it is never refused`]),
  ]);
}

function unusedParts({ service, ...parts }: CollectorConfig): string[] {
  const used = (kind: (typeof KINDS)[number]) => Object.values(service.pipelines).flatMap((it) => it[kind]);
  return [
    ...KINDS.flatMap((kind) =>
      Object.keys(parts[kind])
        .filter((part) => !used(kind).includes(part))
        .map((part) => `no pipeline uses ${part} of the ${kind}`),
    ),
    ...Object.keys(parts.extensions)
      .filter((part) => !service.extensions.includes(part))
      .map((part) => `service.extensions leaves out ${part}`),
  ];
}
