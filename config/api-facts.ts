/** What AWS offers to the API and what this platform settles on: plain tables, no logic. */

/** Requests a second that API Gateway admits to an account in a region, for all its APIs. */
export const MAX_REQUESTS_PER_SECOND = 10_000;

/** Requests at once beyond the rate; AWS raises this with the rate only, never on its own. */
export const MAX_BURST = 5_000;

/** Longest name a certificate can be issued for as its first name (RFC 5280). */
export const MAX_DOMAIN_LENGTH = 64;

/** Smallest and largest rate limit that AWS WAF takes for one address in five minutes. */
export const WAF_RATE_LIMIT = { min: 10, max: 2_000_000_000 } as const;

/** Who decides that traffic leaves the home region. */
export const FAILOVER_MODES = ["automatic", "armed"] as const;
