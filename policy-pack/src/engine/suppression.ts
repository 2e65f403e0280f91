import type { Finding, Rule } from "./rule";

/** A finding that somebody took responsibility for, for a while. */
export interface Suppression {
  /** Id of the rule. */
  readonly rule: string;
  /** The finding's id inside the rule: one of the words after the slash in `[rule/finding]`. */
  readonly finding: string;
  /** The whole URN of the resource: no pattern. */
  readonly urn: string;
  /** Why it is no harm, and until what happens: 20 characters at least. */
  readonly reason: string;
  /** The team that answers for it. */
  readonly owner: string;
  /** Where it is worked on, such as `PLAT-123`. */
  readonly ticket: string;
  /** Last day, as `2026-12-31`; at most 180 days ahead. */
  readonly expires: string;
}

const MIN_REASON = 20;
const MAX_DAYS = 180;
const DAY = 86_400_000;

/** The suppressions of a run: which of them hold, and which of them hid something. */
export class Suppressions {
  readonly #entries: readonly { readonly entry: Suppression; readonly problem: string | undefined }[];
  readonly #used = new Set<Suppression>();

  /** @param today in milliseconds since 1970 */
  constructor(entries: readonly Suppression[], rules: readonly Rule[], today: number) {
    this.#entries = entries.map((entry) => ({ entry, problem: problemOf(entry, rules, today) }));
  }

  /** Whether a failure on a resource is suppressed; what is not known yet never is, since it stops nothing. */
  hides(rule: Rule, finding: Finding, urn: string): boolean {
    const found = this.#entries.find(
      ({ entry, problem }) =>
        problem === undefined &&
        finding.status === "fail" &&
        entry.rule === rule.id &&
        entry.finding === finding.id &&
        entry.urn === urn,
    );
    if (found !== undefined) {
      this.#used.add(found.entry);
    }
    return found !== undefined;
  }

  /**
   * What is wrong with the list: entries that hold nothing, and among those of the stack entries that hid nothing.
   *
   * @param urns the stack's resources: an entry for another stack or program can't show here whether it is used
   */
  faults(urns: ReadonlySet<string>): readonly { readonly entry: Suppression; readonly problem: string }[] {
    const stacks = new Set([...urns].map(stackOf));
    return this.#entries.flatMap(({ entry, problem }) => {
      if (problem !== undefined) {
        return [{ entry, problem }];
      }
      const isUnused = stacks.has(stackOf(entry.urn)) && !this.#used.has(entry);
      return isUnused ? [{ entry, problem: "hides nothing" }] : [];
    });
  }
}

function problemOf(
  { rule: id, finding, urn, reason, owner, ticket, expires }: Suppression,
  rules: readonly Rule[],
  today: number,
): string | undefined {
  const rule = rules.find((each) => each.id === id);
  const last = /^\d{4}-\d{2}-\d{2}$/.test(expires) ? Date.parse(`${expires}T23:59:59Z`) : Number.NaN;
  const table: readonly (readonly [boolean, string])[] = [
    [rule === undefined, "names no rule of the catalogue"],
    [rule?.isSuppressible === false, "names a rule that nobody may suppress"],
    [!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(finding), "names no finding"],
    [!/^urn:pulumi:[^:]+::[^:]+::.+::.+$/.test(urn) || /[*?]/.test(urn), "has no whole URN"],
    [reason.trim().length < MIN_REASON, `has a reason of fewer than ${MIN_REASON} characters`],
    [owner.trim() === "", "has no owner"],
    [!/^[A-Z][A-Z0-9]*-\d+$/.test(ticket), "has no ticket such as PLAT-123"],
    [Number.isNaN(last), "has no last day such as 2026-12-31"],
    [last < today, "has expired"],
    [last > today + MAX_DAYS * DAY + DAY, `ends more than ${MAX_DAYS} days from now`],
  ];
  return table.find(([isWrong]) => isWrong)?.[1];
}

function stackOf(urn: string): string {
  return urn.split("::").slice(0, 2).join("::");
}
