/** How to sign in now: the current version of a rotated secret, in the form that AWS's rotation and drivers know. */
export interface RotatedLogin {
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
  readonly dbname: string;
}

/** The stages that a client may have to read. */
export type Stage = "AWSCURRENT" | "AWSPENDING";

export interface RotatedSecretOptions {
  /**
   * Reads the secret's text, as `GetSecretValue` with this `VersionStage` does; undefined where no version has the stage.
   * Its failures go through to the caller.
   */
  readonly read: (stage: Stage) => Promise<string | undefined>;
  /**
   * How long a login is kept; milliseconds. With two users that take turns a password stays good for one whole interval
   * after the rotation that replaced it, so anything shorter than one interval never meets a dead one.
   *
   * @default 5 minutes
   */
  readonly ttlMs?: number;
}

const TTL_MS = 5 * 60_000;

/** PostgreSQL's `invalid_password`: a wrong one, and also a user who is not there or no longer valid. */
const REFUSED = "28P01";

/** A secret whose password changes behind its readers' backs. Keep one for the life of the process. */
export class RotatedSecret {
  readonly #read: RotatedSecretOptions["read"];
  readonly #ttlMs: number;
  #kept: { readonly login: Promise<RotatedLogin>; readonly until: number } | undefined;

  constructor({ read, ttlMs = TTL_MS }: RotatedSecretOptions) {
    this.#read = read;
    this.#ttlMs = ttlMs;
  }

  /**
   * The login to use now; read at most once per `ttlMs`, also by callers at the same time.
   *
   * @throws Error when the secret has no current version or is no login; the text shows nothing of it
   */
  login(): Promise<RotatedLogin> {
    if (this.#kept === undefined || this.#kept.until <= Date.now()) {
      const login = this.#readCurrent();
      const kept = { login, until: Date.now() + this.#ttlMs };
      this.#kept = kept;
      // A failed read is not kept.
      login.catch(() => {
        if (this.#kept === kept) this.#kept = undefined;
      });
    }
    return this.#kept.login;
  }

  /**
   * A login that none of the refused ones is: the current one, or, in the moment in which a single user's new password is
   * set and not yet current, the pending one. Undefined when there is none.
   */
  async another(refused: readonly RotatedLogin[]): Promise<RotatedLogin | undefined> {
    const isNew = (login: RotatedLogin) => !refused.some((other) => other.password === login.password);
    const kept = await this.login();
    if (isNew(kept)) return kept;
    this.#kept = undefined;
    const current = await this.login();
    if (isNew(current)) return current;
    const pending = await this.#read("AWSPENDING");
    if (pending !== undefined) {
      const login = parse(pending);
      // Not kept: once it is current, it is read as such.
      this.#kept = undefined;
      if (isNew(login)) return login;
    }
    // It may have become current between the two reads.
    this.#kept = undefined;
    const again = await this.login();
    return isNew(again) ? again : undefined;
  }

  async #readCurrent(): Promise<RotatedLogin> {
    const text = await this.#read("AWSCURRENT");
    if (text === undefined) throw new Error("The secret has no version with stage AWSCURRENT.");
    return parse(text);
  }
}

/**
 * Does something that signs in; where the server refuses the password, reads the secret again and tries once more.
 *
 * @param work has to be safe to start again: it is repeated only when signing in was refused
 * @throws what `work` throws, the refusal too when the secret has no other password
 */
export async function withLogin<Result>(
  secret: RotatedSecret,
  work: (login: RotatedLogin) => Promise<Result>,
): Promise<Result> {
  const login = await secret.login();
  try {
    return await work(login);
  } catch (error) {
    if (!isRefused(error)) throw error;
    const other = await secret.another([login]);
    if (other === undefined) throw error;
    return await work(other);
  }
}

function isRefused(error: unknown): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === REFUSED;
}

/** What the JSON parser says about bad JSON quotes it, so nothing of it gets into the error. */
function parse(text: string): RotatedLogin {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("The secret's text is no JSON.");
  }
  const { username, password, host, port, dbname } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const number = Number(port);
  if (
    typeof username !== "string" ||
    typeof password !== "string" ||
    typeof host !== "string" ||
    typeof dbname !== "string" ||
    !Number.isInteger(number)
  ) {
    throw new Error("The secret has to have username, password, host, port and dbname.");
  }
  return { username, password, host, port: number, dbname };
}
