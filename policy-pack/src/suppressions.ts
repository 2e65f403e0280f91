import type { Suppression } from "./engine/suppression";

/**
 * Findings that somebody took responsibility for, each for one resource and until a day. Rules of residency, public
 * access and encryption can't be suppressed; what differs between stacks for good is a setting in `config/`, not an
 * entry here.
 */
export const suppressions: readonly Suppression[] = [];
