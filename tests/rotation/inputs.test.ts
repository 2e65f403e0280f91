import assert from "node:assert/strict";

import * as fc from "fast-check";

import { OperatorError } from "../../functions/shared/errors";
import { parseEvent, STEPS } from "../../rotation/event";
import { checkSuccessor, sameHost } from "../../rotation/guards";
import { parseLogin, parseMaster, successorText } from "../../rotation/login";
import { drawPassword, passwordPolicy } from "../../rotation/passwords";
import { successorOf } from "../../rotation/successor";

const TOKEN = "0".repeat(32);
const ARN = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:master-AAAAAA";
const SECRET = "hunter2-secret-value";

/** The failure of something that throws. */
function failure(work: () => unknown): OperatorError {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof OperatorError, String(error));
    return error;
  }
  throw new Error("it succeeded");
}

function login(overrides: Readonly<Record<string, unknown>> = {}) {
  const value = { engine: "postgres", host: "db.example", username: "app", password: SECRET, ...overrides };
  return parseLogin("the secret", JSON.stringify(value));
}

describe("rotation's event", () => {
  const event = { Step: "setSecret", SecretId: ARN, ClientRequestToken: TOKEN };

  it("may have fields that nobody knows yet", () => {
    for (const Step of STEPS) assert.equal(parseEvent({ ...event, Step, NewField: 1 }).Step, Step);
    assert.equal(parseEvent({ ...event, RotationToken: "a".repeat(36) }).RotationToken, "a".repeat(36));
  });

  const refused: Readonly<Record<string, [unknown, RegExp]>> = {
    "no object": ["createSecret", /expected object/],
    "an unknown step": [{ ...event, Step: "dropSecret" }, /Step: /],
    "no secret": [{ ...event, SecretId: "" }, /SecretId: the secret's ARN/],
    "a secret id of another type": [{ ...event, SecretId: 7 }, /SecretId: a text/],
    "a short token": [{ ...event, ClientRequestToken: "0".repeat(31) }, /ClientRequestToken: 32 to 64/],
    "a long token": [{ ...event, ClientRequestToken: "0".repeat(65) }, /ClientRequestToken: 32 to 64/],
    "a token with other characters": [
      { ...event, ClientRequestToken: `${"0".repeat(31)}/` },
      /ClientRequestToken/,
    ],
    "a short rotation token": [{ ...event, RotationToken: "a".repeat(35) }, /RotationToken: 36 to 256/],
    "several faults": [{ Step: "x", ClientRequestToken: TOKEN }, /Step: .*; SecretId: /],
  };
  for (const [what, [value, message]] of Object.entries(refused)) {
    it(`is refused with ${what}`, () => {
      const error = failure(() => parseEvent(value));
      assert.equal(error.name, "InvalidEvent");
      assert.match(error.message, message);
    });
  }
});

describe("the text of a rotated secret", () => {
  it("has defaults like AWS's own rotation", () => {
    const { port, dbname, strategy } = login();
    assert.deepEqual({ port, dbname, strategy }, { port: 5432, dbname: "postgres", strategy: "single-user" });
    assert.equal(login({ masterarn: ARN }).strategy, "alternating-users");
    assert.equal(login({ masterarn: ARN, strategy: "single-user" }).strategy, "single-user");
    assert.equal(login({ port: "6432" }).port, 6432);
  });

  it("keeps unknown keys and their order in the next version", () => {
    const text = '{"z":1,"engine":"postgres","host":"h","username":"app","password":"p","a":{"b":[2]}}';
    assert.equal(
      successorText(parseLogin("the secret", text), { username: "app", password: "q" }),
      text.replace('"p"', '"q"'),
    );
  });

  const refused: Readonly<Record<string, [Readonly<Record<string, unknown>>, RegExp]>> = {
    "another engine": [{ engine: "mysql" }, /engine: postgres or aurora-postgresql/],
    "no host": [{ host: "" }, /host: a text that is not empty/],
    "a user that is no text": [{ username: 7 }, /username: a text/],
    "no password": [{ password: null }, /password: a text/],
    "a port of 0": [{ port: 0 }, /port: at least 1/],
    "a port of 65536": [{ port: "65536" }, /port: at most 65535/],
    "a port in words": [{ port: "five" }, /port: a whole number/],
    "TLS switched off": [{ ssl: false }, /ssl: true or absent/],
    "TLS switched off by a text": [{ ssl: "false" }, /ssl: true or absent/],
    "a master's ARN that is none": [{ masterarn: "master" }, /masterarn: the ARN/],
    "two users but no master": [
      { strategy: "alternating-users" },
      /masterarn: the ARN of the master's secret/,
    ],
    "a pair without the user": [{ masterarn: ARN, usernames: ["a", "b"] }, /of whom username is one/],
    "a pair of one": [{ masterarn: ARN, usernames: ["app", "app"] }, /two different names/],
    "a name of 64 bytes": [{ username: "ä".repeat(32) }, /username: at most 63 bytes/],
    "an unknown strategy": [{ strategy: "none" }, /strategy: alternating-users or single-user/],
  };
  for (const [what, [overrides, message]] of Object.entries(refused)) {
    it(`is refused with ${what}, and not shown`, () => {
      const error = failure(() => login(overrides));
      assert.equal(error.name, "SecretUnusable");
      assert.match(error.message, message);
      assert.ok(!error.message.includes(SECRET));
    });
  }

  it("is not shown when it is no JSON, or no object", () => {
    for (const text of [SECRET, JSON.stringify(SECRET), `["${SECRET}"]`, `{"password":"${SECRET}"`, "null"]) {
      for (const parse of [parseLogin, parseMaster]) {
        const error = failure(() => parse("the secret", text));
        assert.match(error.message, /its (text is no JSON|JSON is no object)/);
        assert.ok(!`${error.message} ${error.stack ?? ""}`.includes(SECRET));
      }
    }
  });

  it("has a host for a master, or leaves it to the cluster that RDS names", () => {
    assert.deepEqual(parseMaster("m", '{"username":"m","password":"p"}'), { username: "m", password: "p" });
    assert.deepEqual(parseMaster("m", '{"username":"m","password":"p","host":"h"}'), {
      username: "m",
      password: "p",
      host: "h",
      port: 5432,
    });
  });
});

describe("the user after the next rotation", () => {
  const pair = { masterarn: ARN, usernames: ["app", "app_b"] };

  it("is the same one, the other of the pair, or a clone that the secret names from then on", () => {
    assert.deepEqual(successorOf(login()), { username: "app", changes: { username: "app" } });
    assert.deepEqual(successorOf(login(pair)).changes, { username: "app_b" });
    assert.deepEqual(successorOf(login({ ...pair, username: "app_b" })).changes, { username: "app" });
    assert.deepEqual(successorOf(login({ masterarn: ARN })).changes, {
      username: "app_clone",
      usernames: ["app", "app_clone"],
    });
  });

  it("may have a name of 63 bytes and no more", () => {
    assert.equal(successorOf(login({ masterarn: ARN, username: "a".repeat(57) })).username.length, 63);
    assert.match(
      failure(() => successorOf(login({ masterarn: ARN, username: "ä".repeat(29) }))).message,
      /longer than the 63 bytes/,
    );
  });

  it("is never guessed from the end of a name", () => {
    const error = failure(() => successorOf(login({ masterarn: ARN, username: "app_clone" })));
    assert.equal(error.name, "NotRotatable");
    assert.match(error.message, /add usernames/);
  });
});

describe("the guard of the pending version", () => {
  const current = login({ masterarn: ARN, usernames: ["app", "app_b"], port: 5433, dbname: "films" });
  const next = (overrides: Readonly<Record<string, unknown>>) =>
    parseLogin("pending", JSON.stringify({ ...current.document, username: "app_b", ...overrides }));

  it("lets the successor pass, whatever the case of its host", () => {
    checkSuccessor(current, next({ host: "DB.example." }));
    assert.ok(sameHost("c1.cluster-x.example", "C1.cluster-x.example."));
    assert.ok(!sameHost("c1.cluster-x.example", "c10.cluster-x.example"));
  });

  const refused: Readonly<Record<string, [Readonly<Record<string, unknown>>, RegExp]>> = {
    "the same user": [{ username: "app" }, /username is app instead of app_b/],
    "another host": [{ host: "rogue.example" }, /host is rogue.example/],
    "another port": [{ port: 5434 }, /port is 5434/],
    "another database": [{ dbname: "postgres" }, /dbname is postgres/],
    "another master": [{ masterarn: ARN.replace("AAAAAA", "BBBBBB") }, /masterarn differs/],
    "another strategy": [{ strategy: "single-user" }, /strategy differs/],
    "another engine": [{ engine: "aurora-postgresql" }, /engine is aurora-postgresql/],
  };
  for (const [what, [overrides, message]] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      const error = failure(() => {
        checkSuccessor(current, next(overrides));
      });
      assert.equal(error.name, "PendingUnfit");
      assert.match(error.message, message);
    });
  }
});

describe("a new password", () => {
  const count = (password: string, kind: RegExp) => password.match(kind)?.length ?? 0;

  it("keeps to the policy of AWS's rotation functions by default", () => {
    const policy = passwordPolicy({});
    for (let index = 0; index < 500; index += 1) {
      const password = drawPassword(policy);
      assert.match(password, /^[\x21-\x7e]{32}$/);
      for (const kind of [/[a-z]/g, /[A-Z]/g, /[0-9]/g, /[^A-Za-z0-9]/g])
        assert.ok(count(password, kind) > 0);
      assert.equal(count(password, /[:/@"'\\]/g), 0);
    }
  });

  it("keeps to any policy, and survives JSON and a URI", () => {
    const flags = fc.constantFrom("true", "false", undefined);
    fc.assert(
      fc.property(
        fc.integer({ min: 16, max: 99 }),
        fc.string({ unit: fc.constantFrom(...Array.from("abcXYZ019!$%&:/@")) }),
        fc.tuple(flags, flags, flags),
        (length, excluded, [numbers, punctuation, uppercase]) => {
          const policy = passwordPolicy({
            PASSWORD_LENGTH: String(length),
            EXCLUDE_CHARACTERS: excluded,
            EXCLUDE_NUMBERS: numbers,
            EXCLUDE_PUNCTUATION: punctuation,
            EXCLUDE_UPPERCASE: uppercase,
          });
          const password = drawPassword(policy);
          assert.equal(password.length, length);
          for (const character of excluded) assert.ok(!password.includes(character));
          assert.equal(count(password, /\d/g) === 0, numbers === "true");
          assert.equal(count(password, /[A-Z]/g) === 0, uppercase === "true");
          assert.equal(count(password, /[^A-Za-z0-9]/g) === 0, punctuation === "true");
          assert.equal(decodeURIComponent(encodeURIComponent(password)), password);
          assert.equal(JSON.parse(JSON.stringify(password)), password);
        },
      ),
    );
  });

  const refused: Readonly<Record<string, [Readonly<Record<string, string>>, RegExp]>> = {
    "a short length": [{ PASSWORD_LENGTH: "8" }, /PASSWORD_LENGTH: at least 16/],
    "a length that RDS refuses": [{ PASSWORD_LENGTH: "100" }, /PASSWORD_LENGTH: at most 99/],
    "a length in words": [{ PASSWORD_LENGTH: "long" }, /PASSWORD_LENGTH: a number/],
    "a flag that is none": [{ EXCLUDE_NUMBERS: "yes" }, /EXCLUDE_NUMBERS: true or false/],
    "characters outside ASCII": [{ EXCLUDE_CHARACTERS: "ä" }, /EXCLUDE_CHARACTERS: printable ASCII/],
    "nothing left": [
      {
        EXCLUDE_LOWERCASE: "true",
        EXCLUDE_UPPERCASE: "true",
        EXCLUDE_PUNCTUATION: "true",
        EXCLUDE_CHARACTERS: "0",
      },
      /fewer than 10 characters/,
    ],
    "several faults": [{ PASSWORD_LENGTH: "8", EXCLUDE_NUMBERS: "no" }, /PASSWORD_LENGTH.*; EXCLUDE_NUMBERS/],
  };
  for (const [what, [environment, message]] of Object.entries(refused)) {
    it(`is not drawn with ${what}`, () => {
      const error = failure(() => passwordPolicy(environment));
      assert.equal(error.name, "InvalidEnvironment");
      assert.match(error.message, message);
    });
  }
});
