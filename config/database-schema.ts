import { z } from "zod";

import {
  AUDIT_CLASSES,
  DEFAULT_ENGINE_VERSION,
  ENGINE_VERSIONS,
  INSTANCE_CLASSES,
  MAX_ACU,
  MAX_READERS,
} from "./data-facts";
import { SUFFIX } from "./facts";
import { dailyWindowText, distinct, exactlyOne, noted, weeklyWindowText } from "./fields";

const ACU_STEP = 0.5;

/** A field that is absent unless the other kind was chosen. */
const choice = (means: string, shape: z.core.$ZodLooseShape, absent: string) => ({
  means,
  allowed: `an object with ${Object.keys(shape).join(", ")}`,
  why: "each kind has its own settings",
  absent,
});

const serverless = {
  minCapacity: noted(z.number().min(0).max(MAX_ACU).multipleOf(ACU_STEP), {
    means:
      "Least capacity of each instance in Aurora capacity units (about 2 GiB of memory each). 0 lets idle instances pause.",
    allowed: `a number from 0 to ${MAX_ACU} in steps of ${ACU_STEP}, at most maxCapacity; prod: 0.5 or more`,
    why: "AWS takes no other; 0 and 0.5 cap max_connections at 2,000, and Performance Insights wants 2 or more",
  }),
  maxCapacity: noted(z.number().min(1).max(MAX_ACU).multipleOf(ACU_STEP), {
    means:
      "Most capacity of each instance. max_connections follows from it, and a change counts after the next restart.",
    allowed: `a number from 1 to ${MAX_ACU} in steps of ${ACU_STEP}, at least minCapacity`,
    why: "AWS takes no other, and it bounds the cost of each instance",
  }),
  secondsUntilAutoPause: noted(z.int().min(300).max(86_400).exactOptional(), {
    means:
      "Seconds without a connection until an instance pauses. The next connection then waits about 15 seconds.",
    allowed: "a whole number from 300 to 86400, only with a minCapacity of 0",
    why: "AWS pauses only instances that may go down to 0, and takes no other times",
    absent: "instances pause after 300 seconds where minCapacity is 0, else never",
  }),
};

const provisioned = {
  instanceClass: noted(z.enum(INSTANCE_CLASSES), {
    means:
      "Class of every instance. A change restarts them: with applyChanges now one after the other, in a window when RDS wants.",
    allowed: "db.t4g.medium, db.t4g.large, or db.r6g, db.r7g or db.r8g in sizes large to 16xlarge",
    why: "Aurora PostgreSQL runs on these Graviton classes; another would fail in the middle of a deployment",
  }),
};

const engine = noted(
  exactlyOne(
    z.strictObject({
      serverless: noted(
        z.strictObject(serverless).readonly().exactOptional(),
        choice(
          "Serverless v2: each instance scales by itself within a range.",
          serverless,
          "provisioned instances",
        ),
      ),
      provisioned: noted(
        z.strictObject(provisioned).readonly().exactOptional(),
        choice("Instances of a fixed class.", provisioned, "serverless instances"),
      ),
    }),
  ).readonly(),
  {
    means: "What the instances run on. Changing from one to the other keeps cluster, data and secrets.",
    allowed: "an object with either serverless or provisioned",
    why: "every instance is of one kind, so that a failover doesn't change what the database can do",
  },
);

const readerCount = (means: string) =>
  noted(z.int().min(1).max(MAX_READERS), {
    means,
    allowed: `a whole number from 1 to ${MAX_READERS}`,
    why: `without a reader the loss of a zone stops the database, and Aurora has room for ${MAX_READERS}`,
  });

const cooldown = (means: string) =>
  noted(z.int().min(0).max(3600).default(300), {
    means,
    allowed: "a whole number from 0 to 3600",
    why: "a reader takes minutes to start, so that a shorter view of the load would swing",
  });

const fixedReaders = {
  count: readerCount(
    "Readers, made in advance: the first scales with the writer and takes over first, the others scale by their own load.",
  ),
};

const scaledReaders = {
  min: readerCount("Readers that always exist; the deployment makes them."),
  max: readerCount(
    "Most readers; Application Auto Scaling makes those above min, and no deployment knows them.",
  ),
  targetCpuPercent: noted(z.int().min(20).max(90).default(70), {
    means: "Average CPU use of the readers that scaling aims at.",
    allowed: "a whole number from 20 to 90",
    why: "below it the readers idle, above it there is no room for a peak while a new one starts",
  }),
  scaleInCooldownSeconds: cooldown("Seconds after a reader was removed until the next may be."),
  scaleOutCooldownSeconds: cooldown("Seconds after a reader was added until the next may be."),
};

const readers = noted(
  exactlyOne(
    z.strictObject({
      serverless: noted(
        z.strictObject(fixedReaders).readonly().exactOptional(),
        choice(
          "A fixed number of readers, for a serverless engine.",
          fixedReaders,
          "readers are scaled in number",
        ),
      ),
      provisioned: noted(
        z.strictObject(scaledReaders).readonly().exactOptional(),
        choice(
          "Readers scaled in number by their CPU use, for a provisioned engine.",
          scaledReaders,
          "a fixed number",
        ),
      ),
    }),
  ).readonly(),
  {
    means: "Instances that only read and take over when the writer fails, spread over the zones.",
    allowed: "an object with either serverless or provisioned, of the same kind as engine",
    why: "Application Auto Scaling works on provisioned readers only",
  },
);

const SECRET_ARN = /^arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,512}-[A-Za-z0-9]{6}$/;

const global = noted(
  z
    .strictObject({
      secondaryOf: noted(z.string().regex(SUFFIX).exactOptional(), {
        means:
          "Suffix of the stack whose database this one is a copy of. All of its instances read, and one of them takes over.",
        allowed:
          "in the standby region only, the streamflix:environment.suffix of a stack in the same account",
        why: "the stacks agree on names and look nothing up",
        absent: "the database is the primary, which is written to and becomes global as it is",
      }),
      serviceSecretArn: noted(z.string().regex(SECRET_ARN).exactOptional(), {
        means:
          "The copy, in this region, of the secret that the service signs in with: the ARN of the primary's output databaseSecretArns.service with this region in it.",
        allowed: "ARN of a secret of this account and region whose name starts as the primary's does",
        why: "AWS ends its name with characters of its own, the stack looks nothing up, and the home region may be out",
        absent: "no streamflix:service can sign in here",
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means: "Aurora global database: changes reach a cluster in the standby region, usually within a second.",
    allowed: "{} in the home region, an object with secondaryOf in the standby region",
    why: "a stack that leaves it loses the copy in the standby region, so that nothing is assumed",
    absent: "the database is in one region only",
  },
);

/** Section `streamflix:database`. */
export const database = noted(
  z
    .strictObject({
      engine,
      engineVersion: noted(z.enum(ENGINE_VERSIONS).default(DEFAULT_ENGINE_VERSION), {
        means:
          "Version of Aurora PostgreSQL. Pinned: AWS upgrades nothing by itself while a version is supported.",
        allowed: `${ENGINE_VERSIONS.join(", ")}, in quotes; 16.8 and 17.7 are supported longest`,
        why: "other versions are out of standard support, unproven here, or unknown to AWS",
      }),
      allowMajorVersionUpgrade: noted(z.boolean().default(false), {
        means:
          "Lets a change of engineVersion go to another major version. Set it for that one deployment only.",
        allowed: "true or false",
        why: "a major upgrade takes the database down for minutes and can't be undone",
      }),
      applyChanges: noted(z.enum(["now", "window"]), {
        means:
          "When changes that restart or stop instances happen: at once, or in the next maintenanceWindow.",
        allowed: "now or window",
        why: "a wrong guess would either stop the database by day, or leave a change pending unnoticed",
      }),
      readers,
      global,
      backupRetentionDays: noted(z.int().min(1).max(35).default(7), {
        means: "Days back to which the database can be restored, to the second.",
        allowed: "a whole number from 1 to 35, within streamflix:retention.backup",
        why: "AWS takes no other; a backup keeps erased personal data alive, so longer is not better",
      }),
      backupWindow: noted(dailyWindowText(30), {
        means: "When the daily backup runs, in UTC.",
        allowed: "hh:mm-hh:mm of at least 30 minutes, apart from maintenanceWindow",
        why: "AWS takes no shorter one, and refuses windows that overlap",
      }),
      maintenanceWindow: noted(weeklyWindowText(30), {
        means: "When instances may be restarted for maintenance, in UTC.",
        allowed: "ddd:hh:mm-ddd:hh:mm of 30 minutes to a day, such as sun:03:00-sun:04:00",
        why: "AWS would pick a window at random, perhaps in the evening peak",
      }),
      insights: noted(z.enum(["standard", "advanced"]).default("standard"), {
        means:
          "Database Insights: standard keeps 7 days of load data, advanced 465 days with lock and plan analysis.",
        allowed: "standard or advanced",
        why: "advanced is paid for per vCPU or capacity unit",
      }),
      auditClasses: noted(
        distinct(
          noted(z.enum(AUDIT_CLASSES), {
            means: "One class of statements.",
            allowed: AUDIT_CLASSES.join(", "),
            why: "statements that read or write rows carry viewers' data, which may not get into a log",
          }),
        )
          .min(1)
          .readonly()
          .default(["ddl", "role"]),
        {
          means:
            "Statements that pgaudit records: ddl = structure, role = roles and grants, misc and misc_set = settings.",
          allowed: `a list without repeats of ${AUDIT_CLASSES.join(", ")}`,
          why: "who changed structure or rights has to be provable",
        },
      ),
    })
    .readonly()
    .exactOptional(),
  {
    means: "Aurora PostgreSQL cluster in the isolated tier, always encrypted, with its secrets and roles.",
    allowed: "an object",
    why: "nothing that decides data, downtime or cost is guessed",
    absent: "no database",
  },
);
