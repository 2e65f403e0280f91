import { z } from "zod";

import { distinctBy, noted } from "./fields";
import { FARGATE_CPU } from "./service-facts";

/** Registry, repository and digest of an image: `<account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<64 hex digits>`. */
const IMAGE =
  /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([a-z0-9][a-z0-9._/-]*)@sha256:[0-9a-f]{64}$/;

/** The parts of an image that was accepted. */
export function imageParts(image: string): { accountId: string; region: string; repository: string } {
  const [, accountId = "", region = "", repository = ""] = IMAGE.exec(image) ?? [];
  return { accountId, region, repository };
}

const imageText = z.string().superRefine((text, issues) => {
  if (IMAGE.test(text)) return;
  const message = !/^\d{12}\.dkr\.ecr\./.test(text)
    ? "push it to the account's registry, or name it as the pull-through cache does"
    : text.includes("@")
      ? "a digest is sha256: and 64 lower-case hex digits"
      : "name the digest that was pushed, not a tag";
  issues.addIssue({ code: "custom", message });
});

const imageNote = {
  allowed:
    "<account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<64 hex digits>, account and region of streamflix:aws",
  why: "a tag can be moved, so that two tasks of one deployment would differ; another registry could be down, slow or outside the EU",
};

const cooldown = (means: string, seconds: number) =>
  noted(z.int().min(0).max(3600).default(seconds), {
    means,
    allowed: "a whole number from 0 to 3600",
    why: "a task takes a minute to serve, so that a shorter view of the load would swing",
  });

const percent = (what: string, byDefault: number) =>
  noted(z.int().min(20).max(90).default(byDefault), {
    means: `Average ${what} use of the tasks that scaling aims at.`,
    allowed: "a whole number from 20 to 90",
    why: "below it the tasks idle, above it there is no room for a peak while a new one starts",
  });

const taskCount = (means: string, byDefault: number) =>
  noted(z.int().min(1).max(1000).default(byDefault), {
    means,
    allowed: "a whole number from 1 to 1000, min at most max; prod: 2 or more",
    why: "without a task nothing is served, with one a zone or a Spot interruption stops the service",
  });

const weight = (means: string) =>
  noted(z.int().min(0).max(1000).default(1), {
    means,
    allowed: "a whole number from 0 to 1000; at least one of the two weights above 0",
    why: "AWS takes no other, and tasks beyond the base go nowhere when both are 0",
  });

/** A point in time or a repeating one, as Application Auto Scaling writes them. */
const SCHEDULE = /^(at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)|cron\(\S+( \S+){5}\))$/;

const schedule = (means: string) =>
  noted(z.string().regex(SCHEDULE), {
    means,
    allowed: "at(yyyy-mm-ddThh:mm:ss) or cron(minutes hours day month weekday year), both of the same kind",
    why: "AWS refuses others in the middle of a deployment",
  });

const premiere = noted(
  z
    .strictObject({
      name: noted(
        z
          .string()
          .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
          .max(40),
        {
          means: "Name of the premiere.",
          allowed: "up to 40 lower-case letters, digits and single inner hyphens, starting with a letter",
          why: "it becomes part of the names of its two scheduled actions",
        },
      ),
      start: schedule("When the tasks are to be there: some minutes before the rush."),
      end: schedule("When scaling may go back to tasks.min."),
      timezone: noted(z.string().refine(isTimeZone, "the database has no such name"), {
        means: "Time zone of start and end.",
        allowed: "a name of the IANA time zone database, such as Europe/Berlin",
        why: "a premiere is announced in local time, which summer time moves",
      }),
      minTasks: noted(z.int().min(1).max(1000), {
        means: "Tasks that run from start to end whatever the load is.",
        allowed: "a whole number above tasks.min, up to tasks.max",
        why: "scaling on load alone comes minutes after the rush",
      }),
    })
    .readonly(),
  {
    means: "One expected rush.",
    allowed: "an object",
    why: "each has times and a number of its own",
  },
);

function isTimeZone(name: string): boolean {
  try {
    // The only check that every supported Node has; offsets such as +02:00 are no names.
    new Intl.DateTimeFormat("en", { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** Section `streamflix:service`. */
export const service = noted(
  z
    .strictObject({
      image: noted(imageText, { means: "Image of the application, for ARM64.", ...imageNote }),
      collectorImage: noted(imageText.exactOptional(), {
        means:
          "Image of the OpenTelemetry collector of AWS (ADOT) that runs beside the application; required in prod.",
        ...imageNote,
        absent: "no collector: the service's traces and its own metrics go nowhere",
      }),
      cpu: noted(z.literal(FARGATE_CPU), {
        means: "CPU units of a task, application and collector together; 1024 are one vCPU.",
        allowed: FARGATE_CPU.join(", "),
        why: "Fargate has no other sizes",
      }),
      memory: noted(z.int(), {
        means: "Memory of a task in MiB, application and collector together.",
        allowed: "a size that Fargate offers with the chosen cpu",
        why: "Fargate takes fixed pairs only, and would refuse another in the middle of a deployment",
      }),
      tasks: noted(
        z
          .strictObject({
            min: taskCount("Tasks that always run.", 2),
            max: taskCount("Most tasks; during a deployment twice as many run for some minutes.", 10),
          })
          .readonly(),
        {
          means:
            "Between which numbers of tasks Application Auto Scaling moves. No deployment changes the number.",
          allowed: "an object with min and max",
          why: "the limits bound both an outage and the bill",
        },
      ),
      capacity: noted(
        z
          .strictObject({
            onDemandBase: noted(z.int().min(0).max(1000).default(1), {
              means: "Tasks that always run on Fargate, never on Spot.",
              allowed: "a whole number from 0 to 1000; prod: 1 or more",
              why: "AWS can take all Spot tasks back at once, with two minutes' notice",
            }),
            onDemandWeight: weight("Share of Fargate in the tasks beyond the base."),
            spotWeight: weight("Share of Fargate Spot in the tasks beyond the base."),
          })
          .readonly(),
        {
          means: "What tasks run on. A change deploys the tasks anew and replaces nothing.",
          allowed: "an object with onDemandBase, onDemandWeight and spotWeight",
          why: "Spot costs about a third, and can be gone in two minutes",
        },
      ),
      scaling: noted(
        z
          .strictObject({
            targetCpuPercent: percent("CPU", 70),
            targetMemoryPercent: percent("memory", 80),
            requestsPerTaskAndMinute: noted(z.int().min(1).max(1_000_000).exactOptional(), {
              means: "Requests per task and minute that scaling aims at, beside CPU and memory.",
              allowed: "a whole number from 1 to 1000000",
              why: "it has to be measured: a guess would scale out for nothing",
              absent: "scaling looks at CPU and memory only",
            }),
            scaleInCooldownSeconds: cooldown("Seconds after tasks were removed until more may be.", 300),
            scaleOutCooldownSeconds: cooldown("Seconds after tasks were added until more may be.", 60),
            premieres: noted(distinctBy(premiere, "name").max(10).readonly().default([]), {
              means: "Rushes that are known beforehand.",
              allowed: "a list of at most 10 objects, each with a name of its own",
              why: "two actions of one name would undo each other",
            }),
          })
          .readonly(),
        {
          means: "What Application Auto Scaling aims at.",
          allowed: "an object",
          why: "targets that fit the service keep both latency and cost down",
        },
      ),
      vcpuQuota: noted(
        z
          .strictObject({
            onDemand: noted(z.int().min(1).max(100_000), {
              means: "vCPUs of Fargate that the account may use in the region (quota L-3032A538).",
              allowed: "a whole number from 1 to 100000, enough for the tasks of a deployment",
              why: "a new account has 6; beyond the quota tasks stay pending, and a deployment hangs",
            }),
            spot: noted(z.int().min(0).max(100_000), {
              means: "vCPUs of Fargate Spot that the account may use in the region (quota L-36FBB829).",
              allowed: "a whole number from 0 to 100000, enough for the tasks of a deployment",
              why: "a new account has 6; beyond the quota tasks stay pending, and a deployment hangs",
            }),
          })
          .readonly(),
        {
          means:
            "What the account has been granted, for all that runs in it; Service Quotas shows and raises it.",
          allowed: "an object with onDemand and spot",
          why: "the program asks AWS nothing, so that a plan depends on this file alone",
        },
      ),
    })
    .readonly()
    .exactOptional(),
  {
    means:
      "The service on ECS Fargate behind an internal load balancer, with the collector of its traces and metrics.",
    allowed: "an object",
    why: "nothing that decides downtime or cost is guessed",
    absent: "no service, no cluster and no load balancer",
  },
);
