import assert from "node:assert/strict";

import { RotatedSecret, type RotatedLogin, type Stage, withLogin } from "../../rotation/client";

const text = (password: string, more: object = {}) =>
  JSON.stringify({ username: "app", password, host: "db.example", port: 5432, dbname: "films", ...more });

/** A secret whose versions a test changes, and what was read of it. */
class Source {
  readonly versions = new Map<Stage, string>();
  readonly reads: Stage[] = [];
  readonly read = (stage: Stage): Promise<string | undefined> => {
    this.reads.push(stage);
    return Promise.resolve(this.versions.get(stage));
  };

  constructor(current: string) {
    this.versions.set("AWSCURRENT", current);
  }
}

/** A server that accepts some passwords. */
const server =
  (...accepted: string[]) =>
  ({ password }: RotatedLogin) =>
    accepted.includes(password)
      ? Promise.resolve(password)
      : Promise.reject(Object.assign(new Error("password authentication failed"), { code: "28P01" }));

describe("client of a rotated secret", () => {
  it("reads once for all who ask while the login is kept", async () => {
    const source = new Source(text("one"));
    const secret = new RotatedSecret({ read: source.read, ttlMs: 60_000 });
    await Promise.all([1, 2, 3].map(() => secret.login()));
    await secret.login();
    assert.deepEqual(source.reads, ["AWSCURRENT"]);
  });

  it("reads anew when the login was kept for long enough", async () => {
    const source = new Source(text("one"));
    const secret = new RotatedSecret({ read: source.read, ttlMs: 0 });
    await secret.login();
    source.versions.set("AWSCURRENT", text("two"));
    assert.equal((await secret.login()).password, "two");
  });

  it("keeps no failure", async () => {
    let fails = true;
    const read = () => (fails ? Promise.reject(new Error("throttled")) : Promise.resolve(text("one")));
    const secret = new RotatedSecret({ read });
    await assert.rejects(secret.login(), /throttled/);
    fails = false;
    assert.equal((await secret.login()).password, "one");
  });

  it("tries once more with what became current", async () => {
    const source = new Source(text("one"));
    const secret = new RotatedSecret({ read: source.read });
    await secret.login();
    source.versions.set("AWSCURRENT", text("two"));
    assert.equal(await withLogin(secret, server("two")), "two");
    assert.deepEqual(source.reads, ["AWSCURRENT", "AWSCURRENT"]);
    assert.equal((await secret.login()).password, "two");
  });

  it("tries what is about to become current, and does not keep it", async () => {
    const source = new Source(text("one"));
    const secret = new RotatedSecret({ read: source.read });
    source.versions.set("AWSPENDING", text("two"));
    assert.equal(await withLogin(secret, server("two")), "two");
    assert.equal((await secret.login()).password, "one");
  });

  it("sees it become current between two reads", async () => {
    const source = new Source(text("one"));
    const read = (stage: Stage) => {
      if (stage === "AWSPENDING") source.versions.set("AWSCURRENT", text("two"));
      return source.read(stage);
    };
    assert.equal(await withLogin(new RotatedSecret({ read }), server("two")), "two");
  });

  it("lets the refusal through when there is no other password, and any other error at once", async () => {
    const source = new Source(text("one"));
    const secret = new RotatedSecret({ read: source.read });
    await assert.rejects(withLogin(secret, server("two")), /password authentication failed/);
    const reads = source.reads.length;
    let attempts = 0;
    const broken = () => {
      attempts += 1;
      return Promise.reject(new Error("ECONNRESET"));
    };
    await assert.rejects(withLogin(secret, broken), /ECONNRESET/);
    assert.equal(attempts, 1);
    assert.equal(source.reads.length, reads);
  });

  it("shows nothing of a text that is no login", async () => {
    for (const bad of [
      "hunter2",
      '"hunter2"',
      '{"password":"hunter2"}',
      text("hunter2", { port: "x" }),
      "null",
    ]) {
      await assert.rejects(
        new RotatedSecret({ read: () => Promise.resolve(bad) }).login(),
        (error: Error) => {
          assert.match(error.message, /The secret('s text is no JSON| has to have username)/);
          return !`${error.message} ${error.stack ?? ""}`.includes("hunter2");
        },
      );
    }
    await assert.rejects(new RotatedSecret({ read: () => Promise.resolve(undefined) }).login(), /no version/);
  });
});
