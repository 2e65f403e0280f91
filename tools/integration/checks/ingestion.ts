import { randomBytes } from "node:crypto";

import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";

import { callerOf, statusOf } from "../caller";
import { Broken, type Check, NotRun, until } from "../check";
import type { Target } from "../target";

const randomId = () => randomBytes(16).toString("base64url");

/** A shard admits five reads a second, for all its readers. */
const PAUSE_MS = 1000;
/** Clocks differ. */
const CLOCK_SKEW_MS = 60_000;

/** An event goes in through the API and is found in the stream. */
export function ingestionCheck(target: Target): Check {
  return {
    name: "ingestion",
    proves: "an event sent to the API is in the stream",
    seconds: 90,
    look: async (signal) => {
      const { apiUrl, eventStreamName: StreamName } = target.outputs;
      if (apiUrl === undefined) throw new NotRun("the stack has no API");
      if (StreamName === undefined) throw new NotRun("the stack has no stream");
      const rights = await callerOf(target);
      const start = Date.now();
      const eventId = randomId();
      const occurredAt = new Date(start).toISOString();
      const event = { eventId, sessionId: randomId(), type: "integration-test", occurredAt };
      const request = { method: "POST", path: "/v1/events", body: { events: [event] } } as const;
      const status = await statusOf(apiUrl, request, rights, signal);
      if (status !== 202) throw new Broken(`the API answered ${status} instead of 202`);

      // By itself the client speaks HTTP/2, which proxies and stand-ins on the way often don't.
      const client = new KinesisClient({ region: target.region, requestHandler: new NodeHttpHandler() });
      const iterators = await iteratorsAt(client, StreamName, new Date(start - CLOCK_SKEW_MS));
      const shard = await until(signal, PAUSE_MS, async () => {
        for (const [shardId, ShardIterator] of iterators) {
          const { Records = [], NextShardIterator } = await client.send(
            new GetRecordsCommand({ ShardIterator }),
          );
          if (Records.some(({ Data }) => Buffer.from(Data ?? []).includes(eventId))) return shardId;
          if (NextShardIterator === undefined) iterators.delete(shardId);
          else iterators.set(shardId, NextShardIterator);
        }
        return undefined;
      });
      return `in ${shard} after ${((Date.now() - start) / 1000).toFixed(1)} s`;
    },
  };
}

async function iteratorsAt(
  client: KinesisClient,
  StreamName: string,
  Timestamp: Date,
): Promise<Map<string, string>> {
  // A thousand shards in one answer, as many as an account has.
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }));
  const iterators = new Map<string, string>();
  for (const { ShardId } of Shards) {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: "AT_TIMESTAMP", Timestamp }),
    );
    if (ShardId !== undefined && ShardIterator !== undefined) iterators.set(ShardId, ShardIterator);
  }
  return iterators;
}
