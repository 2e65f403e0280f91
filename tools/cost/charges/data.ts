import { combine, scaled } from "../money";
import { isListed } from "../prices";
import {
  type Charge,
  HOURS,
  numberOf,
  type Pricing,
  standing,
  textOf,
  unpriced,
  used,
  type Subject,
} from "./charge";

const clusterOf = ({ stack }: Subject) => stack.ofType("aws:rds/cluster:Cluster")[0];

const isIoOptimized = (subject: Subject) => {
  const cluster = clusterOf(subject);
  return cluster !== undefined && textOf(cluster, "storageType") === "aurora-iopt1";
};

const mode = (subject: Subject) => (isIoOptimized(subject) ? "Aurora I/O-Optimized" : "Aurora Standard");

const cluster: Pricing = (subject) => {
  const { storageGb, millionIos, backupGb } = subject.usage.database;
  const ios = "Storage I/O requests (Standard only; 0 on I/O-Optimized)";
  return [
    used(subject, "aurora", `Storage, ${mode(subject)}`, storageGb),
    ...(isIoOptimized(subject) ? [] : [used(subject, "aurora", ios, millionIos)]),
    used(subject, "aurora", "Backup storage beyond free allocation (1x cluster size)", backupGb),
  ];
};

const instance: Pricing = (subject) => {
  const size = textOf(subject.resource, "instanceClass");
  if (size !== "db.serverless") return [unpriced(`${size} instance`)];
  const { min, max } = serverlessLimits(subject);
  const average = combine((acu) => Math.min(Math.max(acu, min), max), subject.usage.database.acuPerInstance);
  const dimension = `Serverless v2 capacity, ${mode(subject)}`;
  return [used(subject, "aurora", dimension, scaled(average, HOURS), min * HOURS)];
};

/** Capacity of the cluster's serverless instances, in ACU. */
function serverlessLimits(subject: Subject): { readonly min: number; readonly max: number } {
  const scaling = clusterOf(subject)?.inputs["serverlessv2ScalingConfiguration"] as
    { readonly minCapacity?: number; readonly maxCapacity?: number } | undefined;
  return { min: scaling?.minCapacity ?? 0, max: scaling?.maxCapacity ?? Infinity };
}

const cache: Pricing = (subject) => {
  const { resource } = subject;
  const engine = textOf(resource, "engine") === "valkey" ? "Valkey" : "Redis OSS";
  const dimension = `${textOf(resource, "nodeType")} node, ${engine}`;
  const nodes = numberOf(resource, "numCacheClusters", 1);
  return isListed("elasticache", dimension)
    ? [standing(subject, "elasticache", dimension, nodes * HOURS)]
    : [unpriced(dimension)];
};

const files: Pricing = (subject) => {
  const { standardGb, infrequentGb, archiveGb, readGb, writtenGb } = subject.usage.files;
  const elastic = textOf(subject.resource, "throughputMode") === "elastic";
  const infrequent = elastic ? "file systems in Elastic Throughput mode" : "Bursting/Provisioned mode";
  return [
    used(subject, "efs", "Standard (regional) storage", standardGb),
    used(subject, "efs", `Infrequent Access storage (${infrequent})`, infrequentGb),
    ...(elastic
      ? [
          used(subject, "efs", "Archive storage (Elastic Throughput only)", archiveGb),
          used(subject, "efs", "Elastic Throughput read", readGb),
          used(subject, "efs", "Elastic Throughput write", writtenGb),
        ]
      : []),
  ];
};

const secret: Pricing = (subject) => {
  const replicas = (subject.resource.inputs["replicas"] as readonly unknown[] | undefined) ?? [];
  const secrets = "Secret (replica in another region counts as a secret)";
  return [standing(subject, "secretsmanager", secrets, 1 + replicas.length), reads(subject)];
};

function reads(subject: Subject): Charge {
  const share = subject.stack.ofType("aws:secretsmanager/secret:Secret").length;
  const tenThousands = scaled(subject.usage.security.thousandSecretReads, 1 / 10 / share);
  return used(subject, "secretsmanager", "API calls", tenThousands);
}

/** Database, cache, files and their secrets. */
export const dataPricing: Readonly<Record<string, Pricing>> = {
  "aws:rds/cluster:Cluster": cluster,
  "aws:rds/clusterInstance:ClusterInstance": instance,
  "aws:elasticache/replicationGroup:ReplicationGroup": cache,
  "aws:efs/fileSystem:FileSystem": files,
  "aws:secretsmanager/secret:Secret": secret,
};
