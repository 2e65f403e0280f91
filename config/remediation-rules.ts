import { type Draft, type Fault, faultIf, type Rule } from "./rules";
import { peakVcpus } from "./service-rules";

const CASES = ["remediation", "cases"] as const;

/** Cases, and the section that each is about. */
const ABOUT = { rotation: "rotation", capacity: "service", failover: "database" } as const;

/** Cases whose rules match calls. */
const ON_CALLS = ["keys", "rotation"] as const;

/** Cross-field rules about remediation, in the order of the schema. */
export const REMEDIATION_RULES: readonly Rule[] = [
  {
    id: "remediation-has-trail",
    check({ remediation, audit }) {
      const needing = ON_CALLS.filter((name) => remediation?.cases?.[name] !== undefined);
      const has = audit?.trail ?? (audit === undefined ? "off" : "faulty");
      return faultIf(needing.length > 0 && has === "off", {
        path: ["audit", "trail"],
        allowed: `create or adopt, since streamflix:remediation.cases has ${needing.join(" and ")}`,
        why: "EventBridge hears of calls from the trail: without one the rules never match, and nobody would notice",
        hint: `create or adopt a trail, or leave out ${needing.join(" and ")}`,
      });
    },
  },
  {
    id: "remediation-has-cases",
    check({ remediation }) {
      const { cases } = remediation ?? {};
      return faultIf(cases !== undefined && Object.keys(cases).length === 0, {
        path: CASES,
        hint: "list a case, or remove the section",
      });
    },
  },
  {
    id: "remediation-about-something",
    check: (draft) =>
      Object.entries(ABOUT).flatMap(([name, section]) =>
        faultIf(
          draft.remediation?.cases?.[name as keyof typeof ABOUT] !== undefined &&
            draft[section] === undefined,
          {
            path: [...CASES, name],
            why: `there is no streamflix:${section}`,
            hint: "remove it",
          },
        ),
      ),
  },
  { id: "shift-is-possible", check: shiftFaults },
];

function shiftFaults({ remediation, service }: Draft): Fault[] {
  const { capacity } = remediation?.cases ?? {};
  if (capacity === undefined || service === undefined) return [];
  const { spotWeight, onDemandWeight } = service.capacity ?? {};
  if (spotWeight === 0 && onDemandWeight !== 0) {
    return [
      {
        path: [...CASES, "capacity"],
        why: "streamflix:service.capacity.spotWeight is 0: there is nothing to shift away from",
        hint: "remove it",
      },
    ];
  }
  const peak = peakVcpus(service);
  const shifted = peakVcpus({
    ...service,
    capacity: { ...service.capacity, spotWeight: 0, onDemandWeight: 1 },
  });
  const granted = service.vcpuQuota?.onDemand;
  if (peak === undefined || shifted === undefined || granted === undefined) return [];
  // Too little even without a shift is said elsewhere.
  return faultIf(shifted.onDemand > granted && peak.onDemand <= granted, {
    path: ["service", "vcpuQuota", "onDemand"],
    allowed: `${Math.ceil(shifted.onDemand)} or more with streamflix:remediation.cases.capacity`,
    why: "a shift puts all tasks on on-demand capacity, and its deployment runs twice as many for some minutes",
    hint: "have the quota raised and write the new figure, or remove the case",
  });
}
