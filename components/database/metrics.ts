import type * as pulumi from "@pulumi/pulumi";
import {
  CLASS_GIBIBYTES,
  CONNECTIONS,
  type DatabaseConfig,
  GIBIBYTES_PER_ACU,
  type Names,
} from "../../config";
import type { MetricSource } from "../metrics";
import type { FunctionMetrics } from "../function-parts";

/** Namespace of what is counted in the database's log. */
export const DATABASE_NAMESPACE = "StreamFlix/Database";

/** Figures of the database, and what they are to be compared with. */
export interface DatabaseMetrics {
  readonly cluster: MetricSource;
  /** By the role an instance has: which of them it is changes with every failover. */
  readonly writer: MetricSource;
  /** All readers together. @default there are none */
  readonly readers?: MetricSource;
  /** Whether instances grow and shrink, and whether they pause. */
  readonly scales: "not" | "awake" | "to zero";
  /** Memory of an instance at its largest, about. */
  readonly largestGibibytes: number;
  /** Connections that an instance admits. */
  readonly maxConnections: number;
  /** The server's log. */
  readonly serverLogGroupName: pulumi.Input<string>;
  /** Makes roles. @default they arrive by replication */
  readonly rolesFunction?: FunctionMetrics;
  /** Whether it is another region's copy: until it takes over it has no writer, and it may fall behind. */
  readonly isCopy: boolean;
}

/** What the figures of a database are, by its configuration. */
export function databaseMetrics(args: {
  readonly names: Names;
  readonly database: Pick<DatabaseConfig, "engine" | "readers" | "global">;
  readonly serverLogGroupName: pulumi.Input<string>;
  readonly rolesFunction?: FunctionMetrics;
}): DatabaseMetrics {
  const { engine, readers, global } = args.database;
  const isCopy = global?.secondaryOf !== undefined;
  const DBClusterIdentifier = args.names.fixed("dbCluster", "database");
  const source = (more: Readonly<Record<string, string>>) => ({
    namespace: "AWS/RDS",
    dimensions: { DBClusterIdentifier, ...more },
  });
  const hasReaders = isCopy || (readers.serverless?.count ?? readers.provisioned?.min ?? 0) > 0;
  return {
    cluster: source({}),
    writer: source({ Role: "WRITER" }),
    ...(hasReaders && { readers: source({ Role: "READER" }) }),
    scales:
      engine.serverless === undefined ? "not" : engine.serverless.minCapacity === 0 ? "to zero" : "awake",
    largestGibibytes: largestGibibytes(engine),
    maxConnections: maxConnections(engine),
    serverLogGroupName: args.serverLogGroupName,
    ...(args.rolesFunction && { rolesFunction: args.rolesFunction }),
    isCopy,
  };
}

/** @throws Error for an instance class that nobody has written the memory of down */
export function largestGibibytes({ serverless, provisioned }: DatabaseConfig["engine"]): number {
  if (serverless !== undefined) return GIBIBYTES_PER_ACU * serverless.maxCapacity;
  const instanceClass = provisioned?.instanceClass ?? "";
  const memory = CLASS_GIBIBYTES[instanceClass] ?? CLASS_GIBIBYTES[instanceClass.split(".").at(-1) ?? ""];
  if (memory === undefined) throw new Error(`config/monitoring-facts.ts has no memory of ${instanceClass}.`);
  return memory;
}

/** Connections that an instance admits at AWS's default, which is made from its largest memory. */
export function maxConnections(engine: DatabaseConfig["engine"]): number {
  const units = largestGibibytes(engine) / GIBIBYTES_PER_ACU;
  const byMemory = Math.round(CONNECTIONS.perAcu * units - CONNECTIONS.less);
  const least = engine.serverless?.minCapacity ?? units;
  return Math.min(byMemory, least <= 0.5 ? CONNECTIONS.mostFromHalfAcu : CONNECTIONS.most);
}
