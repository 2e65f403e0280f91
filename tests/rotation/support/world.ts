import assert from "node:assert/strict";

import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type Client, escapeIdentifier as id, escapeLiteral as literal } from "pg";

import { OperatorError, readThrown } from "../../../functions/shared/errors";
import { scramVerifier } from "../../../functions/shared/scram";
import { STEPS, type Step } from "../../../rotation/event";
import { passwordPolicy } from "../../../rotation/passwords";
import { type Dependencies, run } from "../../../rotation/run";
import { HOST, PostgresServer, type Major } from "../../functions/support/postgres-server";
import { SecretsManagerFake } from "./secrets-manager";

export const DATABASE = "streamflix";

/** The ways in which a secret can be rotated. */
export type Mode = "pair" | "clone" | "single";

/** A secret with the users it is about, made for one test. */
export interface Subject {
  readonly arn: string;
  readonly mode: Mode;
  /** The user of the first version. */
  readonly user: string;
  /** The user of the second one; the same for a single user. */
  readonly other: string;
}

/** What a secret's text has to say. */
export interface Stored {
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
  readonly dbname: string;
  readonly [key: string]: unknown;
}

let serial = 0;

/**
 * A real server with a master as on Amazon RDS, an owner role, and Secrets Manager. Each test makes users of its own, so
 * that tests can share it, also at the same time.
 */
export class RotationWorld {
  readonly server: PostgresServer;
  readonly secrets: SecretsManagerFake;
  readonly client: SecretsManagerClient;
  readonly masterArn: string;
  /** Everything that steps logged. */
  readonly lines: string[] = [];
  /** Everything that steps threw. */
  readonly thrown: unknown[] = [];
  /** A session of the real superuser, to look at and to change what a step finds. */
  admin: Client;

  private constructor(server: PostgresServer, admin: Client, secrets: SecretsManagerFake) {
    this.server = server;
    this.admin = admin;
    this.secrets = secrets;
    this.client = secrets.client();
    this.masterArn = secrets.createSecret({ name: "master", value: this.text(MASTER, MASTER_PASSWORD) });
  }

  /** A world on a server of its own. */
  static async start(major: Major): Promise<RotationWorld> {
    const server = await PostgresServer.start(major);
    const postgres = await server.superuser();
    await postgres.query("CREATE ROLE rds_superuser");
    await postgres.query(
      `CREATE ROLE ${MASTER} LOGIN CREATEROLE PASSWORD ${literal(scramVerifier(MASTER_PASSWORD))} IN ROLE rds_superuser`,
    );
    await postgres.query(`CREATE ROLE ${OWNER} NOLOGIN`);
    await postgres.query(`GRANT ${OWNER} TO ${MASTER} WITH ADMIN TRUE, INHERIT FALSE`);
    await postgres.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER}`);
    await postgres.end();
    return await RotationWorld.on(server);
  }

  /** Another Secrets Manager beside a server that is shared. */
  static async on(server: PostgresServer): Promise<RotationWorld> {
    return new RotationWorld(server, await server.superuser(DATABASE), await SecretsManagerFake.start());
  }

  /** Opens `admin` again after the server was restarted. */
  async readmit(): Promise<void> {
    this.admin = await this.server.superuser(DATABASE);
  }

  /**
   * Ends what `on` made, after a look for passwords in everything that was written.
   *
   * @returns how many passwords were looked for
   */
  async leave(): Promise<number> {
    try {
      return this.#assertNoLeak();
    } finally {
      this.client.destroy();
      await this.admin.end();
      await this.secrets.stop();
    }
  }

  /** The same, and ends the server. */
  async end(): Promise<number> {
    try {
      return await this.leave();
    } finally {
      await this.server.stop();
    }
  }

  /** The text of a secret for this server. */
  text(username: string, password: string, more: Readonly<Record<string, unknown>> = {}): string {
    return JSON.stringify({
      engine: "postgres",
      host: HOST,
      port: this.server.port,
      dbname: DATABASE,
      ssl: true,
      username,
      password,
      ...more,
    });
  }

  /**
   * Makes users and a secret for them, as they are after the bootstrap of the database. They belong to the master, like
   * everything that the master makes.
   */
  async subject(mode: Mode, more: Readonly<Record<string, unknown>> = {}): Promise<Subject> {
    serial += 1;
    const user = `app${serial}`;
    const other = mode === "single" ? user : mode === "pair" ? `app${serial}_b` : `${user}_clone`;
    const password = `first-${serial}-${Math.random().toString(36).slice(2)}`;
    const asMaster = async (sql: string) => {
      await this.admin.query(`SET ROLE ${MASTER}`);
      try {
        await this.admin.query(sql);
      } finally {
        await this.admin.query("RESET ROLE");
      }
    };
    await asMaster(`CREATE ROLE ${id(user)} LOGIN PASSWORD ${literal(scramVerifier(password))}`);
    if (mode === "pair") await asMaster(`CREATE ROLE ${id(other)} LOGIN`);
    if (mode !== "clone") {
      for (const name of new Set([user, other])) {
        await asMaster(`GRANT ${OWNER} TO ${id(name)} WITH INHERIT TRUE, SET TRUE`);
        await asMaster(`ALTER ROLE ${id(name)} SET role = ${OWNER}`);
      }
    }
    const value = this.text(user, password, {
      ...(mode === "pair" ? { usernames: [user, other] } : {}),
      ...(mode === "single" ? {} : { masterarn: this.masterArn }),
      ...more,
    });
    return { arn: this.secrets.createSecret({ name: `service-${serial}`, value }), mode, user, other };
  }

  /** One step, as Secrets Manager invokes it. */
  async step(step: Step, arn: string, token: string, overrides: Partial<Dependencies> = {}): Promise<void> {
    await this.invoke({ Step: step, SecretId: arn, ClientRequestToken: token }, overrides);
  }

  async invoke(event: unknown, overrides: Partial<Dependencies> = {}): Promise<void> {
    try {
      await run(event, {
        client: this.client,
        clusters: { find: () => Promise.resolve(undefined) },
        ca: this.server.ca,
        certificateNames: new Map(),
        passwords: POLICY,
        log: (text) => this.lines.push(text),
        deadline: Date.now() + 30_000,
        patience: PATIENCE,
        ...overrides,
      });
    } catch (error) {
      this.thrown.push(error);
      throw error;
    }
  }

  /** The steps of a rotation that was started, in order; the backend's clean-up too when all are done. */
  async steps(arn: string, token: string, overrides: Partial<Dependencies> = {}): Promise<void> {
    for (const step of STEPS) await this.step(step, arn, token, overrides);
    this.secrets.completeRotation(arn);
  }

  /** A whole rotation. */
  async rotate(arn: string, overrides: Partial<Dependencies> = {}): Promise<string> {
    const token = this.secrets.startRotation(arn);
    await this.steps(arn, token, overrides);
    return token;
  }

  /** How a step failed; it is an error of the test when it did not. */
  async failure(work: Promise<unknown>): Promise<OperatorError> {
    try {
      await work;
    } catch (error) {
      if (error instanceof OperatorError) return error;
      throw error;
    }
    throw new Error("the step succeeded");
  }

  /** What a version says; undefined where there is none. */
  stored(arn: string, stage: string): Stored | undefined {
    const text = this.secrets.value(arn, stage);
    return text === undefined ? undefined : (JSON.parse(text) as Stored);
  }

  /** Whether a version's user can sign in; undefined where there is no such version. */
  async signsIn(arn: string, stage: string): Promise<boolean | undefined> {
    const stored = this.stored(arn, stage);
    return stored && (await this.accepts(stored.username, stored.password));
  }

  async accepts(user: string, password: string): Promise<boolean> {
    try {
      const client = await this.server.connect(user, password, DATABASE);
      await client.end();
      return true;
    } catch (error) {
      if (readThrown(error).code === "28P01") return false;
      throw error;
    }
  }

  /** All passwords that Secrets Manager ever held. */
  passwords(): string[] {
    const texts = this.secrets.journal.map(({ input }) => input["SecretString"]);
    return [...texts, this.secrets.value(this.masterArn, "AWSCURRENT")]
      .filter((text) => typeof text === "string")
      .map((text) => (JSON.parse(text) as Stored).password);
  }

  #assertNoLeak(): number {
    const passwords = this.passwords();
    const errors = this.thrown.map((error) =>
      error instanceof Error
        ? `${error.message}\n${error.stack ?? ""}\n${JSON.stringify(error)}`
        : String(error),
    );
    const places = {
      "the log": this.lines.join("\n"),
      "an error": errors.join("\n"),
      "the server's log": this.server.log,
    };
    for (const [place, text] of Object.entries(places)) {
      const leaked = passwords.filter((password) => text.includes(password));
      assert.equal(leaked.length, 0, `${leaked.length} passwords are in ${place}`);
    }
    return passwords.length;
  }
}

export const MASTER = "platform_master";
export const OWNER = "platform_owner";
const MASTER_PASSWORD = "master-password-of-the-test";

export const POLICY = passwordPolicy({});

/** Short waits: what is waited for here comes soon or never. */
export const PATIENCE = { connectMs: 3_000, statementMs: 2_000, lockMs: 1_000, pauseMs: 20, reserveMs: 500 };
