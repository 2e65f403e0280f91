import type { Names } from "../../config";
import type { CiConfig } from "../config";

/** A stack of the platform, and where it is. */
export interface StackPlace {
  readonly stack: keyof CiConfig["stacks"];
  readonly accountId: string;
  readonly region: string;
  /** Names of what the account has in the stack's region. */
  readonly names: Names;
  /** Names of what the account has for the stack alone. */
  readonly roleNames: Names;
  /** Boundaries that the stack's roles may have. */
  readonly roleBoundaries: readonly string[];
  /** Whether the stack may be taken down again, with what is in its buckets. */
  readonly mayBeTakenDown: boolean;
}
