import { gunzipSync } from "node:zlib";

import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { z } from "zod";

import { parseEntry } from "../data-retention/erasure-log";
import { digestOfKey } from "../data-retention/log-keys";

/** Why an object's content is of no use. */
export type ContentFault = "empty" | "unknown-format" | "damaged" | "not-an-event" | "not-an-entry";

const PARQUET_MAGIC = Buffer.from("PAR1");
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
/** A Firehose buffer is 64 MiB; what unpacks to much more is none of its. */
const MOST_UNPACKED_BYTES = 512 * 2 ** 20;

const ID_COLUMN = "eventid";
const event = z.object({ eventId: z.string().min(1), occurredAt: z.string().min(1) });

/** What is wrong with an object of the archive: events as columns, or as lines that are packed. */
export async function eventsFault(body: Buffer): Promise<ContentFault | undefined> {
  if (body.length === 0) return "empty";
  const start = body.subarray(0, PARQUET_MAGIC.length);
  if (start.equals(PARQUET_MAGIC)) return columnsFault(body);
  return start.subarray(0, GZIP_MAGIC.length).equals(GZIP_MAGIC) ? linesFault(body) : "unknown-format";
}

/** Unpacks every page, one column after the other: all of them at once would take the memory of all events. */
async function columnsFault(body: Buffer): Promise<ContentFault | undefined> {
  const file = body.buffer.slice(body.byteOffset, body.byteOffset + body.length) as ArrayBuffer;
  try {
    const metadata = parquetMetadata(file);
    const [, ...columns] = metadata.schema.map(({ name }) => name);
    for (const column of columns) {
      const rows = await parquetReadObjects({
        file,
        metadata,
        columns: [column],
        compressors: { GZIP: unpack },
      });
      if (BigInt(rows.length) !== metadata.num_rows) return "damaged";
      if (column === ID_COLUMN && rows.some(({ [ID_COLUMN]: id }) => typeof id !== "string" || id === ""))
        return "not-an-event";
    }
    if (!columns.includes(ID_COLUMN)) return "not-an-event";
    return metadata.num_rows === 0n ? "empty" : undefined;
  } catch {
    return "damaged";
  }
}

function linesFault(body: Buffer): ContentFault | undefined {
  let text: string;
  try {
    // It has a checksum of its own.
    text = unpack(body).toString("utf8");
  } catch {
    return "damaged";
  }
  const lines = text.split("\n").filter((line) => line !== "");
  if (lines.length === 0) return "empty";
  return lines.every((line) => event.safeParse(jsonOf(line)).success) ? undefined : "not-an-event";
}

/** What is wrong with an object of the erasure log: it has to be an entry, under the name that its digest gives it. */
export function entryFault(key: string, body: Buffer): ContentFault | undefined {
  if (body.length === 0) return "empty";
  try {
    return parseEntry(body.toString("utf8")).digest === digestOfKey(key) ? undefined : "not-an-entry";
  } catch {
    return "not-an-entry";
  }
}

function unpack(packed: Uint8Array): Buffer {
  return gunzipSync(packed, { maxOutputLength: MOST_UNPACKED_BYTES });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
