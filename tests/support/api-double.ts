import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SignatureV4 } from "@smithy/signature-v4";

const REGION = "eu-central-1";

/** Who may call. */
export type Admitted =
  | "everybody"
  | { readonly token: string }
  | {
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken: string;
    };

/** A request of a caller who may. */
export interface AdmittedRequest {
  readonly method: string;
  readonly path: string;
  readonly mediaType: string;
  readonly body: string;
}

/**
 * The API on 127.0.0.1 as far as callers see it: health for all, 401 or 403 for who has no rights. Signatures are
 * checked with AWS's own signer.
 */
export class ApiDouble {
  /** Requests by what became of them. */
  readonly seen = { admitted: 0, refused: 0, batches: 0 };
  /** Status of health. */
  health = 200;
  /** Who may call. */
  admitted: Admitted;
  /** Gives the status of what is behind the API. */
  answer: (request: AdmittedRequest) => Promise<number>;
  readonly #server: Server;

  constructor(admitted: Admitted, answer: ApiDouble["answer"]) {
    this.admitted = admitted;
    this.answer = answer;
    this.#server = createServer((request, response) => {
      void this.#statusOf(request).then((status) => response.writeHead(status).end("{}"));
    });
  }

  async #statusOf(request: IncomingMessage): Promise<number> {
    const { method = "", url: path = "", headers } = request;
    const body = await bodyOf(request);
    if (path === "/health") return this.health;
    const { admitted } = this;
    if (admitted !== "everybody" && !(await mayCall(request, body, admitted))) {
      this.seen.refused += 1;
      return "token" in admitted ? 401 : 403;
    }
    this.seen.admitted += 1;
    if (path === "/v1/events") this.seen.batches += 1;
    return this.answer({ method, path, mediaType: headers["content-type"] ?? "", body });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function mayCall(
  request: IncomingMessage,
  body: string,
  admitted: Exclude<Admitted, "everybody">,
): Promise<boolean> {
  const { headers, url = "", method = "" } = request;
  if ("token" in admitted) return headers.authorization === `Bearer ${admitted.token}`;
  const { sha256 } = new SecretsManagerClient({ region: REGION }).config;
  const signer = new SignatureV4({
    service: "execute-api",
    region: REGION,
    credentials: admitted,
    sha256,
  });
  const host = headers.host ?? "";
  const date = String(headers["x-amz-date"]);
  const signingDate = new Date(date.replace(/^(.{4})(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (Number.isNaN(signingDate.getTime())) return false;
  const expected = await signer.sign(
    { method, protocol: "http:", hostname: host, path: url, query: {}, headers: { host }, body },
    { signingDate },
  );
  return headers.authorization === expected.headers["authorization"];
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
  return body;
}
