import { OperatorError } from "../functions/shared/errors";
import { connect, type connectOnce, type Patience } from "../functions/shared/postgres";
import type { Session } from "../functions/shared/transaction";

/** Where to sign in. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly dbname: string;
}

/** Who signs in. */
export interface User {
  readonly username: string;
  readonly password: string;
}

/** How long things may take; milliseconds. */
export interface RotationPatience extends Patience {
  /** Between two attempts to reach a server. */
  readonly pauseMs: number;
  /** No attempt to reach a server starts with less than this left, so that there is time to do something with it. */
  readonly reserveMs: number;
}

export interface DatabasesOptions {
  /** PEM certificates of the authorities to trust. */
  readonly ca: string;
  /** For hosts that are aliases: the name that the certificate has to be for, by host in lower case. */
  readonly certificateNames: ReadonlyMap<string, string>;
  readonly patience: RotationPatience;
  /** Time in milliseconds since 1970 at which everything has to be over. */
  readonly deadline: number;
  /** Shown in `pg_stat_activity` and the server's log. */
  readonly applicationName: string;
  /** Told why an attempt is repeated. */
  readonly onRetry: (reason: string) => void;
  /** Makes connections; tests put their own in place. */
  readonly open?: typeof connectOnce;
}

/** Sessions on databases, over verified TLS only. */
export class Databases {
  readonly #options: DatabasesOptions;

  constructor(options: DatabasesOptions) {
    this.#options = options;
  }

  get patience(): RotationPatience {
    return this.#options.patience;
  }

  /**
   * Signs in, waiting for a server that is starting or failing over.
   *
   * @returns undefined when the server refuses the user's password, and only then
   * @throws OperatorError when the server can't be reached, proven to be the right one, or takes no connections
   */
  async signIn({ host, port, dbname }: Place, { username, password }: User): Promise<Session | undefined> {
    const { ca, certificateNames, patience, deadline, applicationName, onRetry, open } = this.#options;
    const certificateName = certificateNames.get(host.toLowerCase());
    try {
      return await connect(
        { host, port, database: dbname, ca, ...(certificateName === undefined ? {} : { certificateName }) },
        { user: username, password, applicationName },
        patience,
        {
          until: deadline - patience.reserveMs,
          pauseMs: patience.pauseMs,
          onRetry,
          ...(open === undefined ? {} : { open }),
        },
      );
    } catch (error) {
      if (error instanceof OperatorError && error.name === "SignInRefused") return undefined;
      throw error;
    }
  }

  /** Whether a user can sign in; the session is ended at once. */
  async canSignIn(place: Place, user: User): Promise<boolean> {
    const session = await this.signIn(place, user);
    await session?.end().catch(() => undefined);
    return session !== undefined;
  }
}
