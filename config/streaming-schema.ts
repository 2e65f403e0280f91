import { z } from "zod";

import { exactlyOne, noted } from "./fields";
import { ARCHIVE_FORMATS } from "./streaming-facts";

const MOST_SHARDS = 500;
const MOST_MEGABYTES = 10_240;

const capacity = noted(
  exactlyOne(
    z.strictObject({
      provisioned: noted(
        z
          .strictObject({
            shards: noted(z.int().min(1).max(MOST_SHARDS), {
              means:
                "Shards of the stream: each takes 1 MB or 1,000 events a second. One change at most doubles or halves them.",
              allowed: `a whole number from 1 to ${MOST_SHARDS}, at most what an account has in the region; prod: 2 or more`,
              why: "events beyond it are refused, and each shard is paid for by the hour",
            }),
          })
          .readonly()
          .exactOptional(),
        {
          means: "A fixed number of shards.",
          allowed: "an object with shards",
          why: "each kind has its own settings",
          absent: "a stream on demand",
        },
      ),
      onDemand: noted(
        z
          .strictObject({
            peakMegabytesPerSecond: noted(z.int().min(1).max(MOST_MEGABYTES), {
              means:
                "The most that is expected to come in. AWS isn't told; it is checked against what the region takes.",
              allowed: `a whole number from 1 to ${MOST_MEGABYTES}, at most what the region takes`,
              why: "a stream on demand ends at the region's ceiling, and a new one starts at 4 MB a second and doubles from there",
            }),
          })
          .readonly()
          .exactOptional(),
        {
          means: "As many shards as the traffic needs, up to the region's ceiling.",
          allowed: "an object with peakMegabytesPerSecond",
          why: "each kind has its own settings",
          absent: "a fixed number of shards",
        },
      ),
    }),
  ).readonly(),
  {
    means: "How much the stream takes. Changing from one kind to the other keeps the stream.",
    allowed: "an object with either provisioned or onDemand",
    why: "events beyond it are refused, and it decides the cost",
  },
);

/** Section `streamflix:streaming`. */
export const streaming = noted(
  z
    .strictObject({
      capacity,
      archiveFormat: noted(z.enum(ARCHIVE_FORMATS), {
        means:
          "How events are archived: json = as they came, one a line, gzipped; parquet = in columns, with a table for queries.",
        allowed: ARCHIVE_FORMATS.join(" or "),
        why: "queries read a tenth of parquet; json keeps whatever a writer sends, also what the table doesn't know",
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means: "Stream of viewing events, and their archive.",
    allowed: "an object",
    why: "how much is taken is never guessed",
    absent: "no stream, no archive, and no route for events",
  },
);
