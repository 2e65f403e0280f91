import { type Case, checkCases, one, prod } from "./cases";

const STREAMING = "streamflix:streaming";
const CAPACITY = `${STREAMING}.capacity`;
const SHARDS = "a whole number from 1 to 500, at most what an account has in the region; prod: 2 or more";
const PEAK = "a whole number from 1 to 10240, at most what the region takes";
const provisioned = (shards: unknown) => ({ provisioned: { shards } });
const onDemand = (peakMegabytesPerSecond: unknown) => ({ onDemand: { peakMegabytesPerSecond } });

const CASES: readonly Case[] = [
  one("no stream", STREAMING, undefined),
  one("a stream on demand", CAPACITY, onDemand(200)),
  one("as many shards as an account has", CAPACITY, provisioned(200)),
  one(
    "no capacity",
    CAPACITY,
    undefined,
    `${CAPACITY} | nothing | an object with either provisioned or onDemand`,
  ),
  one("capacity of no kind", CAPACITY, {}, `${CAPACITY} | {} | write one of provisioned, onDemand`),
  one(
    "capacity of both kinds",
    CAPACITY,
    { ...provisioned(1), ...onDemand(1) },
    `${CAPACITY} | {"provisioned":{"shards":1},"onDemand":{"peakMegabytesPerSecond":1}} | keep one of provisioned, onDemand`,
  ),
  one("no shards", CAPACITY, provisioned(0), `${CAPACITY}.provisioned.shards | 0 | ${SHARDS}`),
  one("shards as text", CAPACITY, provisioned("2"), `${CAPACITY}.provisioned.shards | "2" | ${SHARDS}`),
  one(
    "more shards than any region has",
    CAPACITY,
    provisioned(501),
    `${CAPACITY}.provisioned.shards | 501 | ${SHARDS}`,
  ),
  one(
    "more shards than the region has",
    CAPACITY,
    provisioned(201),
    `${CAPACITY}.provisioned.shards | 201 | at most 200 in eu-central-1`,
  ),
  prod(
    "one shard in prod",
    CAPACITY,
    provisioned(1),
    `${CAPACITY}.provisioned.shards | 1 | 2 or more in prod`,
  ),
  prod("on demand in prod", CAPACITY, onDemand(1)),
  one("no peak", CAPACITY, onDemand(0), `${CAPACITY}.onDemand.peakMegabytesPerSecond | 0 | ${PEAK}`),
  one(
    "a peak above the region's ceiling",
    CAPACITY,
    onDemand(201),
    `${CAPACITY}.onDemand.peakMegabytesPerSecond | 201 | have fewer or smaller events, aggregate them, or write provisioned with the shards that AWS has granted`,
  ),
  one(
    "a format that nobody writes",
    `${STREAMING}.archiveFormat`,
    "orc",
    `${STREAMING}.archiveFormat | "orc" | json or parquet`,
  ),
  one(
    "retention beside the table's",
    `${STREAMING}.retentionHours`,
    24,
    `${STREAMING}.retentionHours | an unknown key | remove it`,
  ),
];

checkCases("configuration rules: streaming", CASES);
