import assert from "node:assert/strict";

import { type Case, checkCases, one, prod } from "./cases";
import { parseJson, set, validConfig } from "./helpers";

const API = "streamflix:api";
const POOL = "arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_Ab12Cd34E";
const cognito = (changes: object = {}) => ({
  cognito: { userPoolArn: POOL, scopes: ["api.streamflix/read"], ...changes },
});

const ACCESS: readonly Case[] = [
  {
    id: "no API",
    change: {
      [API]: undefined,
      "streamflix:monitoring.objectives": undefined,
      "streamflix:monitoring.canary": undefined,
      "streamflix:gameDays": undefined,
    },
    problems: [],
  },
  one("a user pool", `${API}.auth`, cognito()),
  one(
    "nobody decided who may call",
    `${API}.auth`,
    undefined,
    `${API}.auth | nothing | an object with either iam or cognito`,
  ),
  one("neither way to sign in", `${API}.auth`, {}, `${API}.auth | {} | write one of iam, cognito`),
  {
    id: "both ways to sign in",
    change: { [`${API}.auth`]: { iam: {}, ...cognito({ scopes: ["a"] }) } },
    problems: [
      `${API}.auth | {"iam":{},"cognito":{"userPoolArn":"arn:aws:cognito-idp:eu-central-1:11112222333… | keep one of iam, cognito`,
    ],
  },
  one("open to the world", `${API}.auth`, { none: {} }, `${API}.auth.none | an unknown key | remove it`),
  one(
    "IAM with settings",
    `${API}.auth.iam`,
    { roles: [] },
    `${API}.auth.iam.roles | an unknown key | remove it`,
  ),
  one(
    "ARN of something else",
    `${API}.auth`,
    cognito({ userPoolArn: "arn:aws:iam::111122223333:role/pool" }),
    `${API}.auth.cognito.userPoolArn | "arn:aws:iam::111122223333:role/pool" | ` +
      "arn:aws:cognito-idp:<region>:<account>:userpool/<pool id>, in the region of streamflix:aws.region",
  ),
  one(
    "user pool of another region",
    `${API}.auth`,
    cognito({ userPoolArn: POOL.replaceAll("eu-central-1", "us-east-1") }),
    `${API}.auth.cognito.userPoolArn | "${POOL.replaceAll("eu-central-1", "us-east-1")}" | ` +
      "a user pool in eu-central-1, the region of the stack",
  ),
  one(
    "tokens without a scope",
    `${API}.auth`,
    cognito({ scopes: [] }),
    `${API}.auth.cognito.scopes | [] | a list of at least one scope, without repeats`,
  ),
  one(
    "scope with a space",
    `${API}.auth`,
    cognito({ scopes: ["read write"] }),
    `${API}.auth.cognito.scopes[0] | "read write" | 1 to 255 printable characters without spaces, quotes and backslashes`,
  ),
  one(
    "scope listed twice",
    `${API}.auth`,
    cognito({ scopes: ["read", "read"] }),
    `${API}.auth.cognito.scopes[1] | "read" | it is listed twice; remove one`,
  ),
];

const LIMITS: readonly Case[] = [
  one(
    "no throttling",
    `${API}.throttling`,
    undefined,
    `${API}.throttling | nothing | an object with requestsPerSecond and burst`,
  ),
  one(
    "more than the account has",
    `${API}.throttling.requestsPerSecond`,
    10_001,
    `${API}.throttling.requestsPerSecond | 10001 | a whole number from 1 to 10000`,
  ),
  one(
    "nothing let through",
    `${API}.throttling.requestsPerSecond`,
    0,
    `${API}.throttling.requestsPerSecond | 0 | a whole number from 1 to 10000`,
  ),
  one(
    "larger burst than AWS gives",
    `${API}.throttling.burst`,
    5001,
    `${API}.throttling.burst | 5001 | a whole number from 1 to 5000`,
  ),
  one(
    "usage plan without keys",
    `${API}.throttling.quota`,
    1000,
    `${API}.throttling.quota | an unknown key | remove it`,
  ),
  one(
    "the role for logs, which the account's bootstrap owns",
    `${API}.logging`,
    { accountRole: "create" },
    `${API}.logging | an unknown key | remove it`,
  ),
];

const FIREWALL: readonly Case[] = [
  prod("prod without a firewall", `${API}.waf`, undefined, `${API}.waf | nothing | an object in prod`),
  prod("addresses that nobody looks at", `${API}.waf.anonymousIps`, undefined),
  prod(
    "rate below AWS's least",
    `${API}.waf.requestsPerIp`,
    9,
    `${API}.waf.requestsPerIp | 9 | a whole number from 10 to 2000000000`,
  ),
  prod(
    "VPNs let through by name",
    `${API}.waf.anonymousIps`,
    "allow",
    `${API}.waf.anonymousIps | "allow" | count or block`,
  ),
];

const DOMAIN: readonly Case[] = [
  prod("prod without a domain", `${API}.domain`, undefined, `${API}.domain | nothing | an object in prod`),
  prod("the zone's own name", `${API}.domain.name`, "streamflix.example"),
  prod(
    "name of another zone",
    `${API}.domain.name`,
    "api.streamflix.test",
    `${API}.domain.name | "api.streamflix.test" | streamflix.example or a name that ends in .streamflix.example`,
  ),
  prod(
    "name that only looks like one of the zone",
    `${API}.domain.name`,
    "apistreamflix.example",
    `${API}.domain.name | "apistreamflix.example" | streamflix.example or a name that ends in .streamflix.example`,
  ),
  prod(
    "name in capitals",
    `${API}.domain.name`,
    "API.streamflix.example",
    `${API}.domain.name | "API.streamflix.example" | ` +
      "a domain name in lower case of at most 64 characters, within hostedZone.name",
  ),
  prod(
    "longer name than a certificate takes",
    `${API}.domain.name`,
    `${"a".repeat(46)}.streamflix.example`,
    `${API}.domain.name | "${"a".repeat(46)}.streamflix.example" | ` +
      "a domain name in lower case of at most 64 characters, within hostedZone.name",
  ),
  prod(
    "zone id as the API prints it",
    `${API}.domain.hostedZone.id`,
    "/hostedzone/Z0123456789EXAMPLE00",
    `${API}.domain.hostedZone.id | "/hostedzone/Z0123456789EXAMPLE00" | ` +
      "Z and up to 31 capital letters and digits, without /hostedzone/",
  ),
  prod(
    "zone name with a final dot",
    `${API}.domain.hostedZone.name`,
    "streamflix.example.",
    `${API}.domain.hostedZone.name | "streamflix.example." | a domain name in lower case, without a final dot`,
  ),
  prod(
    "zone without a name",
    `${API}.domain.hostedZone.name`,
    undefined,
    `${API}.domain.hostedZone.name | nothing | a domain name in lower case, without a final dot`,
  ),
  prod(
    "failover that nobody decides",
    `${API}.domain.failover`,
    "manual",
    `${API}.domain.failover | "manual" | automatic or armed`,
  ),
  prod(
    "old TLS",
    `${API}.domain.securityPolicy`,
    "TLS_1_0",
    `${API}.domain.securityPolicy | an unknown key | remove it`,
  ),
];

checkCases("configuration rules: who may call the API", ACCESS);
checkCases("configuration rules: limits and logs of the API", LIMITS);
checkCases("configuration rules: firewall", FIREWALL);
checkCases("configuration rules: domain", DOMAIN);

describe("API warnings", () => {
  const warnings = (stack: "prod" | "prod-dr", changes: Readonly<Record<string, unknown>> = {}) => {
    const config = validConfig(stack);
    for (const [path, value] of Object.entries(changes)) set(config, path, value);
    return parseJson(config).warnings;
  };
  const AUTOMATIC = { [`${API}.domain.failover`]: "automatic" };
  const TASKS = "streamflix:service.tasks";

  it("say what an automatic failover needs", () => {
    assert.deepEqual(warnings("prod", AUTOMATIC), [
      "streamflix:api.domain.failover is automatic: a few minutes without a request look like an outage, so the API needs " +
        "constant traffic, such as a canary's, and the standby region has to be able to serve: as many tasks.min there as here, 2.",
    ]);
    assert.deepEqual(warnings("prod"), []);
  });

  it("say what it asks of the stack that stands by", () => {
    assert.deepEqual(warnings("prod-dr", { ...AUTOMATIC, [`${TASKS}.min`]: 2 }), [
      "streamflix:service.tasks.min is 2: streamflix:api.domain.failover is automatic, so that all of prod's callers " +
        "come at once, and scaling adds tasks within minutes only. It has to be prod's tasks.min or more.",
    ]);
    assert.deepEqual(warnings("prod-dr", { ...AUTOMATIC, [`${TASKS}.min`]: 10 }), []);
    assert.deepEqual(warnings("prod-dr"), []);
  });
});
