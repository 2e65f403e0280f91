/**
 * AWS Signature Version 4 with k6's own hashes: a signer in plain JavaScript would cost the load generator more than the
 * request does. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { hmac, sha256 } from "k6/crypto";

/** Credentials of a caller. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** @default the credentials are long-lived */
  readonly sessionToken?: string;
}

/** A request as far as it is signed. Its path has nothing in it that would have to be encoded, and no query. */
export interface Signable {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly body: string;
}

const SERVICE = "execute-api";
const ALGORITHM = "AWS4-HMAC-SHA256";

/** The headers that sign a request at this time. */
export function signatureHeaders(
  request: Signable,
  region: string,
  credentials: Credentials,
  now: Date,
): Record<string, string> {
  const time = now.toISOString().replace(/[:-]|\.\d{3}/g, "");
  const scope = `${time.slice(0, 8)}/${region}/${SERVICE}/aws4_request`;
  const signed: Record<string, string> = {
    host: request.host,
    "x-amz-content-sha256": sha256(request.body, "hex"),
    "x-amz-date": time,
    ...(credentials.sessionToken !== undefined && { "x-amz-security-token": credentials.sessionToken }),
  };
  const names = Object.keys(signed).sort();
  const canonical = [
    request.method,
    request.path,
    "",
    ...names.map((name) => `${name}:${signed[name] ?? ""}`),
    "",
    names.join(";"),
    signed["x-amz-content-sha256"],
  ].join("\n");
  const toSign = [ALGORITHM, time, scope, sha256(canonical, "hex")].join("\n");
  const signature = hmac("sha256", signingKey(credentials, scope), toSign, "hex");
  return {
    // The host is sent anyway.
    ...Object.fromEntries(Object.entries(signed).filter(([name]) => name !== "host")),
    authorization: `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}

let known: { readonly of: string; readonly key: ArrayBuffer } | undefined;

/** The key of a day, region and service; made once. */
function signingKey({ accessKeyId, secretAccessKey }: Credentials, scope: string): ArrayBuffer {
  const of = `${accessKeyId}/${scope}`;
  if (known?.of === of) return known.key;
  const [day = "", ...others] = scope.split("/");
  const key = others.reduce(
    (former, part) => hmac("sha256", former, part, "binary"),
    hmac("sha256", `AWS4${secretAccessKey}`, day, "binary"),
  );
  known = { of, key };
  return key;
}
