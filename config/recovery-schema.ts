import { z } from "zod";

import { REGION_NAMES, STANDBY_REGION_NAMES, SUFFIX } from "./facts";
import { noted } from "./fields";

/** Section `streamflix:recovery`. */
export const recovery = noted(
  z
    .strictObject({
      region: noted(z.enum(STANDBY_REGION_NAMES), {
        means: "Region of the stack that stands by, in the same account.",
        allowed: STANDBY_REGION_NAMES.join(", "),
        why: "a copy beside the original is lost with it, and personal data stays in the EU",
      }),
      suffix: noted(z.string().regex(SUFFIX), {
        means: "Its streamflix:environment.suffix, of which its names are made.",
        allowed: "another suffix than this stack's, of the same form",
        why: "what copies are sent to is known by its name, and never looked up",
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means:
      "The stack in another region that stands by for this one, and to which it copies what is needed there.",
    allowed: "an object; that stack has to be deployed before",
    why: "AWS refuses to copy to what is not there",
    absent: "no copies: what the stack holds is in its own region only",
  },
);

/** Section `streamflix:standby`. */
export const standby = noted(
  z
    .strictObject({
      region: noted(z.enum(REGION_NAMES), {
        means: "Region of the stack that this one stands by for, in the same account.",
        allowed: `another region than this stack's: ${REGION_NAMES.join(", ")}`,
        why: "what is copied here is watched by the names of both ends",
      }),
      suffix: noted(z.string().regex(SUFFIX), {
        means: "Its streamflix:environment.suffix, of which its names are made.",
        allowed: "another suffix than this stack's, of the same form",
        why: "copies of secrets keep its names, and how far copies are behind is known by them",
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means: "The stack that this one stands by for: what it copies has its place here, and is watched.",
    allowed: "an object, in prod-dr only",
    why: "AWS refuses to copy to what is not there, so this stack is deployed before the other names it",
    absent: "this stack takes no copies but those of backups",
  },
);
