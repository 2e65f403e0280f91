import { z } from "zod";

import { FILE_TRANSITION_DAYS } from "./data-facts";
import { noted } from "./fields";

const transition = (means: string, allowed: string) =>
  noted(z.literal(FILE_TRANSITION_DAYS), {
    means,
    allowed,
    why: "EFS takes only these, and a file has to pass through the classes in order",
  });

/** Section `streamflix:files`. */
export const files = noted(
  z
    .strictObject({
      infrequentAccessAfterDays: transition(
        "Days without access after which a file moves to the Infrequent Access class. The first access moves it back.",
        FILE_TRANSITION_DAYS.join(", "),
      ),
      archiveAfterDays: transition(
        "Days without access after which a file moves to the Archive class.",
        `${FILE_TRANSITION_DAYS.join(", ")}; more than infrequentAccessAfterDays`,
      ),
    })
    .readonly()
    .exactOptional(),
  {
    means:
      "Shared file system in the isolated tier: always encrypted, over TLS only, one entry point without root rights.",
    allowed: "an object",
    why: "what is not accessed should cost less",
    absent: "no shared files",
  },
);
