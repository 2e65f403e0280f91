import { at, type Inventory, listAt, textAt } from "../checklist/inventory";
import type { StackResource } from "../policy/stack-resources";

/** How long something of a class is kept. */
export interface Kept {
  /** As the tag `retention-class` has it. */
  readonly class: string;
  readonly what: string;
  readonly name: string;
  readonly days: number;
}

const HOURS = 24;

/** How long logs, buckets, streams and backups keep what they hold, by class, as deployed. */
export function keptOf(stack: Inventory): readonly Kept[] {
  const rows = [
    ...days(stack, "cloudwatch/logGroup:LogGroup", "log group", ({ inputs }) =>
      at(inputs, "retentionInDays"),
    ),
    ...days(stack, "kinesis/stream:Stream", "stream", ({ inputs }) => {
      const hours = at(inputs, "retentionPeriod");
      return typeof hours === "number" ? hours / HOURS : undefined;
    }),
    ...days(stack, "rds/cluster:Cluster", "backups of the database", ({ inputs }) =>
      at(inputs, "backupRetentionPeriod"),
    ),
    ...days(stack, "elasticache/replicationGroup:ReplicationGroup", "snapshots of the cache", ({ inputs }) =>
      at(inputs, "snapshotRetentionLimit"),
    ),
    ...days(stack, "s3/bucket:Bucket", "bucket", (bucket) => expiryOf(stack, bucket)),
  ];
  return rows.sort(
    (a, b) => a.class.localeCompare(b.class) || a.what.localeCompare(b.what) || a.name.localeCompare(b.name),
  );
}

function days(
  stack: Inventory,
  type: string,
  what: string,
  of: (resource: StackResource) => unknown,
): readonly Kept[] {
  return stack.of(type).flatMap((resource) => {
    const found = of(resource);
    return typeof found === "number"
      ? [
          {
            class: classOf(resource),
            what,
            name: textAt(resource.outputs, "name") ?? resource.name,
            days: found,
          },
        ]
      : [];
  });
}

function classOf({ outputs }: StackResource): string {
  return (
    textAt(outputs, "tagsAll", "retention-class") ?? textAt(outputs, "tags", "retention-class") ?? "none"
  );
}

/** Days after which the last version of an object is gone. */
function expiryOf(stack: Inventory, bucket: StackResource): number | undefined {
  const rules = stack
    .of("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    .filter(({ inputs }) => inputs["bucket"] === bucket.outputs["bucket"])
    .flatMap(({ inputs }) => listAt(inputs, "rules"));
  const sums = rules.flatMap((rule) => {
    const current = at(rule, "expiration", "days");
    const older = at(rule, "noncurrentVersionExpiration", "noncurrentDays");
    return typeof current === "number" ? [current + (typeof older === "number" ? older : 0)] : [];
  });
  return sums.length === 0 ? undefined : Math.max(...sums);
}
