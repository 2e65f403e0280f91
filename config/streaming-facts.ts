import type { REGIONS } from "./facts";

/** What an account has of Kinesis without asking for more. */
export interface StreamLimits {
  /** Shards of all its provisioned streams. */
  readonly shards: number;
  /** Megabytes a second that an on-demand stream takes at most. */
  readonly onDemandMegabytesPerSecond: number;
}

const SMALL: StreamLimits = { shards: 200, onDemandMegabytesPerSecond: 200 };

/** The limits by region: Ireland is one of three in the world with the high ones. */
export const STREAM_LIMITS: Readonly<Record<keyof typeof REGIONS, StreamLimits>> = {
  "eu-central-1": SMALL,
  "eu-west-1": { shards: 500, onDemandMegabytesPerSecond: 10_240 },
  "eu-west-3": SMALL,
  "eu-north-1": SMALL,
  "eu-south-1": SMALL,
  "eu-south-2": SMALL,
};

/** Formats of the archive. */
export const ARCHIVE_FORMATS = ["json", "parquet"] as const;
