/** Something that has to be true of the server, and the one statement that makes it so. */
export interface Fact {
  /** In words, for the report: `role streamflix_owner`, `grant of streamflix_owner to streamflix_app`. */
  readonly subject: string;
  /** `object`: the statement makes something new; `change`: it alters what is there. */
  readonly kind: "object" | "change";
  readonly holds: boolean;
  /** Who runs it: the master, or the master acting as the owner role. */
  readonly as: "master" | "owner";
  /** One statement; texts in it are literals made on this side, never a password in clear. */
  readonly sql: string;
  /** The role on which the master needs the ADMIN option for it, where it needs one. */
  readonly administers?: string;
}
