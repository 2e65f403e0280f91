import { checkCases, one, prod } from "./cases";

const AUDIT = "streamflix:audit";
const CASES = "streamflix:remediation.cases";
const SINGLE = "create, adopt or off; prod: create or adopt";
const OFF = { trail: "off", detector: "off", recorder: "off", analyzer: "off" };
const ADOPTED = { trail: "adopt", detector: "adopt", recorder: "adopt", analyzer: "adopt" };
const CALLS = "keys and rotation";

checkCases("configuration rules: audit", [
  one("everything is another stack's", AUDIT, ADOPTED),
  prod("everything is another stack's in prod", AUDIT, ADOPTED),
  one("a trail without a lock", `${AUDIT}.lock`, undefined),
  one("a trail that nobody can delete files of", `${AUDIT}.lock`, "COMPLIANCE"),
  {
    id: "a recorder once a day",
    change: { [`${AUDIT}.recorder`]: "create", [`${AUDIT}.recording`]: "daily" },
    problems: [],
  },
  {
    id: "no audit, and nothing that needs a trail",
    change: { [AUDIT]: undefined, [`${CASES}.keys`]: undefined, [`${CASES}.rotation`]: undefined },
    problems: [],
  },
  one(
    "no audit, and cases on calls",
    AUDIT,
    undefined,
    `${AUDIT}.trail | nothing | create or adopt a trail, or leave out ${CALLS}`,
  ),
  {
    id: "no trail, and a case on calls",
    change: { [`${AUDIT}.trail`]: "off", [`${CASES}.keys`]: undefined },
    problems: [`${AUDIT}.trail | "off" | create or adopt a trail, or leave out rotation`],
  },
  {
    id: "a section with all of it off",
    change: { [AUDIT]: OFF, [`${CASES}.keys`]: undefined, [`${CASES}.rotation`]: undefined },
    problems: [`${AUDIT} | ${JSON.stringify(OFF)} | remove the section, or create or adopt something`],
  },
  one("a trail of another kind", `${AUDIT}.trail`, "existing", `${AUDIT}.trail | "existing" | ${SINGLE}`),
  one(
    "no word about the detector",
    `${AUDIT}.detector`,
    undefined,
    `${AUDIT}.detector | nothing | ${SINGLE}`,
  ),
  one("true for create", `${AUDIT}.analyzer`, true, `${AUDIT}.analyzer | true | ${SINGLE}`),
  prod(
    "prod without a detector",
    `${AUDIT}.detector`,
    "off",
    `${AUDIT}.detector | "off" | create or adopt in prod`,
  ),
  prod(
    "prod without an analyzer",
    `${AUDIT}.analyzer`,
    "off",
    `${AUDIT}.analyzer | "off" | create or adopt in prod`,
  ),
  {
    id: "prod without a recorder",
    stack: "prod",
    change: { [`${AUDIT}.recorder`]: "off", [`${AUDIT}.recording`]: undefined },
    problems: [`${AUDIT}.recorder | "off" | create or adopt in prod`],
  },
  {
    id: "prod without a trail",
    stack: "prod",
    change: {
      [`${AUDIT}.trail`]: "off",
      [`${AUDIT}.lock`]: undefined,
      [`${CASES}.keys`]: undefined,
      [`${CASES}.rotation`]: undefined,
    },
    problems: [`${AUDIT}.trail | "off" | create or adopt in prod`],
  },
  prod(
    "a trail of prod that can be deleted",
    `${AUDIT}.lock`,
    undefined,
    `${AUDIT}.lock | nothing | GOVERNANCE or COMPLIANCE in prod`,
  ),
  {
    id: "a lock on another stack's trail",
    change: { [`${AUDIT}.trail`]: "adopt", [`${AUDIT}.lock`]: "GOVERNANCE" },
    problems: [`${AUDIT}.lock | "GOVERNANCE" | remove it`],
  },
  one(
    "a lock of another kind",
    `${AUDIT}.lock`,
    "LEGAL_HOLD",
    `${AUDIT}.lock | "LEGAL_HOLD" | GOVERNANCE or COMPLIANCE, with trail: create; required in prod`,
  ),
  one(
    "a recorder that is not told what to record",
    `${AUDIT}.recorder`,
    "create",
    `${AUDIT}.recording | nothing | continuous or daily, since recorder is create`,
  ),
  one(
    "a recording without a recorder",
    `${AUDIT}.recording`,
    "daily",
    `${AUDIT}.recording | "daily" | remove it`,
  ),
  one(
    "a recording by the hour",
    `${AUDIT}.recording`,
    "hourly",
    `${AUDIT}.recording | "hourly" | continuous or daily, with recorder: create`,
  ),
]);
