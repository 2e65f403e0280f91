import { at, type Inventory, listAt, textAt } from "./inventory";

/** Something that is kept a second time, in another region. */
export interface Copy {
  readonly what: "bucket" | "secret" | "backups" | "database";
  readonly name: string;
  /** Bucket, region, vault or global database that gets it. */
  readonly to: string;
  /** How far behind the copy is. */
  readonly behind: string;
  /** Days for which a copy of a backup is kept. @default as the original */
  readonly days?: number;
}

/** What a stack sends to another region, as deployed. A copy that is switched off is none. */
export function copiesOf(stack: Inventory): readonly Copy[] {
  return [
    ...stack.of("rds/globalCluster:GlobalCluster").map(({ name, inputs }): Copy => ({
      what: "database",
      name,
      to: textAt(inputs, "globalClusterIdentifier") ?? "a global database",
      behind: "a second, typically; nothing where no cluster has joined",
    })),
    ...stack.of("backup/plan:Plan").flatMap(({ name, inputs }) =>
      listAt(inputs, "rules").flatMap((rule) =>
        listAt(rule, "copyActions").map((copy): Copy => {
          const days = at(copy, "lifecycle", "deleteAfter");
          return {
            what: "backups",
            name,
            to: shortName(textAt(copy, "destinationVaultArn"), "backup-vault:"),
            behind: "with each backup",
            ...(typeof days === "number" && { days }),
          };
        }),
      ),
    ),
    ...stack.of("s3/bucketReplicationConfig:BucketReplicationConfig").flatMap(({ name, inputs }) =>
      listAt(inputs, "rules")
        .filter((rule) => at(rule, "status") === "Enabled")
        .map((rule): Copy => {
          const minutes = textAt(rule, "destination", "replicationTime", "time", "minutes");
          return {
            what: "bucket",
            name: textAt(inputs, "bucket") ?? name,
            to: shortName(textAt(rule, "destination", "bucket"), ":::"),
            behind: minutes === undefined ? "nobody promises" : `${minutes} minutes at most`,
          };
        }),
    ),
    ...stack.of("secretsmanager/secret:Secret").flatMap(({ name, inputs }) =>
      listAt(inputs, "replicas").map((replica): Copy => ({
        what: "secret",
        name,
        to: textAt(replica, "region") ?? "another region",
        behind: "with each new value",
      })),
    ),
  ];
}

/** What comes after a part of an ARN, with the region where the ARN has one. */
function shortName(arn = "", after: string): string {
  const name = arn.slice(arn.lastIndexOf(after) + after.length);
  const region = arn.split(":")[3] ?? "";
  return region === "" ? name : `${name} in ${region}`;
}
