import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import type { StoredObject } from "../../local/account/store";
import { ACCOUNT, refusal, REGION, Sandbox, T } from "./sandbox";

function object(id: string, changes: Partial<StoredObject> = {}): StoredObject {
  return {
    account: ACCOUNT,
    region: REGION,
    type: T.Topic,
    id,
    importId: id,
    inputs: { shared: "input", name: id },
    computed: { shared: "computed", arn: `arn:${id}` },
    createdBy: "unit",
    state: "available",
    ...changes,
  };
}

describe("simulation: store of accounts", () => {
  it("is empty before anything was made", () => {
    const { accounts } = new Sandbox();
    assert.deepEqual(accounts.list(), []);
    assert.equal(accounts.find(ACCOUNT, REGION, T.Topic, "a"), undefined);
  });

  it("keeps an object under any id", () => {
    const { accounts, run } = new Sandbox();
    for (const id of ["/a/b", "alias/x", "arn:aws:sns:x:1:y", "..", "a*?%"]) {
      assert.equal(accounts.add(object(id)), true);
      assert.deepEqual(accounts.find(ACCOUNT, REGION, T.Topic, id), object(id));
    }
    assert.equal(accounts.list().length, 5);
    // No file system minds these.
    const files = fs.readdirSync(run.accounts, { recursive: true, encoding: "utf8" });
    assert.deepEqual(
      files.filter((file) => !/^[\w.%/-]+$/.test(file)),
      [],
    );
  });

  it("adds an id once, and leaves the first one alone", () => {
    const { accounts } = new Sandbox();
    accounts.add(object("a"));
    assert.equal(accounts.add(object("a", { createdBy: "other" })), false);
    assert.equal(accounts.find(ACCOUNT, REGION, T.Topic, "a")?.createdBy, "unit");
  });

  it("lists objects of all accounts or of one, and neither claims nor quotas", () => {
    const box = new Sandbox();
    box.grant({ "L-F678F1CE": 6 });
    const here = [object("a"), object("b", { region: "global", type: T.Role })];
    const elsewhere = object("c", { account: "999999999999" });
    for (const it of [...here, elsewhere]) box.accounts.add(it);
    box.accounts.claim(object("a"), "name");
    assert.deepEqual(box.accounts.list(ACCOUNT), here);
    assert.deepEqual(box.accounts.list(), [...here, elsewhere]);
  });

  it("leaves no drafts", () => {
    const box = new Sandbox();
    box.accounts.add(object("a"));
    box.accounts.add(object("a"));
    box.accounts.replace(object("a", { createdBy: "other" }));
    const files = fs.readdirSync(box.run.accounts, { recursive: true, encoding: "utf8" });
    assert.deepEqual(
      files.filter((file) => file.endsWith(".draft")),
      [],
    );
    assert.equal(files.filter((file) => file.endsWith(".json")).length, 1);
  });

  it("gives a name to one object at a time", () => {
    const { accounts } = new Sandbox();
    for (const id of ["a", "b"]) accounts.add(object(id));
    assert.equal(accounts.claim(object("a"), "name"), undefined);
    // Also to an object of the same id: a setting of the account has one id for all who ask for it.
    assert.equal(accounts.claim(object("a"), "name"), "a");
    assert.equal(accounts.claim(object("b"), "name"), "a");
    assert.equal(accounts.claim(object("b", { region: "eu-west-1" }), "name"), undefined);
  });

  it("frees a name only for its holder", () => {
    const { accounts } = new Sandbox();
    for (const id of ["a", "b"]) accounts.add(object(id));
    accounts.claim(object("a"), "name");
    accounts.release(object("b"), "name");
    assert.equal(accounts.claim(object("b"), "name"), "a");
    accounts.release(object("a"), "name");
    assert.equal(accounts.claim(object("b"), "name"), undefined);
  });

  it("hands on the name of an object that was removed by hand", () => {
    const { accounts } = new Sandbox();
    accounts.add(object("a"));
    accounts.claim(object("a"), "name");
    accounts.remove(object("a"));
    assert.equal(accounts.claim(object("b"), "name"), undefined);
    accounts.add(object("b"));
    assert.equal(accounts.claim(object("c"), "name"), "b");
  });

  it("names the file that somebody broke", async () => {
    const box = new Sandbox();
    box.accounts.add(object("a"));
    const file = path.join(box.run.accounts, ACCOUNT, REGION, encodeURIComponent(T.Topic), "a.json");
    fs.writeFileSync(file, "{");
    const text = await refusal(() => box.accounts.list());
    assert.ok(text.startsWith(`${file} is not a readable object of a simulated account: `), text);
  });

  it("reads a granted quota, else the default", () => {
    const box = new Sandbox();
    assert.equal(box.accounts.quota(ACCOUNT, "L-1", 5), 5);
    box.grant({ "L-1": 8 });
    assert.equal(box.accounts.quota(ACCOUNT, "L-1", 5), 8);
    assert.equal(box.accounts.quota(ACCOUNT, "L-2", 5), 5);
    assert.equal(box.accounts.quota("999999999999", "L-1", 5), 5);
  });
});
