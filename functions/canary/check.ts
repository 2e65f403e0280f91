import { createHash, createHmac, type Hash } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";

/** Credentials of the role that the canary runs as. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What is asked, and how. */
export interface CanarySettings {
  /** Address of the API, without a slash at its end. */
  readonly url: string;
  readonly region: string;
  /** Who signs. @default nobody can: callers bring tokens of viewers, and the canary has none */
  readonly credentials?: Credentials;
}

/** Path that needs no rights, and one that does; it asks for nothing that is stored. */
const PATHS = { open: "/health", guarded: "/v1/profiles/00000000-0000-4000-8000-000000000000" } as const;

/** What the guarded route answers whom: 404 shows that request, rights, service and database are all in order. */
const ANSWERS = { open: [200], refused: [401, 403], admitted: [200, 404] } as const;

/** Longer than API Gateway waits for its slowest answer. */
const TIMEOUT_MILLISECONDS = 30_000;

/**
 * Asks the API as a client would: its health, a guarded route without rights, and the same with them.
 *
 * @throws Error that names the request and the status; never what was sent or answered
 */
export async function check(settings: CanarySettings): Promise<void> {
  await expectStatus("health", await ask(settings.url, PATHS.open), ANSWERS.open);
  await expectStatus("guarded route without rights", await ask(settings.url, PATHS.guarded), ANSWERS.refused);
  if (settings.credentials !== undefined) {
    const headers = await signed(settings, settings.credentials);
    await expectStatus("guarded route", await ask(settings.url, PATHS.guarded, headers), ANSWERS.admitted);
  }
}

function ask(url: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${url}${path}`, {
    headers,
    redirect: "error",
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  });
}

async function expectStatus(what: string, response: Response, wanted: readonly number[]): Promise<void> {
  // Read to its end, so that the connection can be used again.
  await response.arrayBuffer();
  if (!wanted.includes(response.status)) {
    throw new Error(`${what}: status ${response.status} instead of ${wanted.join(" or ")}`);
  }
}

/** Headers of a signed request for the guarded route. */
async function signed(
  { url, region }: CanarySettings,
  credentials: Credentials,
): Promise<Record<string, string>> {
  const { host, pathname, protocol } = new URL(`${url}${PATHS.guarded}`);
  const signer = new SignatureV4({ service: "execute-api", region, credentials, sha256: Sha256 });
  const request = await signer.sign({
    method: "GET",
    protocol,
    hostname: host,
    path: pathname,
    query: {},
    headers: { host },
  });
  // The client sets it from the address.
  return Object.fromEntries(Object.entries(request.headers).filter(([name]) => name !== "host"));
}

/** SHA-256 in the shape that the signer wants. */
class Sha256 {
  readonly #hash: Hash | ReturnType<typeof createHmac>;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(chunk));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  /** Nobody starts anew: the signer makes a hash for each digest. */
  reset(): void {}
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === "string") return Buffer.from(data, "utf8");
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}
