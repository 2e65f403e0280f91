import { z } from "zod";

import { noted } from "./fields";

const single = (means: string, why: string) =>
  noted(z.enum(["create", "adopt", "off"]), {
    means: `${means}, one per account and region: create = this stack owns it, adopt = another stack or the organization does, off = nobody.`,
    allowed: "create, adopt or off; prod: create or adopt",
    why,
  });

/** Section `streamflix:audit`. */
export const audit = noted(
  z
    .strictObject({
      trail: single(
        "CloudTrail's record of every call, of reads and writes of objects, and alarms on what should not pass unseen",
        "a second trail is charged for each event, and none leaves an incident without a trace",
      ),
      lock: noted(z.enum(["GOVERNANCE", "COMPLIANCE"]).exactOptional(), {
        means:
          "Keeps the trail's files for the least days of class audit: GOVERNANCE against all but those with a right of their own, COMPLIANCE against everybody, AWS too. Can't be added or taken away later.",
        allowed: "GOVERNANCE or COMPLIANCE, with trail: create; required in prod",
        why: "who breaks in deletes the trail first",
        absent: "files of the trail can be deleted",
      }),
      detector: single(
        "GuardDuty's detector, with every feature set",
        "AWS refuses a second one, and without one stolen credentials show when the damage is done",
      ),
      recorder: single(
        "AWS Config's recorder, its bucket and managed rules",
        "AWS refuses a second one, and without one nobody knows what was changed by hand",
      ),
      recording: noted(z.enum(["continuous", "daily"]).exactOptional(), {
        means: "What the recorder records: every change, or how things are once a day.",
        allowed: "continuous or daily, with recorder: create",
        why: "a daily record costs four times as much for each resource, and rules see a change a day late",
        absent: "another stack decides, or nothing is recorded",
      }),
      analyzer: single(
        "Access Analyzer, which proves what is open to others",
        "AWS refuses a second one, and a policy that opens too much looks like any other",
      ),
    })
    .readonly()
    .exactOptional(),
  {
    means:
      "Who did what, and what is wrong: trail, threat detection, configuration history, access analysis.",
    allowed: "an object",
    why: "whether the account has these already is never guessed",
    absent: "nothing of the account is audited by this stack",
  },
);
