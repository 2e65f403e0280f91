import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/** PostgreSQL's own default; clients refuse far higher counts. */
const ITERATIONS = 4096;
const SALT_BYTES = 16;
const KEY_BYTES = 32;

/** Printable ASCII: for these SASLprep changes nothing, so client and server can't disagree about the bytes. */
const PLAIN = /^[\x20-\x7e]+$/;

/** What may be fixed for a test vector; both are best left to their defaults. */
export interface ScramOptions {
  /** @default 16 random bytes */
  readonly salt?: Buffer;
  /** @default 4096 */
  readonly iterations?: number;
}

/**
 * The SCRAM-SHA-256 verifier that PostgreSQL stores for a password (RFC 5802, RFC 7677), for `ALTER ROLE … PASSWORD`.
 * Made on this side, so that the password itself never reaches the server's log, `pg_stat_activity` or an error text.
 *
 * @throws RangeError for a password with anything but printable ASCII; the text does not show it
 */
export function scramVerifier(password: string, options: ScramOptions = {}): string {
  if (!PLAIN.test(password)) {
    throw new RangeError("a password has to be of printable ASCII characters, at least one");
  }
  const { salt = randomBytes(SALT_BYTES), iterations = ITERATIONS } = options;
  const salted = pbkdf2Sync(password, salt, iterations, KEY_BYTES, "sha256");
  const clientKey = createHmac("sha256", salted).update("Client Key").digest();
  const storedKey = createHash("sha256").update(clientKey).digest("base64");
  const serverKey = createHmac("sha256", salted).update("Server Key").digest("base64");
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}
