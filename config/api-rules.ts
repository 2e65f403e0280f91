import { type Draft, prodOnly, type Rule, standsBy } from "./rules";

/** Cross-field rules about the API and its domain, in the order of the schema. */
export const API_RULES: readonly Rule[] = [
  {
    id: "user-pool-in-region",
    check({ api, aws }) {
      const pool = api?.auth?.cognito?.userPoolArn?.split(":")[3];
      if (pool === undefined || aws?.region === undefined || pool === aws.region) return [];
      return [
        {
          path: ["api", "auth", "cognito", "userPoolArn"],
          allowed: `a user pool in ${aws.region}, the region of the stack`,
        },
      ];
    },
  },
  prodOnly(
    "prod-api-has-firewall",
    {
      path: ["api", "waf"],
      allowed: "an object in prod",
      why: "prod's API is on the internet, and is probed all day",
    },
    ({ api }) => api === undefined || api.waf !== undefined,
  ),
  prodOnly(
    "prod-api-has-domain",
    {
      path: ["api", "domain"],
      allowed: "an object in prod",
      why: "without one the way from the API to the service is plain, and no standby region can take over",
    },
    ({ api }) => api === undefined || api.domain !== undefined,
  ),
  {
    id: "domain-in-zone",
    check({ api }) {
      const { name, hostedZone } = api?.domain ?? {};
      const zone = hostedZone?.name;
      if (name === undefined || zone === undefined || name === zone || name.endsWith(`.${zone}`)) return [];
      return [{ path: ["api", "domain", "name"], allowed: `${zone} or a name that ends in .${zone}` }];
    },
  },
];

/** What of a valid API its operator should still think about. */
export function apiWarnings(draft: Draft): string[] {
  if (draft.api?.domain?.failover !== "automatic") return [];
  const { min = 0, max = 0 } = draft.service?.tasks ?? {};
  if (standsBy(draft)) {
    return min < max
      ? [
          `streamflix:service.tasks.min is ${min}: streamflix:api.domain.failover is automatic, so that all of prod's callers ` +
            "come at once, and scaling adds tasks within minutes only. It has to be prod's tasks.min or more.",
        ]
      : [];
  }
  return [
    "streamflix:api.domain.failover is automatic: a few minutes without a request look like an outage, so the API needs " +
      "constant traffic, such as a canary's, and the standby region has to be able to serve: as many tasks.min there as " +
      `here, ${min}.`,
  ];
}
