/** Events of Aurora that end a failover, by their ids. */
export const FAILOVER_ENDS = {
  "RDS-EVENT-0069": "failed",
  "RDS-EVENT-0070": "ended where it began: the former writer is promoted again",
  "RDS-EVENT-0071": "is done",
} as const;

type FailoverEventId = keyof typeof FAILOVER_ENDS;
export const FAILOVER_EVENT_IDS = Object.keys(FAILOVER_ENDS) as FailoverEventId[];
