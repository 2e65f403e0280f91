import { z } from "zod";

import { noted } from "./fields";

/** Runtimes that the functions' bundles are made for. */
const RUNTIMES = ["nodejs22.x", "nodejs24.x"] as const;

const days = (means: string) =>
  noted(z.int().min(1).max(90).default(30), {
    means,
    allowed: "a whole number from 1 to 90",
    why: "a stolen password should end soon",
  });

const HOST = {
  means: "The name in its certificate.",
  allowed: "a DNS name",
  why: "a server proves by its certificate that it is the right one",
};

/** Section `streamflix:rotation`. */
export const rotation = noted(
  z
    .strictObject({
      masterDays: days("Days after which the master's password is replaced."),
      serviceDays: days(
        "Days after which the service's two users change places. The one who was current before stays valid for as long again.",
      ),
      runtime: noted(z.enum(RUNTIMES).default("nodejs24.x"), {
        means: "Lambda runtime of the function that rotates.",
        allowed: RUNTIMES.join(", "),
        why: "its bundle is made for these",
      }),
      hostAliases: noted(z.record(z.hostname(), noted(z.hostname(), HOST)).readonly().exactOptional(), {
        means:
          "Other hosts that a secret may name, such as a global writer endpoint, each with the name in its certificate.",
        allowed: "an object of DNS names",
        why: "rotation acts as master for the cluster's own hosts and for these, and for no other",
        absent: "the cluster's own hosts only",
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means: "Rotation of the database's passwords, the master's and the service's.",
    allowed: "an object",
    why: "a password that never changes is good for whoever once saw it",
    absent: "the first passwords stay, which prod does not allow",
  },
);
