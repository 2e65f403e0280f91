import { SignatureV4 } from "@smithy/signature-v4";

/** How long a token may be used to sign in; AWS's maximum. */
const VALID_SECONDS = 900;

type Signing = ConstructorParameters<typeof SignatureV4>[0];

/** Whom a token is for, and what signs it. */
export interface CacheTokenOptions extends Pick<Signing, "region" | "credentials" | "sha256"> {
  readonly replicationGroup: string;
  readonly user: string;
}

/**
 * Makes tokens that ElastiCache takes as a password: a presigned `connect` request without its scheme, valid for 15
 * minutes. A session that began with one is ended by AWS after 12 hours unless it signs in again.
 *
 * See https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
 */
export function cacheTokens(options: CacheTokenOptions): (now?: Date) => Promise<string> {
  const { replicationGroup, user, region, credentials, sha256 } = options;
  const signer = new SignatureV4({ service: "elasticache", region, credentials, sha256 });
  return async (now = new Date()) => {
    const request = {
      method: "GET",
      protocol: "http:",
      hostname: replicationGroup,
      path: "/",
      query: { Action: "connect", User: user },
      headers: { host: replicationGroup },
    };
    const { query = {} } = await signer.presign(request, { expiresIn: VALID_SECONDS, signingDate: now });
    const words = Object.entries(query).map(
      ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
    );
    return `${replicationGroup}/?${words.join("&")}`;
  };
}
