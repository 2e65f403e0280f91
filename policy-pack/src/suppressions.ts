import type { Suppression } from "./engine/suppression";

/**
 * Findings that somebody took responsibility for, each for one resource and until a day. Rules of residency, public
 * access and encryption can't be suppressed; what differs between stacks for good is a setting in `config/`, not an
 * entry here.
 */
export const suppressions: readonly Suppression[] = ["dev", "prod"].map((stack) => ({
  rule: "secret-complete",
  finding: "no-rotation",
  urn: `urn:pulumi:${stack}::streamflix-platform::streamflix:retention:DataRetention$streamflix:secret:SeededSecret$aws:secretsmanager/secret:Secret::data-retention-digest-key`,
  reason:
    "The key of the erasure log's digests signs nobody in: under another one no entry could be found after a restore. " +
    "It goes when digests name the key they were made with.",
  owner: "platform-team",
  ticket: "PLAT-214",
  expires: "2027-05-20",
}));
