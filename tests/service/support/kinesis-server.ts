import { randomUUID } from "node:crypto";

import { type FakeAnswer, HttpFake } from "./http-fake";

/** A record that the stream took. */
export interface TakenRecord {
  readonly partitionKey: string;
  readonly data: string;
}

interface Entry {
  readonly Data: string;
  readonly PartitionKey: string;
}

/** Limits of one call. */
const MAX_RECORDS = 500;
const MAX_KEY = 256;

/**
 * PutRecords of Kinesis Data Streams on 127.0.0.1, in AWS's JSON 1.1 protocol. It refuses what AWS refuses, and single
 * records on demand, as a shard at its limit does.
 */
export class KinesisServer {
  readonly records: TakenRecord[] = [];
  /** Number of records of each call. */
  readonly calls: number[] = [];
  /** Decides which record of which call (from 0) is refused. */
  refuses: (index: number, call: number) => boolean = () => false;
  /** Whether connections are broken off. */
  dead = false;
  readonly #stream: string;
  readonly #fake: HttpFake;

  private constructor(stream: string) {
    this.#stream = stream;
    this.#fake = new HttpFake((request, body) => this.#answer(String(request.headers["x-amz-target"]), body));
  }

  static async start(stream: string): Promise<KinesisServer> {
    const server = new KinesisServer(stream);
    await server.#fake.start();
    return server;
  }

  get url(): string {
    return this.#fake.url;
  }

  stop(): Promise<void> {
    return this.#fake.stop();
  }

  reset(): void {
    this.records.length = 0;
    this.calls.length = 0;
    this.refuses = () => false;
    this.dead = false;
  }

  #answer(target: string, body: string): FakeAnswer {
    if (this.dead) return undefined;
    if (target !== "Kinesis_20131202.PutRecords") return refusal("UnknownOperationException", target);
    const input = JSON.parse(body) as { readonly StreamName?: string; readonly Records?: readonly Entry[] };
    const entries = input.Records ?? [];
    if (input.StreamName !== this.#stream)
      return refusal("ResourceNotFoundException", "There is no such stream.");
    if (entries.length === 0 || entries.length > MAX_RECORDS)
      return refusal("ValidationException", "Number of records.");
    if (entries.some(({ PartitionKey: key }) => key === "" || key.length > MAX_KEY)) {
      return refusal("ValidationException", "Partition key.");
    }
    const call = this.calls.push(entries.length) - 1;
    const results = entries.map(({ Data, PartitionKey }, index) => {
      if (this.refuses(index, call)) {
        return {
          ErrorCode: "ProvisionedThroughputExceededException",
          ErrorMessage: "Rate exceeded for shard.",
        };
      }
      this.records.push({ partitionKey: PartitionKey, data: Buffer.from(Data, "base64").toString("utf8") });
      return { SequenceNumber: randomUUID(), ShardId: "shardId-000000000000" };
    });
    const failed = results.filter((result) => "ErrorCode" in result).length;
    return json(200, { FailedRecordCount: failed, Records: results });
  }
}

function refusal(type: string, message: string): FakeAnswer {
  return json(400, { __type: type, message });
}

function json(status: number, value: unknown): FakeAnswer {
  return { status, type: "application/x-amz-json-1.1", body: JSON.stringify(value) };
}
