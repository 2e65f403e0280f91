import { setTimeout as sleep } from "node:timers/promises";

import { type KinesisClient, PutRecordsCommand, type PutRecordsRequestEntry } from "@aws-sdk/client-kinesis";

import type { Deadline } from "./deadline";
import { unavailable } from "./failures";
import { describeError, type Log } from "./log";
import { inSpan, type Instruments } from "./telemetry";

/** One record; records of one key keep their order within a shard. */
export interface StreamRecord {
  readonly partitionKey: string;
  readonly data: string;
}

/** Where records go. */
export interface StreamOptions {
  readonly client: KinesisClient;
  readonly name: string;
  readonly log: Log;
  readonly instruments: Instruments;
}

/** Pauses before records that Kinesis refused, one by one, are put again; milliseconds. */
const PAUSES_MS = [100, 400];

/** The stream of viewing events. */
export class EventStream {
  readonly #options: StreamOptions;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  /**
   * Puts records, 500 at most. Kinesis may take some and refuse others, mostly because a shard is at its limit: those
   * are put again, alone, up to twice.
   *
   * @throws Failure 503 when not all were taken; some may have been, so readers drop those whose id they have seen
   */
  put(records: readonly StreamRecord[], deadline: Deadline): Promise<void> {
    const attributes = { "messaging.system": "aws_kinesis", "messaging.batch.message_count": records.length };
    return inSpan("stream put", attributes, () => this.#putAll(records, deadline));
  }

  async #putAll(records: readonly StreamRecord[], deadline: Deadline): Promise<void> {
    const { instruments, log } = this.#options;
    let rest: PutRecordsRequestEntry[] = records.map(({ partitionKey, data }) => ({
      PartitionKey: partitionKey,
      Data: Buffer.from(data),
    }));
    for (let attempt = 0; ; attempt += 1) {
      const { refused, code } = await this.#putOnce(rest, deadline);
      instruments.events.add(rest.length - refused.length, { result: "accepted" });
      if (refused.length === 0) return;
      const pauseMs = (PAUSES_MS[attempt] ?? Infinity) * (0.75 + Math.random() / 2);
      if (pauseMs >= deadline.remainingMs) {
        instruments.events.add(refused.length, { result: "refused" });
        log("error", "stream refused events", { count: refused.length, code, attempt });
        throw unavailable("The event stream");
      }
      instruments.events.add(refused.length, { result: "retried" });
      rest = refused;
      await sleep(pauseMs);
    }
  }

  async #putOnce(
    entries: PutRecordsRequestEntry[],
    deadline: Deadline,
  ): Promise<{ refused: PutRecordsRequestEntry[]; code: string }> {
    const { client, name, log } = this.#options;
    const command = new PutRecordsCommand({ StreamName: name, Records: entries });
    try {
      const abortSignal = AbortSignal.timeout(deadline.remainingMs);
      const { Records: results = [] } = await client.send(command, { abortSignal });
      // Results come in the order of the entries. One that is missing is no proof that its record was taken.
      const isRefused = (index: number) => results[index]?.SequenceNumber === undefined;
      const refused = entries.filter((_entry, index) => isRefused(index));
      return { refused, code: results.find((result) => result.ErrorCode !== undefined)?.ErrorCode ?? "none" };
    } catch (error) {
      log("error", "stream does not serve", describeError(error));
      throw unavailable("The event stream", error);
    }
  }
}
