import type { RemediationEvent } from "./event";
import type { Mode } from "./settings";

/** How soon a person has to look. */
export type Severity = "critical" | "warning";

/** One change in AWS. */
export interface Action {
  /** The call, such as `kms:EnableKey`. */
  readonly call: string;
  readonly run: () => Promise<unknown>;
}

/** What a case makes of an event. */
export type Decision =
  /** There is something to mend, by these changes in this order. */
  | {
      readonly kind: "mend";
      readonly resource: string;
      readonly why: string;
      readonly actions: readonly Action[];
      readonly severity: Severity;
    }
  /** A person has to know, and nothing is changed. */
  | {
      readonly kind: "announce";
      readonly resource: string;
      readonly why: string;
      readonly severity: Severity;
    }
  /** All is well, or mended already. */
  | { readonly kind: "nothing"; readonly resource: string; readonly why: string }
  /** Not ours. */
  | { readonly kind: "outOfScope"; readonly resource: string; readonly why: string };

/** A remedy: which events it is for, and what it makes of them. */
export interface RemediationCase {
  readonly name: string;
  readonly mode: Mode;
  /** Whether an event is for this case. */
  readonly matches: (event: RemediationEvent) => boolean;
  /** Reads what is the matter now, not what the event says it was. Changes nothing. */
  readonly decide: (event: RemediationEvent) => Promise<Decision>;
}

/** Whether a resource's tags say that it belongs to the stack. */
export function isOurs(
  tags: readonly { readonly key: string | undefined; readonly value: string | undefined }[],
  wanted: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).every(([key, value]) =>
    tags.some((tag) => tag.key === key && tag.value === value),
  );
}
