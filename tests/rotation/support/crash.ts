import type { Client } from "pg";

import { connectOnce } from "../../../functions/shared/postgres";
import type { Dependencies } from "../../../rotation/run";
import type { SecretsManagerFake } from "./secrets-manager";

/** What a process that is gone says. */
class Crash extends Error {}

/**
 * Counts every call to Secrets Manager, sign-in and statement, before and after its effect, and ends the process at one
 * of these moments: from then on nothing it tries has an effect, and its connections are cut.
 */
export class CrashPoints {
  /** What was passed so far, such as `before COMMIT`. */
  readonly passed: string[] = [];
  readonly #at: number;
  readonly #sockets: (() => void)[] = [];
  #isDead = false;

  /** @param at the number of the point to crash at, from 1; never with 0 */
  constructor(at = 0) {
    this.#at = at;
  }

  get crashed(): boolean {
    return this.#isDead;
  }

  /** Watches the calls to Secrets Manager until the next one does. */
  watch(secrets: SecretsManagerFake): void {
    secrets.onCall = ({ operation, phase }) => {
      this.#pass(`${phase} ${operation}`);
    };
  }

  /** Makes watched connections. */
  readonly open: NonNullable<Dependencies["open"]> = async (...words) => {
    this.#pass(`before sign-in`);
    const client = await connectOnce(...words);
    this.#sockets.push(() => {
      cut(client);
    });
    const query = client.query.bind(client) as (...words: unknown[]) => Promise<unknown>;
    const watched = async (...words: unknown[]) => {
      const what = String(words[0]).trim().split(/\s+/, 2).join(" ");
      this.#pass(`before ${what}`);
      const result = await query(...words);
      this.#pass(`after ${what}`);
      return result;
    };
    Object.assign(client, { query: watched });
    this.#pass(`after sign-in`);
    return client;
  };

  #pass(point: string): void {
    if (this.#isDead) throw new Crash("the process has ended");
    this.passed.push(point);
    if (this.passed.length !== this.#at) return;
    this.#isDead = true;
    for (const cutSocket of this.#sockets) cutSocket();
    throw new Crash(`ends ${point}`);
  }
}

/** Cuts a connection without a word to the server, as the end of a process does. */
export function cut(client: Client): void {
  (client as unknown as { connection: { stream: { destroy: () => void } } }).connection.stream.destroy();
}
