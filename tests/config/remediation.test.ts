import { checkCases, one, prod } from "./cases";

const REMEDIATION = "streamflix:remediation";
const CASES = `${REMEDIATION}.cases`;
const SHOWN = (value: object) => JSON.stringify(value);

checkCases("configuration rules: remediation", [
  one("nothing mends itself", REMEDIATION, undefined),
  prod("nothing mends itself in prod", REMEDIATION, undefined),
  prod("prod acts", `${CASES}.keys.mode`, "act"),
  {
    id: "cases that need no trail",
    change: {
      "streamflix:audit": undefined,
      [`${CASES}.keys`]: undefined,
      [`${CASES}.rotation`]: undefined,
    },
    problems: [],
  },
  one("another stack's trail", "streamflix:audit.trail", "adopt"),
  one("no case", CASES, {}, `${CASES} | {} | list a case, or remove the section`),
  one(
    "a case that there is not",
    `${CASES}.key`,
    { mode: "act" },
    `${CASES}.key | an unknown key | did you mean keys?`,
  ),
  one("no mode", `${CASES}.keys`, {}, `${CASES}.keys.mode | nothing | act or dryRun`),
  one("a mode that there is not", `${CASES}.keys.mode`, "off", `${CASES}.keys.mode | "off" | act or dryRun`),
  one(
    "no cool-down",
    `${CASES}.rotation.coolDownMinutes`,
    0,
    `${CASES}.rotation.coolDownMinutes | 0 | a whole number from 1 to 10080`,
  ),
  one(
    "interruptions counted longer than ECS remembers them",
    `${CASES}.capacity.withinMinutes`,
    61,
    `${CASES}.capacity.withinMinutes | 61 | a whole number from 1 to 60`,
  ),
  one(
    "a shift of two days",
    `${CASES}.capacity.shiftMinutes`,
    2880,
    `${CASES}.capacity.shiftMinutes | 2880 | a whole number from 1 to 1440`,
  ),
  one(
    "a shift for no interruption",
    `${CASES}.capacity.interruptions`,
    0,
    `${CASES}.capacity.interruptions | 0 | a whole number from 1 to 1000`,
  ),
  one(
    "rotation's case without rotation",
    "streamflix:rotation",
    undefined,
    `${CASES}.rotation | ${SHOWN({ mode: "act", coolDownMinutes: 360 })} | remove it`,
  ),
  one(
    "a shift without a service",
    "streamflix:service",
    undefined,
    `${CASES}.capacity | ${SHOWN({ mode: "act", interruptions: 3, withinMinutes: 15, shiftMinutes: 120 })} | remove it`,
  ),
  {
    id: "failover without a database",
    change: {
      "streamflix:backup": undefined,
      "streamflix:database": undefined,
      "streamflix:rotation": undefined,
      "streamflix:dataRetention": undefined,
      [`${CASES}.rotation`]: undefined,
    },
    problems: [`${CASES}.failover | {} | remove it`],
  },
  one(
    "a shift of a service without Spot",
    "streamflix:service.capacity.spotWeight",
    0,
    `${CASES}.capacity | ${SHOWN({ mode: "act", interruptions: 3, withinMinutes: 15, shiftMinutes: 120 })} | remove it`,
  ),
  {
    id: "a quota that is enough with Spot only",
    change: { "streamflix:service.vcpuQuota": { onDemand: 2, spot: 6 } },
    problems: [
      "streamflix:service.vcpuQuota.onDemand | 2 | have the quota raised and write the new figure, or remove the case",
    ],
  },
  {
    id: "the same quota without the case",
    change: {
      "streamflix:service.vcpuQuota": { onDemand: 2, spot: 6 },
      [`${CASES}.capacity`]: undefined,
    },
    problems: [],
  },
]);
