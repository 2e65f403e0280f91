import type { Names } from "../../config";

/** Name of the stack's trail, known before the trail is there: policies of key and bucket name it. */
export function trailName(names: Names): string {
  return names.fixed("trail", "audit");
}
