import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SignatureV4 } from "@smithy/signature-v4";

import { NotRun } from "./check";
import type { Target } from "./target";

/** A request to the API. */
export interface Request {
  readonly method: "GET" | "POST";
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
  // A client knows where credentials are: environment, profile, container, instance.
  const { credentials, sha256 } = new SecretsManagerClient({ region }).config;
  await credentials().catch(() => {
    throw new NotRun("callers of this API sign with AWS credentials: none found");
  });
  const signer = new SignatureV4({ service: "execute-api", region, credentials, sha256 });
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

/** Sends a request and gives the status of its answer. */
export async function statusOf(
  base: string,
  request: Request,
  rights: Rights,
  signal: AbortSignal,
): Promise<number> {
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
  // Read to its end, so that the connection can be used again.
  await response.arrayBuffer();
  return response.status;
}
