import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";

import { CreateBucketCommand, PutObjectCommand, S3Client, type StorageClass } from "@aws-sdk/client-s3";
import { parquetWriteBuffer } from "hyparquet-writer";

import { run } from "../../functions/copy-check/run";
import { sampleOf } from "../../functions/copy-check/sample";
import type { Copy } from "../../functions/copy-check/settings";
import { local } from "../remediation/support/world";
import { MotoServer } from "../rotation/support/moto";
import { LambdaProcess } from "../support/lambda-process";
import { FaultyProxy, type Harm } from "./support/faulty-proxy";

type Line = Readonly<Record<string, unknown>>;

const FUNCTION = "streamflix-copy-check-prod-dr";
const PREFIXES = { events: "events/", erasures: "erasures/" } as const;
const HOUR_MS = 3600 * 1000;

/** Identifiers as they are written: none may get into a log. */
const SUBJECT = "subject-of-the-test";
const events = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    eventId: `event-${index}`,
    subject: SUBJECT,
    occurredAt: "2026-11-26T06:00:00.000Z",
  }));
const lines = (all: readonly object[]) => gzipSync(all.map((it) => `${JSON.stringify(it)}\n`).join(""));
/** As Firehose writes it: columns in lower case, pages packed. */
const columns = (all: ReturnType<typeof events>, name = "eventid") =>
  Buffer.from(
    parquetWriteBuffer({
      columnData: [
        { name, data: all.map(({ eventId }) => eventId), type: "STRING" },
        { name: "subject", data: all.map(({ subject }) => subject), type: "STRING" },
      ],
      codec: "GZIP",
      compressors: { GZIP: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)) },
      rowGroupSize: 50,
    }),
  );
const DIGEST = "0123456789abcdef".repeat(4);
const entry = (digest: string, more: object = {}) =>
  Buffer.from(
    JSON.stringify({ digest, reference: "ticket-7", requestedAt: "2026-11-20T10:00:00.000Z", ...more }),
  );
/** The same bytes with some in the middle turned over: what a disk would do. */
const damaged = (body: Buffer) => {
  const copy = Buffer.from(body);
  for (let at = Math.floor(copy.length / 2); at < copy.length / 2 + 8; at += 1) copy[at] = ~(copy[at] ?? 0);
  return copy;
};

/** The same columns, whose end says one row more: 120 and 121, as Thrift writes them in the field for rows. */
const promising = (body: Buffer) => {
  const [written, said] = [Buffer.from([0x16, 0xf0, 0x01]), Buffer.from([0x16, 0xf2, 0x01])];
  const position = body.lastIndexOf(written);
  assert.ok(position > 0 && body.indexOf(written) === position);
  return Buffer.concat([body.subarray(0, position), said, body.subarray(position + said.length)]);
};

describe("copy check", () => {
  let moto: MotoServer;
  let proxy: FaultyProxy;
  let client: S3Client;
  let number = 0;
  before(async function () {
    this.timeout(MotoServer.startTimeoutMs);
    moto = await MotoServer.start();
    proxy = await FaultyProxy.before(moto.url);
    client = new S3Client({ ...local(proxy.url), maxAttempts: 1 });
  });
  after(async () => {
    await proxy.stop();
    await moto.stop();
  });
  afterEach(() => {
    proxy.harms.clear();
  });

  /** New buckets, with objects by key. */
  async function copies(objects: Partial<Record<Copy, Readonly<Record<string, Buffer>>>>) {
    number += 1;
    const place = async (copy: Copy) => {
      const bucket = `streamflix-${copy}-${number}`;
      await client.send(new CreateBucketCommand({ Bucket: bucket }));
      for (const [key, body] of Object.entries(objects[copy] ?? {})) await put(bucket, copy, key, body);
      return { bucket, prefix: PREFIXES[copy] };
    };
    return { events: await place("events"), erasures: await place("erasures") };
  }
  const put = (bucket: string, copy: Copy, key: string, Body: Buffer, StorageClass?: StorageClass) =>
    client.send(new PutObjectCommand({ Bucket: bucket, Key: `${PREFIXES[copy]}${key}`, Body, StorageClass }));

  /** Runs it; its lines by copy, and the error it threw. */
  async function check(settings: Awaited<ReturnType<typeof copies>>, laterHours = 0) {
    const written: Line[] = [];
    const error = await run({
      settings: { copies: settings },
      client,
      functionName: FUNCTION,
      now: () => new Date(Date.now() + laterHours * HOUR_MS),
      random: Math.random,
      write: (line) => written.push(JSON.parse(line) as Line),
    }).then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    const text = JSON.stringify([written, error?.message]);
    for (const hidden of [SUBJECT, "event-0", DIGEST, "ticket-7", "day="]) {
      assert.ok(!text.includes(hidden), `${hidden} is in the log`);
    }
    const of = (copy: Copy, figure: string) =>
      written.filter((line) => line["Copy"] === copy && figure in line);
    const sampleLine = (copy: Copy) => {
      const [line] = of(copy, "ObjectsRead");
      return line && [line["ObjectsRead"], line["ObjectsFailed"], line["withChecksum"], line["archived"]];
    };
    const faults = (copy: Copy) =>
      String(of(copy, "ObjectsRead")[0]?.["faults"])
        .split(", ")
        .filter((it) => it !== "")
        .map((it) => it.replace(/ "[0-9a-f]{32}"$/, " tag"))
        .sort();
    return { written, error, sampleLine, faults, ages: (copy: Copy) => of(copy, "NewestAgeHours") };
  }

  it("reads events as columns and as lines, and entries of the erasure log, each against its checksum", async () => {
    const { written, error, sampleLine, ages } = await check(
      await copies({
        events: {
          "day=2026-11-25/a.parquet": columns(events(120)),
          "day=2026-11-26/b.gz": lines(events(3)),
        },
        erasures: { [`${DIGEST}.json`]: entry(DIGEST) },
      }),
      5,
    );
    assert.equal(error, undefined);
    assert.deepEqual(
      [sampleLine("events"), sampleLine("erasures")],
      [
        [2, 0, "2", "0"],
        [1, 0, "1", "0"],
      ],
    );
    for (const copy of ["events", "erasures"] as const) {
      assert.ok(Math.abs(Number(ages(copy)[0]?.["NewestAgeHours"]) - 5) < 0.1);
    }
    assert.equal(written.length, 4);
    const [{ _aws }] = written as [{ _aws: { CloudWatchMetrics: object[] } }];
    assert.deepEqual(_aws.CloudWatchMetrics, [
      {
        Namespace: "StreamFlix/Copies",
        Dimensions: [["FunctionName", "Copy"]],
        Metrics: [
          { Name: "ObjectsRead", Unit: "Count" },
          { Name: "ObjectsFailed", Unit: "Count" },
        ],
      },
    ]);
  });

  const EVENTS: readonly (readonly [what: string, body: Buffer, fault: string])[] = [
    ["nothing", Buffer.alloc(0), "empty"],
    ["columns without a row", columns([]), "empty"],
    ["lines without a line", lines([]), "empty"],
    ["columns cut off", columns(events(120)).subarray(0, -20), "damaged"],
    ["columns damaged in a page", damaged(columns(events(120))), "damaged"],
    ["columns of which a row is missing", promising(columns(events(120))), "damaged"],
    ["columns of something else", columns(events(3), "cowid"), "not-an-event"],
    ["lines cut off", lines(events(3)).subarray(0, -10), "damaged"],
    ["lines damaged", damaged(lines(events(50))), "damaged"],
    ["lines of something else", lines([{ cow: 1 }]), "not-an-event"],
    ["a line that is no JSON", gzipSync("moo\n"), "not-an-event"],
    ["plain text", Buffer.from(JSON.stringify(events(1)[0])), "unknown-format"],
  ];
  for (const [what, body, fault] of EVENTS) {
    it(`finds events that are ${what}: ${fault}`, async () => {
      const { error, sampleLine, faults } = await check(
        await copies({ events: { "day=2026-11-26/good.gz": lines(events(2)), "day=2026-11-26/bad": body } }),
      );
      assert.equal(error, undefined);
      assert.deepEqual([sampleLine("events"), faults("events")], [[2, 1, "1", "0"], [`${fault} tag`]]);
    });
  }

  const ENTRIES: readonly (readonly [what: string, body: Buffer, fault: string])[] = [
    ["nothing", Buffer.alloc(0), "empty"],
    ["no JSON", Buffer.from("{"), "not-an-entry"],
    ["an entry with more in it", entry(DIGEST, { name: "Jane" }), "not-an-entry"],
    ["another's entry", entry("f".repeat(64)), "not-an-entry"],
  ];
  for (const [what, body, fault] of ENTRIES) {
    it(`finds ${what} in the erasure log: ${fault}`, async () => {
      const { sampleLine, faults } = await check(await copies({ erasures: { [`${DIGEST}.json`]: body } }));
      assert.deepEqual([sampleLine("erasures"), faults("erasures")], [[1, 1, "0", "0"], [`${fault} tag`]]);
    });
  }

  const HARMS: readonly (readonly [what: string, harm: Harm, fault: string])[] = [
    ["that may not be read", { code: "AccessDenied" }, "refused"],
    ["whose key is gone", { code: "KMS.DisabledException" }, "refused"],
    ["that S3 gives other bytes of than it took", "checksum", "wrong-checksum"],
    ["that breaks off", "cut", "broken-off"],
  ];
  for (const [what, harm, fault] of HARMS) {
    it(`finds an object ${what}, and reads the others: ${fault}`, async () => {
      const settings = await copies({
        events: { "day=2026-11-26/a.gz": lines(events(500)), "day=2026-11-26/b.gz": lines(events(2)) },
      });
      proxy.harms.set("/a.gz", { harm, times: Infinity });
      const { error, sampleLine, faults } = await check(settings);
      assert.equal(error, undefined);
      assert.deepEqual([sampleLine("events"), faults("events")], [[2, 1, "1", "0"], [`${fault} tag`]]);
    });
    it(`takes a fault for none of the object when a second try finds it well: ${fault}`, async () => {
      const settings = await copies({ events: { "day=2026-11-26/a.gz": lines(events(500)) } });
      proxy.harms.set("/a.gz", { harm, times: 1 });
      assert.deepEqual((await check(settings)).sampleLine("events"), [1, 0, "1", "0"]);
    });
  }

  it("does not read what is in the archive classes, counts it, and takes its age all the same", async () => {
    const settings = await copies({ events: { "day=2026-11-26/a.gz": lines(events(2)) } });
    for (const storageClass of ["GLACIER", "DEEP_ARCHIVE"] as const) {
      await put(
        settings.events.bucket,
        "events",
        `day=2026-01-01/${storageClass}`,
        lines(events(1)),
        storageClass,
      );
    }
    await put(settings.events.bucket, "events", "day=2026-10-01/ia.gz", lines(events(1)), "STANDARD_IA");
    const { error, sampleLine } = await check(settings);
    assert.equal(error, undefined);
    assert.deepEqual(sampleLine("events"), [2, 0, "2", "2"]);
  });

  it("takes an object that is gone since it was listed for no fault", async () => {
    const settings = await copies({
      events: { "day=2026-11-26/a.gz": lines(events(2)), "day=2026-11-26/b.gz": lines(events(2)) },
    });
    proxy.harms.set("/a.gz", { harm: { code: "NoSuchKey" }, times: Infinity });
    assert.deepEqual((await check(settings)).sampleLine("events"), [1, 0, "1", "0"]);
  });

  it("says nothing of the age of an empty copy, which its alarm takes for too old", async () => {
    const { error, sampleLine, ages } = await check(await copies({}));
    assert.equal(error, undefined);
    assert.deepEqual([sampleLine("events"), ages("events")], [[0, 0, "0", "0"], []]);
  });

  it("leaves out the figures of a copy that can't be listed, looks at the other, and fails", async () => {
    const settings = await copies({ erasures: { [`${DIGEST}.json`]: entry(DIGEST) } });
    proxy.harms.set("prefix=events", { harm: { code: "AccessDenied" }, times: Infinity });
    const { error, sampleLine } = await check(settings);
    assert.equal(error?.name, "CopiesUnseen");
    assert.match(
      error.message,
      /^1 of 2 copies can't be listed: events: AccessDenied: said the bucket\. What to do: /,
    );
    assert.deepEqual([sampleLine("events"), sampleLine("erasures")], [undefined, [1, 0, "1", "0"]]);
  });

  it("runs as it is deployed", async function () {
    this.timeout(60_000);
    const settings = await copies({
      events: { "day=2026-11-26/a.parquet": columns(events(120)) },
      erasures: { [`${DIGEST}.json`]: entry(DIGEST) },
    });
    const lambda = await LambdaProcess.of("functions/copy-check/handler.ts");
    const environment = { AWS_ENDPOINT_URL: proxy.url, AWS_LAMBDA_FUNCTION_NAME: FUNCTION };
    const { error } = await lambda.invoke(
      {},
      { ...environment, SETTINGS: JSON.stringify({ copies: settings }) },
      60_000,
    );
    assert.equal(error, undefined);
    assert.match(lambda.printed.join("\n"), /"Copy":"events","ObjectsRead":1,"ObjectsFailed":0/);
    const without = await lambda.invoke({}, environment, 60_000);
    assert.equal(without.error?.name, "InvalidEnvironment");
  });
});

describe("sample of a copy", () => {
  /** S3 with so many objects, one for each hour before, twenty on each page. */
  const listing = (count: number) => ({
    send: ((command: { input: { ContinuationToken?: string } }) => {
      const start = Number(command.input.ContinuationToken ?? 0);
      const end = Math.min(start + 20, count);
      return Promise.resolve({
        Contents: Array.from({ length: end - start }, (_, index) => ({
          Key: String(start + index),
          ETag: "tag",
          LastModified: new Date(Date.UTC(2026, 10, 1) - (count - start - index) * HOUR_MS),
        })),
        ...(end < count && { NextContinuationToken: String(end) }),
      });
    }) as unknown as S3Client["send"],
  });
  const sample = (count: number, random: () => number = Math.random) =>
    sampleOf(listing(count), { bucket: "b", prefix: "p/" }, 10, random);

  it("is all there is, where that is little", async () => {
    const { readable, objects } = await sample(7);
    assert.deepEqual(
      [readable, objects.map(({ key }) => key).sort()],
      [7, ["0", "1", "2", "3", "4", "5", "6"]],
    );
  });

  it("has the newest, and of the others each with the same chance, over all pages", async () => {
    const counts = new Map<string, number>();
    const runs = 2_000;
    for (let index = 0; index < runs; index += 1) {
      const { readable, newestAt, objects } = await sample(100);
      assert.deepEqual(
        [readable, newestAt, objects[0]?.key],
        [100, new Date(Date.UTC(2026, 10, 1) - HOUR_MS), "99"],
      );
      // The newest is among the others now and then, and is read once.
      const { size } = new Set(objects.map(({ key }) => key));
      assert.ok([9, 10].includes(size) && objects.length === size, `${size} objects`);
      for (const { key } of objects) counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    // Nine of a hundred in each run: about 180 times in 2,000, within six standard deviations.
    assert.equal(counts.get("99"), runs);
    for (let key = 0; key < 99; key += 1) {
      const found = counts.get(String(key)) ?? 0;
      assert.ok(found > 100 && found < 270, `${key} is in ${found} samples of ${runs}`);
    }
  });
});
