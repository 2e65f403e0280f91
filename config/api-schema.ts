import { z } from "zod";

import {
  FAILOVER_MODES,
  MAX_BURST,
  MAX_DOMAIN_LENGTH,
  MAX_REQUESTS_PER_SECOND,
  WAF_RATE_LIMIT,
} from "./api-facts";
import { distinct, exactlyOne, noted } from "./fields";

const DOMAIN = /^(?=.{4,255}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

const auth = noted(
  exactlyOne(
    z.strictObject({
      iam: noted(z.strictObject({}).readonly().exactOptional(), {
        means: "Callers sign requests with credentials of this account that may call the API.",
        allowed: "an empty object: {}",
        why: "rights are given in the callers' own policies, so there is nothing to set here",
        absent: "callers bring a token of a user pool",
      }),
      cognito: noted(
        z
          .strictObject({
            userPoolArn: noted(
              z.string().regex(/^arn:aws:cognito-idp:[a-z]{2}-[a-z]+-\d:\d{12}:userpool\/[a-z0-9-]+_\w+$/i),
              {
                means:
                  "User pool that issues the tokens. It is not part of this platform, and has no copy in a standby region: " +
                  "while its region is down, nobody signs in anew.",
                allowed:
                  "arn:aws:cognito-idp:<region>:<account>:userpool/<pool id>, in the region of streamflix:aws.region",
                why: "API Gateway checks each token against this pool, and tokens name viewers, so it has to be in the region",
              },
            ),
            scopes: noted(
              distinct(
                noted(z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,255}$/), {
                  means: "One scope, such as api.streamflix/read.",
                  allowed: "1 to 255 printable characters without spaces, quotes and backslashes",
                  why: "a scope of a token is written so (RFC 6749)",
                }),
              )
                .min(1)
                .readonly(),
              {
                means: "Scopes of which an access token needs one.",
                allowed: "a list of at least one scope, without repeats",
                why: "without a scope API Gateway refuses access tokens, and takes ID tokens, which are not made for APIs",
              },
            ),
          })
          .readonly()
          .exactOptional(),
        {
          means: "Callers bring an access token of an existing Cognito user pool.",
          allowed: "an object with userPoolArn and scopes",
          why: "viewers sign in somewhere, and this platform makes no user pool",
          absent: "callers sign with IAM credentials",
        },
      ),
    }),
  ).readonly(),
  {
    means: "Who may call /v1. GET /health is open to all and tells nothing but that the API answers.",
    allowed: "an object with either iam or cognito",
    why: "a route that nobody decided on would be open to the world",
  },
);

const waf = noted(
  z
    .strictObject({
      requestsPerIp: noted(z.int().min(WAF_RATE_LIMIT.min).max(WAF_RATE_LIMIT.max), {
        means: "Requests that one address may make in five minutes; more are blocked.",
        allowed: `a whole number from ${WAF_RATE_LIMIT.min} to ${WAF_RATE_LIMIT.max}`,
        why: "AWS takes no other; whole households and mobile networks share an address, so measure before a low value",
      }),
      anonymousIps: noted(z.enum(["count", "block"]).exactOptional(), {
        means: "What happens to requests from VPNs, proxies, Tor and hosting providers.",
        allowed: "count or block",
        why: "count shows what block would hit, and many viewers use a VPN",
        absent: "nobody looks where a request comes from",
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means: "Web application firewall before the API: AWS's rules, and a rate limit per address.",
    allowed: "an object; required in prod",
    why: "an API on the internet is probed all day",
    absent: "no firewall",
  },
);

const domain = noted(
  z
    .strictObject({
      name: noted(z.string().max(MAX_DOMAIN_LENGTH).regex(DOMAIN), {
        means:
          "Name that clients call. It points to the region that serves; <region>.<name> always points to one region.",
        allowed: `a domain name in lower case of at most ${MAX_DOMAIN_LENGTH} characters, within hostedZone.name`,
        why: "a certificate takes no longer first name, and Route 53 can only answer for names of its zone",
      }),
      hostedZone: noted(
        z
          .strictObject({
            id: noted(z.string().regex(/^Z[A-Z0-9]{1,31}$/), {
              means: "Id of the public hosted zone, which exists already.",
              allowed: "Z and up to 31 capital letters and digits, without /hostedzone/",
              why: "it is configuration, never looked up, so that a plan depends on nothing but this file",
            }),
            name: noted(z.string().regex(DOMAIN), {
              means: "Name of the zone.",
              allowed: "a domain name in lower case, without a final dot",
              why: "a wrong zone would show only when the certificate is never validated, after 75 minutes",
            }),
          })
          .readonly(),
        {
          means: "Where the records are made.",
          allowed: "an object with id and name",
          why: "the certificate is validated by a record in it",
        },
      ),
      failover: noted(z.enum(FAILOVER_MODES), {
        means:
          "Who moves the name to the standby region: automatic = Route 53, when the home region's alarm says so or is silent; " +
          "armed = a person, by one call, with the alarm as advice.",
        allowed: FAILOVER_MODES.join(" or "),
        why: "automatic needs a standby that can serve, and traffic every minute, since silence counts as failure",
      }),
    })
    .readonly()
    .exactOptional(),
  {
    means: "Domain of the API: certificate, TLS 1.2 or later, records with failover.",
    allowed: "an object; required in prod",
    why: "clients must not depend on an address that changes when the API is made anew",
    absent:
      "the API has only the address that API Gateway gives it, and what lies behind it is plain inside the VPC",
  },
);

/** Section `streamflix:api`. */
export const api = noted(
  z
    .strictObject({
      auth,
      throttling: noted(
        z
          .strictObject({
            requestsPerSecond: noted(z.int().min(1).max(MAX_REQUESTS_PER_SECOND), {
              means: "Requests a second to each route that are admitted for long.",
              allowed: `a whole number from 1 to ${MAX_REQUESTS_PER_SECOND}`,
              why: "an account has 10,000 a second in a region for all its APIs, unless AWS raises it",
            }),
            burst: noted(z.int().min(1).max(MAX_BURST), {
              means: "Requests beyond that which are admitted at once.",
              allowed: `a whole number from 1 to ${MAX_BURST}`,
              why: "an account has 5,000 in a region, and AWS doesn't raise it on request",
            }),
          })
          .readonly(),
        {
          means: "How much is let through to what lies behind the API; the rest gets 429.",
          allowed: "an object with requestsPerSecond and burst",
          why: "without it one API could use up the whole account's rate",
        },
      ),
      waf,
      domain,
    })
    .readonly()
    .exactOptional(),
  {
    means: "Regional REST API: the way into the platform from the internet.",
    allowed: "an object",
    why: "who may call it and how often is never guessed",
    absent: "nothing can be called from the internet",
  },
);
