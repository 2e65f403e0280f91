import { checkCases, one, prod, standby } from "./cases";

const GAME_DAYS = "streamflix:gameDays";
const PROD = "true in prod, or no section streamflix:gameDays";
const ZONE_A = { zone: "eu-central-1a" };

checkCases("configuration rules: game days", [
  one("no experiments", GAME_DAYS, undefined),
  one("in the other zone", GAME_DAYS, ZONE_A),
  one("allowed where nobody asks", `${GAME_DAYS}.allowInProd`, true),
  one(
    "forbidden by false",
    `${GAME_DAYS}.allowInProd`,
    false,
    `${GAME_DAYS}.allowInProd | false | true; in prod: always`,
  ),
  one(
    "a zone that the stack is not in",
    `${GAME_DAYS}.zone`,
    "eu-central-1c",
    `${GAME_DAYS}.zone | "eu-central-1c" | one of eu-central-1a, eu-central-1b`,
  ),
  one(
    "a region instead of a zone",
    `${GAME_DAYS}.zone`,
    "eu-central-1",
    `${GAME_DAYS}.zone | "eu-central-1" | a zone of streamflix:aws.availabilityZones, with a node of the cache if there is one`,
  ),
  one(
    "nothing promised, so nothing ends an experiment",
    "streamflix:monitoring.objectives",
    undefined,
    "streamflix:monitoring.objectives | nothing | promise something, or remove streamflix:gameDays",
  ),
  prod(
    "experiments on viewers that nobody meant",
    GAME_DAYS,
    ZONE_A,
    `${GAME_DAYS}.allowInProd | nothing | ${PROD}`,
  ),
  prod("experiments on viewers that somebody meant", GAME_DAYS, { ...ZONE_A, allowInProd: true }),
  prod(
    "a zone without a node of the cache",
    GAME_DAYS,
    { zone: "eu-central-1c", allowInProd: true },
    `${GAME_DAYS}.zone | "eu-central-1c" | one of eu-central-1a, eu-central-1b`,
  ),
  standby(
    "experiments in a standby that promises nothing",
    GAME_DAYS,
    { zone: "eu-west-1a" },
    "streamflix:monitoring.objectives | nothing | promise something, or remove streamflix:gameDays",
    `${GAME_DAYS}.allowInProd | nothing | ${PROD}`,
  ),
]);
