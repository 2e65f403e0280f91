import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";

import { type FieldNote, fieldNotes } from "./fields";
import { type Path, type Problem, SECRET, showPath, showValue, valueAt } from "./problem";

/** The nearest of some names to a misspelt one, where it is near enough to be what was meant. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const candidate = closest(name, names);
  return distance(name, candidate) <= Math.max(2, Math.floor(candidate.length / 3)) ? candidate : undefined;
}

/** The schema without what `.optional()`, `.default()` and `.readonly()` wrap around it. */
export function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodReadonly
  ) {
    return unwrapped(schema.unwrap());
  }
  return schema;
}

/** The schema one step down, or undefined where the schema knows no such property. */
function child(schema: z.core.$ZodType, part: string | number): z.core.$ZodType | undefined {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodObject) {
    const shape: Readonly<Record<string, z.core.$ZodType>> = inner.shape;
    return Object.hasOwn(shape, part) ? shape[part] : undefined;
  }
  if (inner instanceof z.ZodArray) return inner.element;
  if (inner instanceof z.ZodRecord) return inner.valueType;
  return undefined;
}

/** The schemas met on the way down a path, as far as it is known. */
function schemasAlong(root: z.core.$ZodType, path: Path): z.core.$ZodType[] {
  const met = [root];
  for (const part of path) {
    const next = child(met[met.length - 1] ?? root, part);
    if (next === undefined) break;
    met.push(next);
  }
  return met;
}

/** Makes {@link Problem}s from paths and zod issues, with the words of the field notes. */
export class Reporter {
  readonly #root: z.ZodType;
  readonly #raw: unknown;
  readonly #isSecretSection: (section: string) => boolean;

  /** @param isSecretSection sections whose values may not be shown, whatever their notes say */
  constructor(root: z.ZodType, raw: unknown, isSecretSection: (section: string) => boolean) {
    this.#root = root;
    this.#raw = raw;
    this.#isSecretSection = isSecretSection;
  }

  /** A problem at a path; without a text of its own it says what the field's note says. */
  at(
    path: Path,
    texts: Partial<Pick<Problem, "given" | "allowed" | "why">> & { hint?: string | undefined },
  ): Problem {
    const notes = schemasAlong(this.#root, path).map((schema) => fieldNotes.get(schema));
    const note = notes.findLast((candidate) => candidate !== undefined);
    const value = valueAt(this.#raw, path);
    // Nothing is hidden in nothing, and "it is empty" is what the operator has to know.
    const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
    const hidden = this.#isHidden(path, notes) && !isEmpty;
    return {
      path: showPath(path, this.#isHidden(path.slice(0, 1), notes.slice(0, 2))),
      given: texts.given ?? (hidden ? SECRET : showValue(value)),
      allowed: texts.allowed ?? note?.allowed ?? "nothing",
      why: texts.why ?? note?.why ?? "the schema knows nothing like it",
      ...(texts.hint === undefined ? {} : { hint: texts.hint }),
    };
  }

  /** Every problem in what zod found, one per unknown key. */
  fromIssue(issue: z.core.$ZodIssue): { readonly path: Path; readonly problem: Problem }[] {
    const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => {
        const where = [...path, key];
        return { path: where, problem: this.#unknownKey(where) };
      });
    }
    const value = valueAt(this.#raw, path);
    return [{ path, problem: this.at(path, { hint: hintOf(issue, value) }) }];
  }

  #unknownKey(path: Path): Problem {
    const parent = unwrapped(schemasAlong(this.#root, path.slice(0, -1)).at(-1) ?? this.#root);
    const names = parent instanceof z.ZodObject ? Object.keys(parent.shape) : [];
    const meant = nearest(String(path.at(-1)), names);
    return this.at(path, {
      given: "an unknown key",
      allowed: names.join(", "),
      why: "an unknown key sets nothing, so what it was meant to set would stay unset",
      hint: meant === undefined ? "remove it" : `did you mean ${meant}?`,
    });
  }

  #isHidden(path: Path, notes: readonly (FieldNote | undefined)[]): boolean {
    return this.#isSecretSection(String(path[0])) || notes.some((note) => note?.hidden === true);
  }
}

function hintOf(issue: z.core.$ZodIssue, value: unknown): string | undefined {
  if (issue.code === "custom") return issue.message;
  if (typeof value === "number") {
    const wantsText =
      (issue.code === "invalid_type" && issue.expected === "string") ||
      (issue.code === "invalid_value" && issue.values.includes(String(value)));
    return wantsText ? "put it in quotes; on the command line add --type string" : undefined;
  }
  if (issue.code === "invalid_value" && typeof value === "string") {
    const meant = nearest(value, issue.values.map(String));
    return meant === undefined ? undefined : `did you mean ${meant}?`;
  }
  return undefined;
}
