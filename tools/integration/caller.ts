import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SignatureV4 } from "@smithy/signature-v4";

import { NotRun } from "./check";
import type { Target } from "./target";

/** A request to the API. */
export interface Request {
  readonly method: "DELETE" | "GET" | "POST" | "PUT";
  readonly path: string;
  /** Sent as JSON. @default no body */
  readonly body?: unknown;
}

/** A caller who may use the API. */
export type Rights = (url: URL, request: Request) => Promise<Record<string, string>>;

/** Nobody. */
export const NO_RIGHTS: Rights = () => Promise.resolve({});

/**
 * The caller that the environment has the credentials of.
 *
 * @throws NotRun when it has none
 */
export async function callerOf({ caller, region }: Pick<Target, "caller" | "region">): Promise<Rights> {
  if (caller === "cognito") {
    const token = process.env["TOKEN"] ?? "";
    if (token === "") throw new NotRun("callers of this API bring a viewer's token: none in TOKEN");
    return () => Promise.resolve({ authorization: `Bearer ${token}` });
  }
  return signing("execute-api", region).catch(() => {
    throw new NotRun("callers of this API sign with AWS credentials: none found");
  });
}

/**
 * Signs requests to a service with the credentials that the environment has.
 *
 * @param service as its signatures name it, such as `execute-api`
 * @throws what the SDK throws when there are none
 */
export async function signing(service: string, region: string): Promise<Rights> {
  // A client knows where credentials are: environment, profile, container, instance.
  const { credentials, sha256 } = new SecretsManagerClient({ region }).config;
  await credentials();
  const signer = new SignatureV4({ service, region, credentials, sha256 });
  return async ({ host, pathname, protocol }, { method, body }) => {
    const { headers } = await signer.sign({
      method,
      protocol,
      hostname: host,
      path: pathname,
      query: {},
      headers: { host },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    // The client sets it from the address.
    return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "host"));
  };
}

/** An answer's status and its body. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** What AWS calls the error, if it is one. */
  readonly errorType?: string;
}

/** Sends a request and gives the status of its answer. */
export async function statusOf(...request: Parameters<typeof answerTo>): Promise<number> {
  return (await answerTo(...request)).status;
}

/** Sends a request and gives its answer. */
export async function answerTo(
  base: string,
  request: Request,
  rights: Rights,
  signal: AbortSignal,
): Promise<Answer> {
  const url = new URL(base + request.path);
  const response = await fetch(url, {
    method: request.method,
    headers: {
      ...(request.body !== undefined && { "content-type": "application/json" }),
      ...(await rights(url, request)),
    },
    ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    redirect: "error",
    signal,
  });
  // Read to its end in any case, so that the connection can be used again.
  const body = await response.text();
  const errorType = response.headers.get("x-amzn-errortype")?.split(":", 1)[0];
  return { status: response.status, body, ...(errorType !== undefined && { errorType }) };
}
