/** What a run did. It becomes part of the deployment's state, so it holds no secret and nothing that changes by itself. */
export interface DatabaseRolesReport {
  /** The event's. */
  readonly version: string;
  /** The server's version, such as `17.7`. */
  readonly serverVersion: string;
  /** Roles, schemas, extensions and tables made by this run. */
  readonly created: readonly string[];
  /** What was there or just made, and had to be altered. */
  readonly changed: readonly string[];
  /** What was as it has to be. */
  readonly unchanged: readonly string[];
  /** Users that signed in with the current version of their secret, at the end of the run. */
  readonly signedIn: readonly string[];
  readonly migrations: {
    readonly applied: readonly string[];
    readonly appliedBefore: readonly string[];
  };
  /** What an operator should know, although it stopped nothing. */
  readonly warnings: readonly string[];
}
