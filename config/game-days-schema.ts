import { z } from "zod";

import { noted } from "./fields";

/** Section `streamflix:gameDays`. */
export const gameDays = noted(
  z
    .strictObject({
      zone: noted(z.string().regex(/^[a-z]{2}-[a-z]+-\d[a-z]$/), {
        means:
          "Zone that is tried to be lost: its subnets go without network, its cache nodes without power.",
        allowed: "a zone of streamflix:aws.availabilityZones, with a node of the cache if there is one",
        why: "an experiment on a zone with nothing in it would prove nothing",
      }),
      allowInProd: noted(z.literal(true).exactOptional(), {
        means: "Lets the experiments exist in prod, where those who feel them are viewers.",
        allowed: "true; in prod: always",
        why: "an experiment that is there can be started, by mistake too",
        absent: "no experiments in prod",
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means:
      "Experiments of AWS Fault Injection Service that `npm run test:dr` starts: failures of one part each, to measure how long the API is away and what is lost. They do nothing until somebody starts them.",
    allowed: "an object; needs streamflix:monitoring.objectives",
    why: "a recovery that nobody has tried is a hope",
    absent: "no experiments",
  },
);
