import * as pulumi from "@pulumi/pulumi";
import type { DatabaseConfig, Names } from "../../config";
import { eventNotice } from "../event-notice";
import { ruleArn } from "../event-rule";
import { FailureQueue } from "../failure-queue";
import type { MetricSource } from "../metrics";
import { clusterIdentifier } from "./cluster-identifier";
import { instancePrefixes } from "./instances";

export interface PrimaryMovesArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly availabilityZones: readonly string[];
  /** The stack's own member of the global database. */
  readonly database: Pick<DatabaseConfig, "engine" | "readers">;
  /** Tells people at any hour. */
  readonly topic: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
}

const WHAT = "primary-moves";

/**
 * Events of Aurora about a move of the primary that somebody has to know of. Left out are steps on the way, some of
 * which come again and again: volumes that are waited for (0183, 0423), the old primary shut down (0182), the new one
 * promoted (0184), writes blocked as they should be (0390), members that begin to catch up (0240); and the DNS name of
 * the global writer endpoint (0397), which nothing here uses.
 */
export const PRIMARY_MOVE_EVENT_IDS = [
  // A switchover: started, finished, cancelled, failed.
  "RDS-EVENT-0181",
  "RDS-EVENT-0185",
  "RDS-EVENT-0186",
  "RDS-EVENT-0187",
  // A failover: done, failed, all members caught up again, done by a cluster without an instance.
  "RDS-EVENT-0238",
  "RDS-EVENT-0239",
  "RDS-EVENT-0241",
  "RDS-EVENT-0519",
  // Of an instance: the old primary may still have written. The loss is in its snapshot.
  "RDS-EVENT-0391",
] as const;

/**
 * Tells people when the primary of the global database moves, or did not: by whom it was started, an event does not say.
 *
 * Aurora sends events to the region of the cluster or instance that they are of. Each member's stack tells of its own, so
 * that one dark region keeps no message back.
 */
export class PrimaryMoves extends pulumi.ComponentResource {
  /** Of the queue of what reached nobody. */
  readonly metrics: MetricSource;

  constructor(name: string, args: PrimaryMovesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:database:PrimaryMoves", name, {}, opts);
    const { names, accountId, region, database, availabilityZones } = args;
    const parent = { parent: this };
    const rds = `arn:aws:rds:${region}:${accountId}`;

    const failures = new FailureQueue(
      name,
      {
        names,
        accountId,
        region,
        what: WHAT,
        keyArn: args.keyArn,
        senders: [{ service: "events", sourceArns: [ruleArn(args, WHAT)] }],
      },
      parent,
    );
    eventNotice(
      name,
      {
        names,
        what: WHAT,
        pattern: {
          source: ["aws.rds"],
          "detail-type": ["RDS DB Cluster Event", "RDS DB Instance Event"],
          // The category is spelled in two ways in AWS's guides; ids are not.
          detail: {
            SourceArn: [
              `${rds}:cluster:${clusterIdentifier(names)}`,
              ...instancePrefixes(names, database, availabilityZones).map((it) => ({
                prefix: `${rds}:db:${it}`,
              })),
            ],
            EventID: PRIMARY_MOVE_EVENT_IDS,
          },
        },
        topic: args.topic,
        takes: { message: "$.detail.Message", id: "$.detail.EventID" },
        says: "Global database: <message> (<id>) Runbook: docs/runbooks/global-database.md#primary-moved",
        failures,
      },
      parent,
    );
    this.metrics = failures.metrics;
    this.registerOutputs({ metrics: this.metrics });
  }
}
