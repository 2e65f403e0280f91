import { type Case, checkCases, one } from "./cases";

const ROTATION = "streamflix:rotation";
const RETRIES = "streamflix:remediation.cases.rotation";
const DAYS = "a whole number from 1 to 90";

const CASES: readonly Case[] = [
  { id: "no rotation in dev", change: { [ROTATION]: undefined, [RETRIES]: undefined }, problems: [] },
  {
    id: "no rotation in prod",
    stack: "prod",
    change: { [ROTATION]: undefined, [RETRIES]: undefined },
    problems: [`${ROTATION} | nothing | a section in prod, since there is a database`],
  },
  {
    id: "rotation without a database",
    change: {
      "streamflix:backup": undefined,
      "streamflix:database": undefined,
      "streamflix:dataRetention": undefined,
      "streamflix:remediation": undefined,
    },
    problems: [`${ROTATION} | {"masterDays":30,"serviceDays":30,"runtime":"nodejs24.x"} | remove it`],
  },
  one("passwords of a day", `${ROTATION}.serviceDays`, 1),
  one("passwords of 91 days", `${ROTATION}.serviceDays`, 91, `${ROTATION}.serviceDays | 91 | ${DAYS}`),
  one("a master's of no days", `${ROTATION}.masterDays`, 0, `${ROTATION}.masterDays | 0 | ${DAYS}`),
  one("days as text", `${ROTATION}.masterDays`, "30", `${ROTATION}.masterDays | "30" | ${DAYS}`),
  one("the older runtime", `${ROTATION}.runtime`, "nodejs22.x"),
  one(
    "a runtime that is gone",
    `${ROTATION}.runtime`,
    "nodejs20.x",
    `${ROTATION}.runtime | "nodejs20.x" | did you mean nodejs22.x?`,
  ),
  one("an alias", `${ROTATION}.hostAliases`, { "global.example": "writer.example" }),
  one(
    "an alias without a certificate's name",
    `${ROTATION}.hostAliases`,
    { "global.example": "" },
    `${ROTATION}.hostAliases.global.example | "" | a DNS name`,
  ),
  one(
    "a rotation at once",
    `${ROTATION}.rotateImmediately`,
    true,
    `${ROTATION}.rotateImmediately | an unknown key | remove it`,
  ),
];

checkCases("configuration rules: rotation", CASES);
