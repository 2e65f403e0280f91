import assert from "node:assert/strict";

import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

import { cacheTokens } from "../../service/cache-token";

/** From AWS's documentation of signatures. */
const KEYS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };

/** What botocore 1.43 signs for the same request and time. */
const SIGNATURES = {
  withoutSession: "bba1c200668234a6d2bf5c2a18b7b3a8cda34964b47872bafee89d9e2968558b",
  withSession: "b23b341609cf357161e245c328c4f14ed9c96db7880ee00aa10c858977a07bf8",
};

describe("service: token for the cache", () => {
  const { sha256 } = new SecretsManagerClient({ region: "eu-central-1" }).config;
  const tokenOf = (session?: string) =>
    cacheTokens({
      replicationGroup: "streamflix-cache-dev",
      user: "streamflix-service-dev",
      region: "eu-central-1",
      credentials: { ...KEYS, ...(session !== undefined && { sessionToken: session }) },
      sha256,
    })(new Date("2026-11-23T10:20:30Z"));

  it("is a presigned request without its scheme", async () => {
    const [host, query] = (await tokenOf()).split("/?");
    assert.equal(host, "streamflix-cache-dev");
    assert.deepEqual(Object.fromEntries(new URLSearchParams(query)), {
      Action: "connect",
      User: "streamflix-service-dev",
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Credential": "AKIDEXAMPLE/20261123/eu-central-1/elasticache/aws4_request",
      "X-Amz-Date": "20261123T102030Z",
      "X-Amz-Expires": "900",
      "X-Amz-SignedHeaders": "host",
      "X-Amz-Signature": SIGNATURES.withoutSession,
    });
  });

  it("carries the session of a role, escaped", async () => {
    const token = await tokenOf("to/ken+with=signs");
    assert.ok(token.includes("X-Amz-Security-Token=to%2Fken%2Bwith%3Dsigns"));
    assert.equal(new URLSearchParams(token).get("X-Amz-Signature"), SIGNATURES.withSession);
  });
});
