import assert from "node:assert/strict";

import { FARGATE_CPU, FARGATE_MEMORY } from "../../config";
import { type Case, checkCases, one, prod, standby } from "./cases";
import { parseJson, set, validConfig } from "./helpers";

const SERVICE = "streamflix:service";
const DIGEST = `sha256:${"a".repeat(64)}`;
const REGISTRY = "111122223333.dkr.ecr.eu-central-1.amazonaws.com";

/** A valid premiere of the dev stack, some of it changed. */
const premiere = (changes: object = {}) => ({
  name: "season-start",
  start: "at(2026-12-18T19:30:00)",
  end: "at(2026-12-18T23:00:00)",
  timezone: "Europe/Berlin",
  minTasks: 3,
  ...changes,
});
const premieres = (id: string, changes: object, ...problems: string[]): Case =>
  one(id, `${SERVICE}.scaling.premieres`, [premiere(changes)], ...problems);
const FIRST = `${SERVICE}.scaling.premieres[0]`;

checkCases("configuration rules: service, images and size", [
  {
    id: "no service",
    change: { [SERVICE]: undefined, "streamflix:remediation.cases.capacity": undefined },
    problems: [],
  },
  one(
    "tag in place of a digest",
    `${SERVICE}.image`,
    `${REGISTRY}/streamflix/service:1.4.2`,
    `${SERVICE}.image | "${REGISTRY}/streamflix/service:1.4.2" | name the digest that was pushed, not a tag`,
  ),
  one(
    "digest cut short",
    `${SERVICE}.image`,
    `${REGISTRY}/service@sha256:abc`,
    `${SERVICE}.image | "${REGISTRY}/service@sha256:abc" | a digest is sha256: and 64 lower-case hex digits`,
  ),
  one(
    "image of a public registry",
    `${SERVICE}.collectorImage`,
    `public.ecr.aws/x/y@${DIGEST}`,
    `${SERVICE}.collectorImage | "public.ecr.aws/x/y@${DIGEST.slice(0, 60)}… | push it to the account's registry, or name it as the pull-through cache does`,
  ),
  one("no tracing in dev", `${SERVICE}.collectorImage`, undefined),
  prod(
    "no tracing in prod",
    `${SERVICE}.collectorImage`,
    undefined,
    `${SERVICE}.collectorImage | nothing | an image in prod`,
  ),
  one(
    "image of another account",
    `${SERVICE}.image`,
    `999988887777.dkr.ecr.eu-central-1.amazonaws.com/a@${DIGEST}`,
    `${SERVICE}.image | "999988887777.dkr.ecr.eu-central-1.amazonaws.com/a@${DIGEST.slice(0, 29)}… | an image of account 111122223333`,
  ),
  one(
    "image of another region",
    `${SERVICE}.image`,
    `111122223333.dkr.ecr.eu-west-1.amazonaws.com/a@${DIGEST}`,
    `${SERVICE}.image | "111122223333.dkr.ecr.eu-west-1.amazonaws.com/a@${DIGEST.slice(0, 32)}… | an image of region eu-central-1`,
  ),
  one(
    "image missing",
    `${SERVICE}.image`,
    undefined,
    `${SERVICE}.image | nothing | <account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<64 hex digits>, account and region of streamflix:aws`,
  ),
  one(
    "cpu that Fargate lacks",
    `${SERVICE}.cpu`,
    768,
    `${SERVICE}.cpu | 768 | 256, 512, 1024, 2048, 4096, 8192, 16384`,
  ),
  one(
    "memory below what its cpu takes",
    `${SERVICE}.memory`,
    512,
    `${SERVICE}.memory | 512 | 1024, 2048, 3072, 4096 with cpu 512`,
  ),
  one(
    "memory between two sizes",
    `${SERVICE}.memory`,
    1536,
    `${SERVICE}.memory | 1536 | 1024, 2048, 3072, 4096 with cpu 512`,
  ),
]);

checkCases("configuration rules: service, tasks and capacity", [
  one("more least tasks than most", `${SERVICE}.tasks.min`, 4, `${SERVICE}.tasks.min | 4 | at most max, 3`),
  one(
    "no task",
    `${SERVICE}.tasks.min`,
    0,
    `${SERVICE}.tasks.min | 0 | a whole number from 1 to 1000, min at most max; prod: 2 or more`,
  ),
  standby("one task in prod's standby", `${SERVICE}.tasks.min`, 1),
  standby(
    "one task that an automatic failover would send all callers to",
    "streamflix:api.domain.failover",
    "automatic",
    `${SERVICE}.tasks.min | 1 | write prod's tasks.min, or armed for the domain's failover`,
  ),
  prod("one task in prod", `${SERVICE}.tasks.min`, 1, `${SERVICE}.tasks.min | 1 | 2 or more in prod`),
  one("Spot alone in dev", `${SERVICE}.capacity.onDemandBase`, 0),
  prod(
    "no base in prod",
    `${SERVICE}.capacity.onDemandBase`,
    0,
    `${SERVICE}.capacity.onDemandBase | 0 | 1 or more in prod`,
  ),
  {
    id: "no weight at all",
    change: { [`${SERVICE}.capacity`]: { onDemandWeight: 0, spotWeight: 0 } },
    problems: [`${SERVICE}.capacity.spotWeight | 0 | more than 0, since onDemandWeight is 0`],
  },
  one(
    "weight below zero",
    `${SERVICE}.capacity.spotWeight`,
    -1,
    `${SERVICE}.capacity.spotWeight | -1 | a whole number from 0 to 1000; at least one of the two weights above 0`,
  ),
  {
    id: "more tasks than addresses while a zone is out",
    change: {
      "streamflix:network.subnets.private": ["10.20.16.0/27", "10.20.32.0/20"],
      [`${SERVICE}.tasks.max`]: 8,
      [`${SERVICE}.vcpuQuota`]: { onDemand: 20, spot: 20 },
    },
    // 32 addresses less 5 of AWS, 8 of the load balancer and 4 of the endpoints are 15.
    problems: [`${SERVICE}.tasks.max | 8 | at most 7 with the private subnets of streamflix:network`],
  },
  {
    id: "more vCPUs than the account has",
    change: { [`${SERVICE}.vcpuQuota`]: { onDemand: 1, spot: 1 } },
    // Six tasks of half a vCPU: the base and two or three of the other five on each.
    problems: [
      `${SERVICE}.vcpuQuota.onDemand | 1 | have the quota raised and write the new figure, or lower tasks.max or cpu`,
      `${SERVICE}.vcpuQuota.spot | 1 | have the quota raised and write the new figure, or lower tasks.max or cpu`,
    ],
  },
  prod(
    "a new account's quota in prod",
    `${SERVICE}.vcpuQuota`,
    { onDemand: 6, spot: 32 },
    `${SERVICE}.vcpuQuota.onDemand | 6 | have the quota raised and write the new figure, or lower tasks.max or cpu`,
  ),
  {
    id: "no Spot, and none granted",
    change: {
      [`${SERVICE}.capacity.spotWeight`]: 0,
      [`${SERVICE}.vcpuQuota`]: { onDemand: 3, spot: 0 },
      "streamflix:remediation.cases.capacity": undefined,
    },
    problems: [],
  },
  one(
    "quota missing",
    `${SERVICE}.vcpuQuota`,
    undefined,
    `${SERVICE}.vcpuQuota | nothing | an object with onDemand and spot`,
  ),
]);

checkCases("configuration rules: service, scaling", [
  one(
    "target without room for a peak",
    `${SERVICE}.scaling.targetCpuPercent`,
    95,
    `${SERVICE}.scaling.targetCpuPercent | 95 | a whole number from 20 to 90`,
  ),
  one(
    "cooldown below zero",
    `${SERVICE}.scaling.scaleInCooldownSeconds`,
    -1,
    `${SERVICE}.scaling.scaleInCooldownSeconds | -1 | a whole number from 0 to 3600`,
  ),
  premieres("a premiere", {}),
  premieres("a repeated premiere", { start: "cron(30 19 ? * FRI *)", end: "cron(0 23 ? * FRI *)" }),
  premieres(
    "a premiere in words",
    { start: "Friday evening" },
    `${FIRST}.start | "Friday evening" | at(yyyy-mm-ddThh:mm:ss) or cron(minutes hours day month weekday year), both of the same kind`,
  ),
  premieres(
    "a premiere that ends before it starts",
    { end: "at(2026-12-18T19:00:00)" },
    `${FIRST}.end | "at(2026-12-18T19:00:00)" | it has to be later than start`,
  ),
  premieres(
    "a premiere that starts once and ends again and again",
    { end: "cron(0 23 ? * FRI *)" },
    `${FIRST}.end | "cron(0 23 ? * FRI *)" | start and end have to be both at(…) or both cron(…)`,
  ),
  premieres(
    "a premiere in no time zone",
    { timezone: "Europe/Bonn" },
    `${FIRST}.timezone | "Europe/Bonn" | the database has no such name`,
  ),
  premieres(
    "an offset as a time zone",
    { timezone: "+02:00" },
    `${FIRST}.timezone | "+02:00" | the database has no such name`,
  ),
  premieres(
    "a premiere with more tasks than there may be",
    { minTasks: 4 },
    `${FIRST}.minTasks | 4 | more than tasks.min, 1, up to tasks.max, 3`,
  ),
  premieres(
    "a premiere that changes nothing",
    { minTasks: 1 },
    `${FIRST}.minTasks | 1 | more than tasks.min, 1, up to tasks.max, 3`,
  ),
  one(
    "two premieres of one name",
    `${SERVICE}.scaling.premieres`,
    [premiere(), premiere({ minTasks: 2 })],
    `${SERVICE}.scaling.premieres[1].name | "season-start" | season-start is there twice; rename one`,
  ),
]);

describe("Fargate's table", () => {
  it("has the sizes that AWS documents", () => {
    assert.deepEqual(Object.keys(FARGATE_MEMORY).map(Number), [...FARGATE_CPU]);
    assert.deepEqual(
      Object.values(FARGATE_MEMORY).map((sizes) => [sizes.length, sizes[0], sizes[1], sizes.at(-1)]),
      [
        [3, 512, 1024, 2048],
        [4, 1024, 2048, 4096],
        [7, 2048, 3072, 8192],
        [13, 4096, 5120, 16_384],
        [23, 8192, 9216, 30_720],
        [12, 16_384, 20_480, 61_440],
        [12, 32_768, 40_960, 122_880],
      ],
    );
  });
});

describe("service defaults", () => {
  it("are 2 to 10 tasks at 70 % CPU, half of them on Spot beyond a base of one", () => {
    const config = validConfig("prod");
    set(config, `${SERVICE}.tasks`, {});
    set(config, `${SERVICE}.capacity`, {});
    set(config, `${SERVICE}.scaling`, {});
    const service = parseJson(config).config.service;
    assert.deepEqual(
      [service?.tasks, service?.capacity, service?.scaling],
      [
        { min: 2, max: 10 },
        { onDemandBase: 1, onDemandWeight: 1, spotWeight: 1 },
        {
          targetCpuPercent: 70,
          targetMemoryPercent: 80,
          scaleInCooldownSeconds: 300,
          scaleOutCooldownSeconds: 60,
          premieres: [],
        },
      ],
    );
  });
});
