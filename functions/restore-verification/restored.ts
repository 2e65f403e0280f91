import type { Verdict } from "./verdict";

/** What a restore test has made, whatever it is, as the steps see it. Each can be asked for again. */
export interface Restored {
  /** What it is called in words for an operator. */
  readonly what: "cluster" | "file system";
  /** Makes what is missing to look into it. */
  prepare(): Promise<void>;
  /** @throws OperatorError when it won't get ready any more */
  isReady(): Promise<boolean>;
  /** @throws OperatorError when it could not be judged, which says nothing about the backup */
  verify(): Promise<Verdict>;
  /** Asks for its end, and for that of all that was made for it, whatever state they are in. */
  remove(): Promise<void>;
  isGone(): Promise<boolean>;
}
