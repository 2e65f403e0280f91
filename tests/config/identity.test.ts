import { type Case, checkCases, one, prod, standby } from "./cases";

const ZONES = "streamflix:aws.availabilityZones";
const TAG = "1 to 256 letters, digits, inner spaces and _ . : / = + -";
const SUFFIX = "1 to 12 lower-case letters, digits and single inner hyphens, starting with a letter";
const DAYS = "a whole number from 7 to 30; prod: 30";
const QUOTE = "put it in quotes; on the command line add --type string";

const CASES: readonly Case[] = [
  one(
    "environment name",
    "streamflix:environment.name",
    "test",
    'streamflix:environment.name | "test" | dev, staging, prod, prod-dr',
  ),
  one(
    "environment name, near miss",
    "streamflix:environment.name",
    "pord",
    'streamflix:environment.name | "pord" | did you mean prod?',
  ),
  one("staging is known", "streamflix:environment.name", "staging"),
  one("suffix of 12", "streamflix:environment.suffix", "abcdefghij-2"),
  one(
    "suffix of 13",
    "streamflix:environment.suffix",
    "abcdefghij-23",
    `streamflix:environment.suffix | "abcdefghij-23" | ${SUFFIX}`,
  ),
  one(
    "suffix starts with a digit",
    "streamflix:environment.suffix",
    "1dev",
    `streamflix:environment.suffix | "1dev" | ${SUFFIX}`,
  ),
  one(
    "suffix ends with a hyphen",
    "streamflix:environment.suffix",
    "dev-",
    `streamflix:environment.suffix | "dev-" | ${SUFFIX}`,
  ),
  one(
    "suffix in capitals",
    "streamflix:environment.suffix",
    "Dev",
    `streamflix:environment.suffix | "Dev" | ${SUFFIX}`,
  ),
  one("owner with umlaut and space", "streamflix:environment.owner", "Plattform Köln"),
  one("owner of 256", "streamflix:environment.owner", "x".repeat(256)),
  one(
    "owner of 257",
    "streamflix:environment.owner",
    "x".repeat(257),
    `streamflix:environment.owner | "${"x".repeat(79)}… | ${TAG}`,
  ),
  one(
    "owner is an address",
    "streamflix:environment.owner",
    "jane@example.org",
    `streamflix:environment.owner | "[secret]" | ${TAG}`,
  ),
  one(
    "cost center with a bad character",
    "streamflix:environment.costCenter",
    "a;b",
    `streamflix:environment.costCenter | "a;b" | ${TAG}`,
  ),
  one(
    "cost center as a number",
    "streamflix:environment.costCenter",
    4711,
    `streamflix:environment.costCenter | 4711 | ${QUOTE}`,
  ),
  one(
    "cost center empty",
    "streamflix:environment.costCenter",
    "",
    `streamflix:environment.costCenter | "" | ${TAG}`,
  ),
  one(
    "protection missing",
    "streamflix:environment.protection",
    undefined,
    "streamflix:environment.protection | nothing | true or false; prod: true",
  ),
  one(
    "protection as text",
    "streamflix:environment.protection",
    "true",
    'streamflix:environment.protection | "true" | true or false; prod: true',
  ),
  prod(
    "prod unprotected",
    "streamflix:environment.protection",
    false,
    "streamflix:environment.protection | false | true in prod",
  ),
  one(
    "account as a number",
    "streamflix:aws.accountId",
    111122223333,
    `streamflix:aws.accountId | 111122223333 | ${QUOTE}`,
  ),
  one(
    "account of 11",
    "streamflix:aws.accountId",
    "11112222333",
    'streamflix:aws.accountId | "11112222333" | 12 digits in quotes',
  ),
  {
    id: "account with zeros",
    change: {
      "streamflix:aws.accountId": "000022223333",
      "streamflix:service.image": `000022223333.dkr.ecr.eu-central-1.amazonaws.com/it@sha256:${"0".repeat(64)}`,
      "streamflix:service.collectorImage": `000022223333.dkr.ecr.eu-central-1.amazonaws.com/it@sha256:${"1".repeat(64)}`,
    },
    problems: [],
  },
  one(
    "region outside the EU",
    "streamflix:aws.region",
    "us-east-1",
    'streamflix:aws.region | "us-east-1" | eu-central-1, eu-west-1, eu-west-3, eu-north-1, eu-south-1, eu-south-2; eu-central-1 for every environment but prod-dr, which is in eu-west-1',
  ),
  {
    id: "region for standby only",
    change: {
      "streamflix:aws.region": "eu-west-1",
      [ZONES]: ["eu-west-1a", "eu-west-1b"],
      "streamflix:gameDays": undefined,
    },
    problems: ['streamflix:aws.region | "eu-west-1" | eu-central-1 for dev'],
  },
  {
    id: "standby in the region that it stands by for",
    stack: "prod-dr",
    change: {
      "streamflix:aws.region": "eu-central-1",
      [ZONES]: ["eu-central-1a", "eu-central-1b", "eu-central-1c"],
    },
    problems: ['streamflix:aws.region | "eu-central-1" | eu-west-1 for prod-dr'],
  },
  standby(
    "standby that can be taken down",
    "streamflix:environment.protection",
    false,
    "streamflix:environment.protection | false | true in prod",
  ),
  standby("standby with a gateway in each zone", "streamflix:network.nat", "onePerAz"),
  one(
    "one zone",
    ZONES,
    ["eu-central-1a"],
    `${ZONES} | ["eu-central-1a"] | 2 or 3 different zone names of the region; prod: 3`,
  ),
  one(
    "zone twice",
    `${ZONES}[1]`,
    "eu-central-1a",
    `${ZONES}[1] | "eu-central-1a" | it is listed twice; remove one`,
  ),
  {
    id: "zone of another region",
    change: { [`${ZONES}[1]`]: "eu-west-1b", "streamflix:gameDays": undefined },
    problems: [`${ZONES}[1] | "eu-west-1b" | eu-central-1a, eu-central-1b, eu-central-1c`],
  },
  {
    id: "zone that does not exist",
    change: { [`${ZONES}[1]`]: "eu-central-1d", "streamflix:gameDays": undefined },
    problems: [`${ZONES}[1] | "eu-central-1d" | eu-central-1a, eu-central-1b, eu-central-1c`],
  },
  one(
    "zone id instead of a name",
    `${ZONES}[0]`,
    "euc1-az1",
    `${ZONES}[0] | "euc1-az1" | a zone name of the region, such as eu-central-1a`,
  ),
  one(
    "deletion window of 6",
    "streamflix:keys.deletionWindowDays",
    6,
    `streamflix:keys.deletionWindowDays | 6 | ${DAYS}`,
  ),
  one(
    "deletion window of 31",
    "streamflix:keys.deletionWindowDays",
    31,
    `streamflix:keys.deletionWindowDays | 31 | ${DAYS}`,
  ),
  one(
    "deletion window of 7.5",
    "streamflix:keys.deletionWindowDays",
    7.5,
    `streamflix:keys.deletionWindowDays | 7.5 | ${DAYS}`,
  ),
  prod(
    "prod deletion window of 29",
    "streamflix:keys.deletionWindowDays",
    29,
    "streamflix:keys.deletionWindowDays | 29 | 30 in prod",
  ),
];

checkCases("configuration rules: environment, aws, keys", CASES);
