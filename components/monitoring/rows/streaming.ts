import { metric } from "../../metrics";
import type { Streaming } from "../../streaming";
import type { AlarmRow } from "../alarm";
import { inARow, type Thresholds } from "../thresholds";

const QUIET = { as: "notBreaching", because: "no events, no figures" } as const;

/** Alarms on the stream of events and on what brings them to the archive. */
export function streamingAlarms(
  { stream, delivery }: Streaming["metrics"],
  thresholds: Thresholds,
): AlarmRow[] {
  const throttled = (what: "write" | "read", name: string, means: string): AlarmRow => ({
    what: `stream-${what}-throttled`,
    severity: "warning",
    means,
    runbook: "streaming#throttled",
    signal: metric(stream, name, "Average"),
    comparison: ">",
    threshold: 0,
    periods: inARow(60, 5),
    missing: QUIET,
  });
  return [
    {
      what: "stream-lag",
      severity: "critical",
      means: `Events wait in the stream for more than ${thresholds.streamLagSeconds} s: whoever reads it does not keep up.`,
      runbook: "streaming#lag",
      signal: metric(stream, "GetRecords.IteratorAgeMilliseconds", "Maximum"),
      comparison: ">",
      threshold: thresholds.streamLagSeconds * 1000,
      periods: inARow(60, 15),
      missing: QUIET,
    },
    throttled(
      "write",
      "WriteProvisionedThroughputExceeded",
      "The stream refuses events: clients and tasks have to send them again.",
    ),
    throttled(
      "read",
      "ReadProvisionedThroughputExceeded",
      "The stream refuses to be read so often: readers fall behind.",
    ),
    {
      what: "archive-late",
      severity: "warning",
      means: `Events are more than ${thresholds.archiveDelaySeconds} s old and not in the archive yet.`,
      runbook: "streaming#archive",
      signal: metric(delivery, "DeliveryToS3.DataFreshness", "Maximum"),
      comparison: ">",
      threshold: thresholds.archiveDelaySeconds,
      periods: inARow(300, 3),
      missing: QUIET,
    },
    {
      what: "archive-failing",
      severity: "critical",
      means: "Events can't be written to the archive; they are lost once the stream has forgotten them.",
      runbook: "streaming#archive",
      signal: metric(delivery, "DeliveryToS3.Success", "Average"),
      comparison: "<",
      threshold: 1,
      periods: inARow(300, 3),
      missing: QUIET,
    },
  ];
}
