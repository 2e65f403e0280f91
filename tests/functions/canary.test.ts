import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SignatureV4 } from "@smithy/signature-v4";

import { check } from "../../functions/canary/check";

const REGION = "eu-central-1";
const CREDENTIALS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example", sessionToken: "token" };

/** What the API answers: to `/health`, to the guarded route without rights, and to it with a right signature. */
interface Answers {
  readonly health: number;
  readonly refused: number;
  readonly admitted: number;
}
const WELL: Answers = { health: 200, refused: 403, admitted: 404 };

/** Whether a request is signed as AWS's own signer would sign it at that time. */
async function isSigned({ headers, url = "", method = "" }: IncomingMessage): Promise<boolean> {
  const date = String(headers["x-amz-date"]);
  const { sha256 } = new SecretsManagerClient({ region: REGION }).config;
  const signer = new SignatureV4({
    service: "execute-api",
    region: REGION,
    credentials: CREDENTIALS,
    sha256,
  });
  const host = headers.host ?? "";
  const request = { method, protocol: "http:", hostname: host, path: url, query: {}, headers: { host } };
  const signingDate = new Date(date.replace(/^(.{4})(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  const expected = await signer.sign(request, { signingDate });
  return headers.authorization === expected.headers["authorization"];
}

describe("canary", () => {
  let server: Server;
  let url: string;
  let answers = WELL;
  const seen: string[] = [];

  before((done) => {
    server = createServer((request, response) => {
      const answer = async () => {
        seen.push(`${request.method ?? ""} ${request.url ?? ""}`);
        if (request.url === "/health") return answers.health;
        return request.headers.authorization !== undefined && (await isSigned(request))
          ? answers.admitted
          : answers.refused;
      };
      void answer().then((status) => response.writeHead(status).end("{}"));
    });
    server.listen(0, "127.0.0.1", () => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after(() => server.close());
  beforeEach(() => {
    answers = WELL;
    seen.length = 0;
  });

  it("asks for health, for the guarded route without rights, and with them", async () => {
    await check({ url, region: REGION, credentials: CREDENTIALS });
    const guarded = "GET /v1/profiles/00000000-0000-4000-8000-000000000000";
    assert.deepEqual(seen, ["GET /health", guarded, guarded]);
  });

  it("only shows that the guarded route is shut where it can't sign", async () => {
    answers = { ...WELL, refused: 401 };
    await check({ url, region: REGION });
    assert.equal(seen.length, 2);
  });

  for (const [what, wrong, message] of [
    ["an API that is ill", { health: 503 }, "health: status 503 instead of 200"],
    [
      "a guarded route that is open",
      { refused: 200 },
      "guarded route without rights: status 200 instead of 401 or 403",
    ],
    ["a service that fails", { admitted: 500 }, "guarded route: status 500 instead of 200 or 404"],
    ["rights that are not enough", { admitted: 403 }, "guarded route: status 403 instead of 200 or 404"],
  ] as const) {
    it(`fails on ${what}`, async () => {
      answers = { ...WELL, ...wrong };
      await assert.rejects(check({ url, region: REGION, credentials: CREDENTIALS }), { message });
    });
  }

  it("fails on a redirect, which an API has no business with", async () => {
    answers = { ...WELL, health: 302 };
    await assert.rejects(check({ url, region: REGION }));
  });

  it("fails where nobody listens", async () => {
    await assert.rejects(check({ url: "http://127.0.0.1:9", region: REGION }));
  });
});
