import { z } from "zod";

import { noted } from "./fields";
import { type ThresholdName, THRESHOLDS } from "./monitoring-facts";

const limits = Object.fromEntries(
  Object.entries(THRESHOLDS).map(([name, { value, least, most, means }]) => [
    name,
    noted(z.number().min(least).max(most).default(value), {
      means,
      allowed: `a number from ${least} to ${most}`,
      why: "outside of it the alarm would never fire, or always",
    }),
  ]),
) as Record<ThresholdName, z.ZodDefault<z.ZodNumber>>;

const objectives = noted(
  z
    .strictObject({
      availabilityPercent: noted(z.number().min(90).max(99.99).default(99.9), {
        means: "Share of requests that the API answers without a 5xx, over a month.",
        allowed: "a number from 90 to 99.99",
        why: "the rest is the error budget, whose burn raises the alarms",
      }),
      latencyPercent: noted(z.number().min(50).max(99.99).default(99), {
        means: "Share of requests that are answered within latencyMilliseconds, over a month.",
        allowed: "a number from 50 to 99.99",
        why: "the rest is the budget of slow answers",
      }),
      latencyMilliseconds: noted(z.int().min(50).max(29_000).default(1000), {
        means: "Time within which a request counts as fast, in milliseconds.",
        allowed: "a whole number from 50 to 29000",
        why: "API Gateway gives up after 29 seconds",
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means: "What the API promises (service level objectives); alarms on how fast the error budget burns.",
    allowed: "an object",
    why: "a burn rate tells a night's call from a working day's",
    absent: "no alarms on burn rates",
  },
);

const canary = noted(
  z
    .strictObject({
      everyMinutes: noted(z.int().min(1).max(60).default(5), {
        means: "Minutes from one run to the next.",
        allowed: "a whole number from 1 to 60",
        why: "a run costs 0.0012 USD and more; an outage is noticed after two",
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means: "A canary that asks the API from outside, health and a guarded route.",
    allowed: "an object",
    why: "only who asks knows whether somebody is answered",
    absent: "an API that nobody calls is silent, and its failover takes silence for an outage",
  },
);

const costs = noted(
  z
    .strictObject({
      monthlyBudgetUsd: noted(z.number().min(1).max(10_000_000), {
        means:
          "What the account may cost in a month, in US dollars; people are told at 50, 80 and 100 % and when the forecast is above it.",
        allowed: "a number from 1 to 10000000",
        why: "a wrong guess would never be told, or always",
      }),
      anomalies: noted(
        z
          .strictObject({
            fromUsd: noted(z.number().min(1).max(1_000_000).default(50), {
              means: "Extra cost of one anomaly from which on people are told, in US dollars.",
              allowed: "a number from 1 to 1000000",
              why: "below a dollar everything is an anomaly",
            }),
            adoptMonitorArn: noted(
              z
                .string()
                .regex(/^arn:aws:ce::\d{12}:anomalymonitor\/[0-9a-f-]{36}$/)
                .exactOptional(),
              {
                means: "Monitor of all services that the account has already.",
                allowed: "arn:aws:ce::<account>:anomalymonitor/<id>",
                why: "AWS lets an account have one; a second stack in it adopts the first one's",
                absent: "the monitor is made",
              },
            ),
          })
          .readonly(),
        {
          means: "What counts as an anomaly.",
          allowed: "an object",
          why: "a service that suddenly costs more is found before the budget is spent",
        },
      ),
    })
    .readonly()
    .exactOptional(),
  {
    means: "Budget of the account and anomalies of its costs.",
    allowed: "an object",
    why: "what nobody looks at gets expensive",
    absent: "nobody is told about costs",
  },
);

/** Section `streamflix:monitoring`. */
export const monitoring = noted(
  z
    .strictObject({
      thresholds: noted(z.strictObject(limits).readonly(), {
        means: "What alarms compare with, where it should not be the default.",
        allowed: "an object of numbers; {} for all defaults",
        why: "an alarm at the wrong height is either noise or silent",
      }),
      objectives,
      canary,
      costs,
    })
    .readonly()
    .exactOptional(),
  {
    means: "Alarms on everything the stack runs, dashboards, saved queries, and what all of it costs.",
    allowed: "an object",
    why: "what nobody watches fails unseen",
    absent: "only the alarms that deployments, failover and break-glass access need",
  },
);
