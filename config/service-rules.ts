import { toCidr } from "./cidr";
import { REGION_OF_ENVIRONMENT } from "./facts";
import { type Draft, type Fault, faultIf, prodOnly, type Rule, standsBy } from "./rules";
import { CPU_UNITS_PER_VCPU, DEPLOYMENT_FACTOR, FARGATE_MEMORY, RESERVED_ADDRESSES } from "./service-facts";
import { imageParts } from "./service-schema";

const ADDRESS_BITS = 32;

/** vCPUs of the most tasks that can run at once, by what they run on; ECS rounds no task in two. */
export function peakVcpus({ tasks, capacity, cpu }: NonNullable<Draft["service"]>) {
  const { onDemandBase: base, onDemandWeight, spotWeight } = capacity ?? {};
  if (tasks?.max === undefined || base === undefined || cpu === undefined) return undefined;
  if (onDemandWeight === undefined || spotWeight === undefined || onDemandWeight + spotWeight === 0)
    return undefined;
  const all = DEPLOYMENT_FACTOR * tasks.max;
  const shared = Math.max(0, all - base);
  const share = (weight: number) => Math.ceil((shared * weight) / (onDemandWeight + spotWeight));
  const vcpus = (count: number) => (Math.min(count, all) * cpu) / CPU_UNITS_PER_VCPU;
  return { onDemand: vcpus(base + share(onDemandWeight)), spot: vcpus(share(spotWeight)) };
}

/** Addresses that tasks can have while the zone with the most of them is out. */
function freeAddresses({ aws, network }: Draft): number | undefined {
  const { subnets, endpoints } = network ?? {};
  if (subnets?.private === undefined || endpoints === undefined) return undefined;
  if (subnets.private.length !== aws?.availabilityZones?.length) return undefined;
  // Each interface endpoint takes one address of every private subnet.
  const taken = RESERVED_ADDRESSES.aws + RESERVED_ADDRESSES.loadBalancer + endpoints.length;
  const free = subnets.private.map((text) =>
    Math.max(0, 2 ** (ADDRESS_BITS - toCidr(text).prefixLength) - taken),
  );
  return free.reduce((sum, count) => sum + count, 0) - Math.max(0, ...free);
}

/** Account and region that are wrong themselves say so elsewhere: images have to be where the platform belongs. */
function imageFaults({ environment, aws, service }: Draft): Fault[] {
  const home = environment?.name && REGION_OF_ENVIRONMENT[environment.name];
  return (["image", "collectorImage"] as const).flatMap((field) => {
    const text = service?.[field];
    if (text === undefined) return [];
    const { accountId, region } = imageParts(text);
    const path = ["service", field];
    return [
      ...faultIf(aws?.accountId !== undefined && accountId !== aws.accountId, {
        path,
        allowed: `an image of account ${aws?.accountId ?? ""}`,
        why: "another account can delete or replace what this one runs",
      }),
      ...faultIf(home !== undefined && region !== home, {
        path,
        allowed: `an image of region ${home ?? ""}`,
        why: "tasks have to start while every other region is out",
      }),
    ];
  });
}

function premiereFaults({ service }: Draft): Fault[] {
  const { min, max } = service?.tasks ?? {};
  return (service?.scaling?.premieres ?? []).flatMap(({ start, end, minTasks }, index) => {
    const path = ["service", "scaling", "premieres", index];
    const bothOnce = start.startsWith("at(") && end.startsWith("at(");
    return [
      ...faultIf(start.startsWith("at(") !== end.startsWith("at("), {
        path: [...path, "end"],
        hint: "start and end have to be both at(…) or both cron(…)",
      }),
      // Both are local times of one zone, and written so that their texts sort as they do.
      ...faultIf(bothOnce && end <= start, { path: [...path, "end"], hint: "it has to be later than start" }),
      ...faultIf(min !== undefined && max !== undefined && (minTasks <= min || minTasks > max), {
        path: [...path, "minTasks"],
        allowed: `more than tasks.min, ${min ?? 0}, up to tasks.max, ${max ?? 0}`,
      }),
    ];
  });
}

/** Cross-field rules about the service, in the order of the schema. */
export const SERVICE_RULES: readonly Rule[] = [
  { id: "images-of-own-registry", check: imageFaults },
  prodOnly(
    "prod-is-traced",
    {
      path: ["service", "collectorImage"],
      allowed: "an image in prod",
      why: "without traces nobody finds out where the time of a slow request goes",
    },
    ({ service }) => service === undefined || service.collectorImage !== undefined,
  ),
  {
    id: "memory-of-cpu",
    check({ service }) {
      const { cpu, memory } = service ?? {};
      if (cpu === undefined || memory === undefined) return [];
      const offered: readonly number[] = FARGATE_MEMORY[cpu];
      return faultIf(!offered.includes(memory), {
        path: ["service", "memory"],
        allowed: `${offered.join(", ")} with cpu ${cpu}`,
      });
    },
  },
  {
    id: "task-range",
    check({ service }) {
      const { min, max } = service?.tasks ?? {};
      return faultIf(min !== undefined && max !== undefined && min > max, {
        path: ["service", "tasks", "min"],
        allowed: `at most max, ${max ?? 0}`,
        why: "a range that ends below its start holds no number",
      });
    },
  },
  prodOnly(
    "prod-has-two-tasks",
    {
      path: ["service", "tasks", "min"],
      allowed: "2 or more in prod",
      why: "a single task goes down with its zone",
    },
    // A standby waits: one task will do until it takes over.
    (draft) => standsBy(draft) || draft.service?.tasks?.min !== 1,
  ),
  {
    id: "automatic-standby-has-two-tasks",
    check: (draft) =>
      faultIf(
        standsBy(draft) && draft.api?.domain?.failover === "automatic" && draft.service?.tasks?.min === 1,
        {
          path: ["service", "tasks", "min"],
          allowed: "2 or more in the standby region, since streamflix:api.domain.failover is automatic",
          why: "callers come by themselves, before anybody can make room, and a single task goes down under them",
          hint: "write prod's tasks.min, or armed for the domain's failover",
        },
      ),
  },
  {
    id: "tasks-have-addresses",
    check(draft) {
      const free = freeAddresses(draft);
      const max = draft.service?.tasks?.max;
      if (free === undefined || max === undefined) return [];
      const needed = DEPLOYMENT_FACTOR * max;
      return faultIf(needed > free, {
        path: ["service", "tasks", "max"],
        allowed: `at most ${Math.floor(free / DEPLOYMENT_FACTOR)} with the private subnets of streamflix:network`,
        why:
          `a deployment runs up to ${needed} tasks, each with an address of its own, and the subnets that stay when ` +
          `the largest zone is out have ${free} left beside endpoints and load balancer`,
      });
    },
  },
  prodOnly(
    "prod-has-on-demand-base",
    {
      path: ["service", "capacity", "onDemandBase"],
      allowed: "1 or more in prod",
      why: "without a base AWS could take every task back at once",
    },
    ({ service }) => service?.capacity?.onDemandBase !== 0,
  ),
  {
    id: "some-weight",
    check({ service }) {
      const { onDemandWeight, spotWeight } = service?.capacity ?? {};
      return faultIf(onDemandWeight === 0 && spotWeight === 0, {
        path: ["service", "capacity", "spotWeight"],
        allowed: "more than 0, since onDemandWeight is 0",
        why: "ECS refuses a strategy that has no place for tasks beyond the base",
      });
    },
  },
  { id: "premieres", check: premiereFaults },
  {
    id: "tasks-have-vcpus",
    check({ service }) {
      const peak = service && peakVcpus(service);
      if (peak === undefined) return [];
      return (["onDemand", "spot"] as const).flatMap((kind) => {
        const granted = service?.vcpuQuota?.[kind];
        return faultIf(granted !== undefined && peak[kind] > granted, {
          path: ["service", "vcpuQuota", kind],
          allowed: `${Math.ceil(peak[kind])} or more for ${service?.tasks?.max ?? 0} tasks of cpu ${service?.cpu ?? 0}`,
          why: "a deployment runs old and new tasks side by side; beyond the quota they stay pending and it hangs",
          hint: "have the quota raised and write the new figure, or lower tasks.max or cpu",
        });
      });
    },
  },
];
