import { z } from "zod";

import { type Cidr, readCidr } from "./cidr";
import { dailyWindow, weeklyWindow, type Window } from "./windows";

/** What a reader of the reference and of an error needs to know about one field. */
export interface FieldNote {
  /** What the value does. */
  readonly means: string;
  /** What may be written. */
  readonly allowed: string;
  /** Why nothing else is allowed: what would break. */
  readonly why: string;
  /** What happens when an optional field is left out. */
  readonly absent?: string;
  /** True where the value is personal data, or somebody could take the field for one that is: no text shows it. */
  readonly hidden?: true;
}

/** Notes on every field of the schema: the one source of `docs/config.md` and of the error texts. */
export const fieldNotes = z.registry<FieldNote>();

/** Attaches its note to a schema. Wrap the outermost schema: `.default()` and `.optional()` make new ones. */
export function noted<S extends z.ZodType>(schema: S, note: FieldNote): S {
  fieldNotes.add(schema, note);
  return schema;
}

/** A list without repeated entries; the second of two equal entries is the faulty one. */
export function distinct<S extends z.ZodType>(item: S) {
  return z.array(item).superRefine((list, issues) => {
    list.forEach((value, index) => {
      if (list.indexOf(value) < index) {
        issues.addIssue({ code: "custom", path: [index], message: "it is listed twice; remove one" });
      }
    });
  });
}

/** A list of objects without repeated values of one property; the second of two equal objects is the faulty one. */
export function distinctBy<S extends z.ZodType<Readonly<Record<string, unknown>>>>(
  item: S,
  property: string,
) {
  return z.array(item).superRefine((list, issues) => {
    const values = list.map((it) => it[property]);
    values.forEach((value, index) => {
      if (values.indexOf(value) < index) {
        const message = `${String(value)} is there twice; rename one`;
        issues.addIssue({ code: "custom", path: [index, property], message });
      }
    });
  });
}

/** A canonical IPv4 network that `fault` finds nothing wrong with. */
export function cidrBlock(fault: (cidr: Cidr) => string | undefined) {
  return z.string().superRefine((text, issues) => {
    const read = readCidr(text);
    const message = typeof read === "string" ? read : fault(read);
    if (message !== undefined) issues.addIssue({ code: "custom", message });
  });
}

/** A daily window in UTC of at least some minutes. */
export function dailyWindowText(minimumMinutes: number) {
  return windowText(dailyWindow, "hh:mm-hh:mm", minimumMinutes);
}

/** A weekly window in UTC of at least some minutes, and at most a day, as AWS has it. */
export function weeklyWindowText(minimumMinutes: number) {
  return windowText(weeklyWindow, "ddd:hh:mm-ddd:hh:mm", minimumMinutes);
}

const LONGEST_WINDOW_MINUTES = 24 * 60;

function windowText(read: (text: string) => Window | undefined, form: string, minimumMinutes: number) {
  return z.string().superRefine((text, issues) => {
    const window = read(text);
    if (window === undefined) {
      issues.addIssue({ code: "custom", message: `write it as ${form}, in UTC` });
    } else if (window.minutes < minimumMinutes) {
      const message = `it lasts ${window.minutes} minutes; make it at least ${minimumMinutes}`;
      issues.addIssue({ code: "custom", message });
    } else if (window.minutes > LONGEST_WINDOW_MINUTES) {
      issues.addIssue({ code: "custom", message: "it lasts longer than a day" });
    }
  });
}

/** An object of which exactly one property has to be given: a choice that brings its own settings. */
export function exactlyOne<S extends z.ZodObject>(object: S): S {
  const kinds = Object.keys(object.shape);
  return object.superRefine((value, issues) => {
    const given = kinds.filter((kind) => Object.hasOwn(value, kind));
    // An unknown key is a misspelt kind, and reported as that.
    if (given.length === 1 || issues.issues.length > 0) return;
    const message =
      given.length === 0 ? `write one of ${kinds.join(", ")}` : `keep one of ${given.join(", ")}`;
    issues.addIssue({ code: "custom", message });
  });
}
