import { readFileSync } from "node:fs";

import { z } from "zod";

/** Wanted text, given as an environment variable; an empty one counts as missing. */
const text = (pattern: RegExp, allowed: string) => z.string(`is missing; ${allowed}`).regex(pattern, allowed);

const whole = (min: number, max: number, allowed: string) =>
  z
    .string()
    .regex(/^\d{1,6}$/, allowed)
    .transform(Number)
    .refine((value) => value >= min && value <= max, allowed);

const folder = (allowed: string) => text(/^\/[^\0]*$/, allowed);

/** Kept back from the stop timeout, to say why the process ends; seconds. */
const STOP_MARGIN_SECONDS = 10;

const dnsName = (allowed: string) => text(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, allowed);

/** What a place that stands by may do without, and which variables say where each is. */
const OPTIONAL = {
  cache: z.object({
    CACHE_HOST: dnsName("the primary endpoint's DNS name"),
    CACHE_PORT: whole(1, 65_535, "a port from 1 to 65535").default(6379),
    CACHE_REPLICATION_GROUP: text(
      /^[a-z][a-z0-9-]{0,39}$/,
      "the replication group's id in lower case: the token that signs in is for it",
    ),
    CACHE_USER: text(
      /^[a-z][a-z0-9-]{0,39}$/,
      "the cache user who signs in with IAM; name and id are the same",
    ),
  }),
  stream: z.object({ EVENTS_STREAM: text(/^[A-Za-z0-9_.-]{1,128}$/, "the name of the Kinesis stream") }),
  files: z.object({ FILES_DIRECTORY: folder("the absolute path where the shared files are mounted") }),
} as const;
type Part = keyof typeof OPTIONAL;

const without = z
  .string()
  .transform((list) => list.split(","))
  .pipe(
    z.array(
      z.enum(
        Object.keys(OPTIONAL) as Part[],
        "cache, stream and files, those that this place does not have, with commas",
      ),
    ),
  )
  .default([]);

const schema = z
  .object({
    /** Address to listen on; the image sets 0.0.0.0. */
    HOST: text(/^(\d{1,3}\.){3}\d{1,3}$/, "an IPv4 address").default("127.0.0.1"),
    PORT: whole(0, 65_535, "a port from 0 to 65535; 0 takes a free one").default(8080),
    AWS_REGION: text(/^eu-[a-z]+-\d$/, "a region in the EU, such as eu-central-1"),
    DATABASE_SECRET_ARN: text(
      /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+$/,
      "the ARN of the secret that rotation keeps",
    ),
    DATABASE_CA_FILE: folder(
      "the absolute path of a PEM file with the authorities that sign the database's certificate",
    ),
    /** Writer and reader, where they are not what the secret says: a replicated secret names the other region's. */
    DATABASE_WRITER_HOST: dnsName("the writer endpoint's DNS name").optional(),
    DATABASE_READER_HOST: dnsName("the reader endpoint's DNS name").optional(),
    WITHOUT: without,
    /** Seconds between saying that no more requests should come and refusing them. */
    DRAIN_NOTICE_SECONDS: whole(
      0,
      60,
      "0 to 60 seconds, as long as the load balancer takes to notice",
    ).default(5),
    /** Seconds from SIGTERM to SIGKILL. */
    STOP_TIMEOUT_SECONDS: whole(12, 120, "12 to 120 seconds, the task definition's stopTimeout").default(120),
  })
  .refine((given) => given.DRAIN_NOTICE_SECONDS < given.STOP_TIMEOUT_SECONDS - STOP_MARGIN_SECONDS, {
    path: ["DRAIN_NOTICE_SECONDS"],
    error: `less than STOP_TIMEOUT_SECONDS minus ${STOP_MARGIN_SECONDS}, so that requests under way have time to end`,
  });

/** Checked settings, and the text of the file that one of them names. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly database: {
    readonly secretArn: string;
    /** Where they are not what the secret says. */
    readonly hosts: Readonly<Record<"writer" | "reader", string | undefined>>;
    /** PEM certificates of the authorities to trust, and no others. */
    readonly ca: string;
  };
  /** Undefined, as stream and files, where this place does without. */
  readonly cache:
    | {
        readonly host: string;
        readonly port: number;
        readonly replicationGroup: string;
        readonly user: string;
      }
    | undefined;
  readonly eventsStream: string | undefined;
  readonly filesDirectory: string | undefined;
  readonly drainNoticeMs: number;
  /** From SIGTERM to the forced end; earlier than SIGKILL. */
  readonly drainDeadlineMs: number;
}

/** What is wrong with the environment; it lists every variable that is, without its value. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The service can't start with these environment variables:\n${problems.join("\n")}`);
    this.problems = problems;
  }
}

/**
 * Reads the service's settings from environment variables.
 *
 * @throws SettingsError that lists all problems
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const result = schema.safeParse(given);
  // Nobody does without by forgetting a variable.
  const lacking = without.safeParse(given["WITHOUT"]).data ?? [];
  const cache = lacking.includes("cache") ? undefined : OPTIONAL.cache.safeParse(given);
  const stream = lacking.includes("stream") ? undefined : OPTIONAL.stream.safeParse(given);
  const files = lacking.includes("files") ? undefined : OPTIONAL.files.safeParse(given);
  const problems = [result, cache, stream, files].flatMap((parsed) =>
    (parsed?.error?.issues ?? []).map(({ path: [name], message }) => `  ${String(name)}: ${message}`),
  );
  // The file is looked at even when something else is wrong, so that one report has everything.
  const ca = readCa(given["DATABASE_CA_FILE"], problems);
  if (!result.success || problems.length > 0) throw new SettingsError(problems);
  const { data } = result;
  return {
    host: data.HOST,
    port: data.PORT,
    region: data.AWS_REGION,
    database: {
      secretArn: data.DATABASE_SECRET_ARN,
      hosts: { writer: data.DATABASE_WRITER_HOST, reader: data.DATABASE_READER_HOST },
      ca,
    },
    cache: cache?.data && {
      host: cache.data.CACHE_HOST,
      port: cache.data.CACHE_PORT,
      replicationGroup: cache.data.CACHE_REPLICATION_GROUP,
      user: cache.data.CACHE_USER,
    },
    eventsStream: stream?.data?.EVENTS_STREAM,
    filesDirectory: files?.data?.FILES_DIRECTORY,
    drainNoticeMs: data.DRAIN_NOTICE_SECONDS * 1000,
    drainDeadlineMs: (data.STOP_TIMEOUT_SECONDS - STOP_MARGIN_SECONDS) * 1000,
  };
}

function readCa(file: string | undefined, problems: string[]): string {
  if (file === undefined || !file.startsWith("/")) return "";
  try {
    const ca = readFileSync(file, "utf8");
    if (ca.includes("-----BEGIN CERTIFICATE-----")) return ca;
    problems.push("  DATABASE_CA_FILE: the file holds no PEM certificate");
  } catch {
    problems.push("  DATABASE_CA_FILE: the file can't be read; without it no server is trusted");
  }
  return "";
}
