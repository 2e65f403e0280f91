import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";

import * as fc from "fast-check";

import { OperatorError, readThrown } from "../../functions/shared/errors";
import { classifyConnect } from "../../functions/shared/postgres";
import { HIDDEN, Redactor } from "../../functions/shared/redact";
import { scramVerifier } from "../../functions/shared/scram";
import { parseLogin, SecretsManagerSource } from "../../functions/shared/secrets";
import { SecretsManagerFake } from "../rotation/support/secrets-manager";

const ARN = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:streamflix-app-BBBBBB";

describe("SCRAM verifier", () => {
  it("agrees with the exchange of RFC 7677", () => {
    const salt = "W22ZaJ0SNY7soEsUEjb6gQ==";
    const verifier = scramVerifier("pencil", { salt: Buffer.from(salt, "base64"), iterations: 4096 });
    const [, stored = "", server = ""] =
      /^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$(.*):(.*)$/.exec(verifier) ?? [];
    const nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    const message = `n=user,r=rOprNGfwEbeRWgbNEkqO,r=${nonce},s=${salt},i=4096,c=biws,r=${nonce}`;
    const sign = (key: string) => createHmac("sha256", Buffer.from(key, "base64")).update(message).digest();
    // The server's proof to the client …
    assert.equal(sign(server).toString("base64"), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    // … and the client's to the server: what it is masked with gives back the stored key.
    const proof = Buffer.from("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", "base64");
    const signature = sign(stored);
    const clientKey = proof.map((byte, index) => byte ^ (signature[index] ?? 0));
    assert.equal(createHash("sha256").update(clientKey).digest("base64"), stored);
  });

  it("has a salt of its own each time", () => {
    assert.notEqual(scramVerifier("pencil"), scramVerifier("pencil"));
    assert.match(
      scramVerifier("pencil"),
      /^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/,
    );
  });

  for (const password of ["", "pass\nword", "päss", "pass\u0000word", "\u007f"]) {
    it(`refuses ${JSON.stringify(password)}, without repeating it`, () => {
      assert.throws(() => scramVerifier(password), {
        name: "RangeError",
        message: "a password has to be of printable ASCII characters, at least one",
      });
    });
  }
});

describe("redaction", () => {
  it("takes out every form of any secret, wherever it stands", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: "binary" }),
        fc.string(),
        fc.string(),
        (secret, before, after) => {
          const redactor = new Redactor();
          redactor.add(secret);
          const forms = [secret, JSON.stringify(secret).slice(1, -1), secret.replaceAll("'", "''")];
          for (const form of forms) {
            const text = redactor.text(`${before}${form}${after}`);
            // The placeholder itself may hold a very short secret.
            assert.ok(!text.replaceAll(HIDDEN, "").includes(form) || HIDDEN.includes(secret));
          }
        },
      ),
    );
  });

  it("leaves no rest of a secret that holds another one", () => {
    const redactor = new Redactor();
    redactor.add("abc");
    redactor.add("abcdef");
    redactor.add("");
    assert.equal(redactor.text("xabcdefx abc %"), `x${HIDDEN}x ${HIDDEN} %`);
  });
});

describe("login secrets", () => {
  it("give user name and password", () => {
    const text = JSON.stringify({ engine: "postgres", username: "app", password: 'p"w', port: 5432 });
    assert.deepEqual(parseLogin(ARN, text), { username: "app", password: 'p"w' });
  });

  const bad: readonly (readonly [string, string])[] = [
    ["hunter2-not-json", "its text is no JSON"],
    ['"hunter2"', "its JSON is no object"],
    ["null", "its JSON is no object"],
    ['{"password":"hunter2"}', "it has no username"],
    ['{"username":"app","password":""}', "it has no password"],
    ['{"username":"app","password":2}', "it has no password"],
  ];
  for (const [text, why] of bad) {
    it(`are refused without being shown: ${why}`, () => {
      assert.throws(
        () => parseLogin(ARN, text),
        (error) => {
          assert.ok(error instanceof OperatorError);
          assert.equal(error.name, "SecretUnusable");
          assert.ok(error.message.startsWith(`Secret ${ARN} can't be used: ${why}.`));
          assert.doesNotMatch(`${error.message}${error.stack ?? ""}`, /hunter2/);
          return true;
        },
      );
    });
  }
});

describe("Secrets Manager", () => {
  let fake: SecretsManagerFake;
  let source: SecretsManagerSource;
  let arn: string;
  before(async () => {
    fake = await SecretsManagerFake.start();
    arn = fake.createSecret({ name: "streamflix-app", value: "the text" });
    source = new SecretsManagerSource(fake.client());
  });
  after(() => fake.stop());

  it("is asked for the current version by its stage", async () => {
    assert.equal(await source.current(arn), "the text");
    assert.deepEqual(fake.journal, [
      { operation: "GetSecretValue", input: { SecretId: arn, VersionStage: "AWSCURRENT" } },
    ]);
  });

  it("is asked again when it throttles", async () => {
    fake.faults.failNext({ error: "ThrottlingException", when: "before" });
    assert.equal(await source.current(arn), "the text");
  });

  it("is named with its reason when it refuses", async () => {
    await assert.rejects(source.current(ARN), {
      name: "SecretUnusable",
      message:
        /^Secret .*BBBBBB can't be read: ResourceNotFoundException: .*What to do: check that the secret has a value/,
    });
  });
});

describe("connection errors", () => {
  const cases: readonly (readonly [string | undefined, string, string])[] = [
    ["ECONNREFUSED", "connect ECONNREFUSED 10.0.0.1:5432", "transient"],
    ["ENOTFOUND", "getaddrinfo ENOTFOUND db", "transient"],
    ["EAI_AGAIN", "getaddrinfo EAI_AGAIN db", "transient"],
    ["57P03", "the database system is starting up", "transient"],
    ["53300", "sorry, too many clients already", "transient"],
    [undefined, "timeout expired", "transient"],
    [undefined, "Connection terminated unexpectedly", "transient"],
    ["28P01", 'password authentication failed for user "a"', "credential"],
    ["28000", 'role "a" is not permitted to log in', "credential"],
    ["28000", 'PAM authentication failed for user "a"', "credential"],
    ["28000", 'no pg_hba.conf entry for host "1.2.3.4", user "a", database "b", SSL encryption', "other"],
    ["28000", 'no pg_hba.conf entry for host "1.2.3.4", user "a", database "b", no encryption', "tls"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP does not match certificate's altnames", "tls"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "self-signed certificate in certificate chain", "tls"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate", "tls"],
    ["CERT_HAS_EXPIRED", "certificate has expired", "tls"],
    [undefined, "The server does not support SSL connections", "tls"],
    ["3D000", 'database "x" does not exist', "other"],
    ["42501", 'permission denied for database "x"', "other"],
  ];
  for (const [code, message, expected] of cases) {
    it(`are told apart: ${code ?? ""} ${message}`, () => {
      assert.equal(classifyConnect({ code, message, detail: undefined }), expected);
    });
  }

  it("are read from what several addresses gave", () => {
    const inner = Object.assign(new Error("connect ECONNREFUSED ::1:1"), { code: "ECONNREFUSED" });
    const { code, message } = readThrown(new AggregateError([inner]));
    assert.deepEqual([code, message], ["ECONNREFUSED", "connect ECONNREFUSED ::1:1"]);
    assert.equal(readThrown("text").message, "something that is no Error was thrown");
  });
});
