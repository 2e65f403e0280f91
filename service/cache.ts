import { createClient } from "@redis/client";

import { describeError, type Log } from "./log";
import type { Instruments } from "./telemetry";

/** Where the cache is and how to sign in. */
export interface CacheOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Gives a password for one sign-in. */
  readonly token: () => Promise<string>;
  /** PEM of the authorities to trust. @default the public ones that Node knows, which sign ElastiCache's certificates */
  readonly ca?: string;
  /** Milliseconds between sign-ins within a session. @default 4 hours, a third of what AWS allows */
  readonly signInAgainMs?: number;
  readonly log: Log;
  readonly instruments: Instruments;
}

/** What one command may take; a database read by key takes less than a few of these. */
const COMMAND_MS = 100;
/** After a command that took too long, nobody asks the cache for this long. */
const REST_MS = 1_000;
const CONNECT_MS = 2_000;
/** ElastiCache ends a session after 12 hours; two failures in a row may pass. */
const SIGN_IN_AGAIN_MS = 4 * 3_600_000;
/** Pauses between attempts to connect grow to this. */
const MAX_RECONNECT_MS = 2_000;
/** A dead cache is logged once in this time. */
const QUIET_MS = 60_000;

/**
 * A cache that never fails a request: while it is away, slow or refuses to sign in, reads find nothing and writes are
 * dropped, at once or after 100 ms, and the caller goes to the database.
 */
export class Cache {
  readonly #client: ReturnType<typeof connection>;
  readonly #options: CacheOptions;
  readonly #signIn: NodeJS.Timeout;
  #restUntil = 0;
  #quietUntil = 0;

  constructor(options: CacheOptions) {
    this.#options = options;
    this.#client = connection(options);
    this.#client.on("error", (error: unknown) => {
      this.#complain(error);
    });
    // It goes on trying by itself; the promise is only rejected when it is closed meanwhile.
    this.#client.connect().catch(() => undefined);
    this.#signIn = setInterval(() => void this.#signInAgain(), options.signInAgainMs ?? SIGN_IN_AGAIN_MS);
    this.#signIn.unref();
  }

  /** The value of a key, or nothing where there is none or the cache can't tell. */
  async get(key: string): Promise<string | undefined> {
    const answer = await this.#ask("get", () => this.#client.get(key));
    const value = answer ?? undefined;
    if (answer !== undefined)
      this.#options.instruments.cacheUses.add(1, { result: value === undefined ? "miss" : "hit" });
    return value;
  }

  /** Keeps what was just written elsewhere, whatever the cache had. */
  async put(key: string, value: string, seconds: number): Promise<void> {
    await this.#ask("set", () =>
      this.#client.set(key, value, { expiration: { type: "EX", value: seconds } }),
    );
  }

  /** Keeps what was read elsewhere, unless somebody put something newer meanwhile. */
  async fill(key: string, value: string, seconds: number): Promise<void> {
    const options = { expiration: { type: "EX", value: seconds }, condition: "NX" } as const;
    await this.#ask("set", () => this.#client.set(key, value, options));
  }

  /** Whether it answers. */
  async answers(): Promise<boolean> {
    return (await this.#ask("ping", () => this.#client.ping())) !== undefined;
  }

  close(): void {
    clearInterval(this.#signIn);
    this.#client.destroy();
  }

  /** The answer, or undefined where the cache gave none. */
  async #ask<Answer>(operation: string, command: () => Promise<Answer>): Promise<Answer | undefined> {
    if (!this.#client.isReady || Date.now() < this.#restUntil) {
      this.#options.instruments.cacheUses.add(1, { result: "away" });
      return undefined;
    }
    try {
      return await inTime(command(), operation);
    } catch (error) {
      if (error instanceof CacheTooSlow) this.#restUntil = Date.now() + REST_MS;
      this.#options.instruments.cacheUses.add(1, { result: "failed" });
      this.#complain(error);
      return undefined;
    }
  }

  async #signInAgain(): Promise<void> {
    // A connection that is away signs in when it comes back.
    if (!this.#client.isReady) return;
    try {
      await this.#client.auth({ username: this.#options.user, password: await this.#options.token() });
    } catch (error) {
      this.#complain(error);
    }
  }

  #complain(error: unknown): void {
    if (Date.now() < this.#quietUntil) return;
    this.#quietUntil = Date.now() + QUIET_MS;
    this.#options.log("warn", "cache does not serve, the database does", describeError(error));
  }
}

/** A command took longer than a command may. */
class CacheTooSlow extends Error {
  override readonly name = "CacheTooSlow";
}

function connection({ host, port, user, token, ca }: CacheOptions) {
  return createClient({
    socket: {
      tls: true,
      host,
      port,
      servername: host,
      minVersion: "TLSv1.2",
      rejectUnauthorized: true,
      ...(ca !== undefined && { ca }),
      connectTimeout: CONNECT_MS,
      reconnectStrategy: (retries) =>
        Math.min(MAX_RECONNECT_MS, 50 * 2 ** retries) * (0.5 + Math.random() / 2),
    },
    credentialsProvider: {
      type: "async-credentials-provider",
      credentials: async () => ({ username: user, password: await token() }),
    },
    // Without a connection commands fail at once instead of waiting for one.
    disableOfflineQueue: true,
    // Notices of one vendor's own product.
    maintNotifications: "disabled",
  });
}

async function inTime<Answer>(answer: Promise<Answer>, operation: string): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new CacheTooSlow(operation));
    }, COMMAND_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
