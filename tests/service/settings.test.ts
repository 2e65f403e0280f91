import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { readSettings, SettingsError } from "../../service/settings";

describe("service: settings", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "streamflix-settings-"));
  const ca = path.join(directory, "ca.pem");
  const noCa = path.join(directory, "empty.pem");
  before(() => {
    writeFileSync(ca, "-----BEGIN CERTIFICATE-----\n");
    writeFileSync(noCa, "hello\n");
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  const sound = () => ({
    AWS_REGION: "eu-central-1",
    DATABASE_SECRET_ARN: "arn:aws:secretsmanager:eu-central-1:111111111111:secret:streamflix-database-AbCdEf",
    DATABASE_CA_FILE: ca,
    CACHE_HOST: "master.streamflix-cache.abc123.euc1.cache.amazonaws.com",
    CACHE_REPLICATION_GROUP: "streamflix-cache-dev",
    CACHE_USER: "streamflix-service-dev",
    EVENTS_STREAM: "streamflix-events-dev",
    FILES_DIRECTORY: "/mnt/files",
  });

  const problemsOf = (environment: NodeJS.ProcessEnv) => {
    try {
      readSettings(environment);
    } catch (error) {
      assert.ok(error instanceof SettingsError);
      return error.problems.map((problem) => problem.trim());
    }
    return [];
  };

  it("have defaults where one is right everywhere", () => {
    assert.deepEqual(readSettings(sound()), {
      host: "127.0.0.1",
      port: 8080,
      region: "eu-central-1",
      database: {
        secretArn: sound().DATABASE_SECRET_ARN,
        hosts: { writer: undefined, reader: undefined },
        ca: "-----BEGIN CERTIFICATE-----\n",
      },
      cache: {
        host: sound().CACHE_HOST,
        port: 6379,
        replicationGroup: "streamflix-cache-dev",
        user: "streamflix-service-dev",
      },
      eventsStream: "streamflix-events-dev",
      filesDirectory: "/mnt/files",
      drainNoticeMs: 5_000,
      drainDeadlineMs: 110_000,
    });
  });

  it("do without cache, stream and files where that is said, and nowhere else", () => {
    const { CACHE_HOST, CACHE_REPLICATION_GROUP, CACHE_USER, EVENTS_STREAM, FILES_DIRECTORY, ...rest } =
      sound();
    const alone = readSettings({ ...rest, WITHOUT: "stream,cache,files" });
    assert.deepEqual(
      [alone.cache, alone.eventsStream, alone.filesDirectory],
      [undefined, undefined, undefined],
    );
    const cached = readSettings({
      ...rest,
      WITHOUT: "stream,files",
      CACHE_HOST,
      CACHE_REPLICATION_GROUP,
      CACHE_USER,
    });
    assert.equal(cached.cache?.host, CACHE_HOST);
    const forgotten = problemsOf({
      ...rest,
      EVENTS_STREAM,
      FILES_DIRECTORY,
      WITHOUT: "stream,files",
      PORT: "x",
    });
    assert.deepEqual(
      forgotten.map((problem) => problem.split(":", 1)[0]),
      ["PORT", "CACHE_HOST", "CACHE_REPLICATION_GROUP", "CACHE_USER"],
    );
  });

  it("say where the database is, where the secret is another region's", () => {
    const hosts = { DATABASE_WRITER_HOST: "writer.example", DATABASE_READER_HOST: "reader.example" };
    assert.deepEqual(readSettings({ ...sound(), ...hosts }).database.hosts, {
      writer: "writer.example",
      reader: "reader.example",
    });
  });

  it("are all reported at once when all are missing", () => {
    assert.deepEqual(
      problemsOf({}).map((problem) => problem.split(":", 1)[0]),
      Object.keys(sound()),
    );
  });

  const cases: readonly [name: string, value: string, problem: RegExp][] = [
    ["HOST", "localhost", /^HOST: an IPv4 address$/],
    ["PORT", "65536", /^PORT: a port from 0 to 65535/],
    ["PORT", "80a", /^PORT: a port/],
    ["PORT", "-1", /^PORT: a port/],
    ["AWS_REGION", "us-east-1", /^AWS_REGION: a region in the EU/],
    ["AWS_REGION", "", /^AWS_REGION: is missing; a region in the EU/],
    ["DATABASE_SECRET_ARN", "streamflix-database", /^DATABASE_SECRET_ARN: the ARN of the secret/],
    ["DATABASE_CA_FILE", "ca.pem", /^DATABASE_CA_FILE: the absolute path/],
    [
      "DATABASE_CA_FILE",
      "/nowhere/ca.pem",
      /^DATABASE_CA_FILE: the file can't be read; without it no server is trusted$/,
    ],
    ["DATABASE_CA_FILE", noCa, /^DATABASE_CA_FILE: the file holds no PEM certificate$/],
    ["DATABASE_WRITER_HOST", "postgres://db", /^DATABASE_WRITER_HOST: the writer endpoint's DNS name$/],
    ["DATABASE_READER_HOST", "postgres://db", /^DATABASE_READER_HOST: the reader endpoint's DNS name$/],
    ["WITHOUT", "database", /^WITHOUT: cache, stream and files, those that this place does not have/],
    ["CACHE_HOST", "redis://cache", /^CACHE_HOST: the primary endpoint's DNS name$/],
    ["CACHE_PORT", "0", /^CACHE_PORT: a port from 1/],
    [
      "CACHE_REPLICATION_GROUP",
      "Streamflix",
      /^CACHE_REPLICATION_GROUP: the replication group's id in lower case/,
    ],
    ["CACHE_USER", "a user", /^CACHE_USER: the cache user/],
    ["EVENTS_STREAM", "arn:aws:kinesis", /^EVENTS_STREAM: the name of the Kinesis stream$/],
    ["FILES_DIRECTORY", "files", /^FILES_DIRECTORY: the absolute path/],
    ["DRAIN_NOTICE_SECONDS", "61", /^DRAIN_NOTICE_SECONDS: 0 to 60 seconds/],
    ["STOP_TIMEOUT_SECONDS", "121", /^STOP_TIMEOUT_SECONDS: 12 to 120 seconds/],
    ["STOP_TIMEOUT_SECONDS", "15", /^DRAIN_NOTICE_SECONDS: less than STOP_TIMEOUT_SECONDS minus 10/],
  ];
  for (const [name, value, problem] of cases) {
    it(`refuse ${name}=${value.replace(directory, "")}`, () => {
      const problems = problemsOf({ ...sound(), [name]: value });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", problem);
    });
  }

  it("never show a value", () => {
    const environment = Object.fromEntries(
      Object.keys(sound()).map((name) => [name, "a secret in the wrong place"]),
    );
    assert.equal(problemsOf(environment).length, 8);
    assert.doesNotMatch(problemsOf(environment).join(), /wrong place/);
  });

  it("list the file's problem beside the others", () => {
    const problems = problemsOf({ ...sound(), PORT: "x", DATABASE_CA_FILE: noCa });
    assert.deepEqual(
      problems.map((problem) => problem.split(":", 1)[0]),
      ["PORT", "DATABASE_CA_FILE"],
    );
  });
});
