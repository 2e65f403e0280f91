import { z } from "zod";

import { type Cidr, readCidr } from "./cidr";

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

/** A canonical IPv4 network that `fault` finds nothing wrong with. */
export function cidrBlock(fault: (cidr: Cidr) => string | undefined) {
  return z.string().superRefine((text, issues) => {
    const read = readCidr(text);
    const message = typeof read === "string" ? read : fault(read);
    if (message !== undefined) issues.addIssue({ code: "custom", message });
  });
}
