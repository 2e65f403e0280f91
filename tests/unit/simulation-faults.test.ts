import assert from "node:assert/strict";

import type { Props } from "../../local/account/store";
import { parseFault, readJournal, runSettings } from "../../local/providers/run";
import { ACCOUNT, refusal, REGION, Sandbox, subjectOf, T } from "./sandbox";

const CIDR: Props = { cidrBlock: "10.20.0.0/16" };
const vpcs = (box: Sandbox) => box.accounts.listType(ACCOUNT, REGION, T.Vpc).length;

describe("simulation: faults", () => {
  it("fail leaves nothing", async () => {
    const box = new Sandbox({ fault: { mode: "fail", at: 1 } });
    assert.equal(
      await refusal(() => box.vpc()),
      "injected fault: call 1 (create aws:ec2/vpc:Vpc) failed before it took effect",
    );
    assert.equal(vpcs(box), 0);
  });

  it("lose leaves the object, whose id nobody hears", async () => {
    const box = new Sandbox({ fault: { mode: "lose", at: 1 } });
    assert.equal(
      await refusal(() => box.vpc()),
      "injected fault: call 1 (create aws:ec2/vpc:Vpc) took effect, its answer was lost",
    );
    assert.equal(vpcs(box), 1);
  });

  it("strike one call only, and any kind of call", async () => {
    const box = new Sandbox({ fault: { mode: "lose", at: 3 } });
    const vpc = await box.vpc();
    await box.change(vpc, { tags: { a: "b" } });
    assert.match(await refusal(() => box.delete(vpc)), /^injected fault: call 3 \(delete /);
    assert.equal(vpcs(box), 0);
    assert.equal(await refusal(() => box.vpc()), "nothing was refused");
  });

  it("count calls of all providers of a run together", async () => {
    const box = new Sandbox({ fault: { mode: "fail", at: 3 } });
    const providers = [box.provider(), box.provider(), box.provider(), box.provider()];
    const answers: string[] = [];
    for (const provider of providers) {
      answers.push(await refusal(() => provider.create(subjectOf(T.Vpc), { ...CIDR, region: REGION })));
    }
    assert.deepEqual(
      answers.map((it) => it.startsWith("injected fault: call 3 ")),
      [false, false, true, false],
    );
    assert.deepEqual(
      readJournal(box.run.folder).map(({ call }) => call),
      [1, 2, 3, 4],
    );
  });

  it("count from 1 in every run", async () => {
    for (let run = 0; run < 2; run++) {
      const box = new Sandbox();
      await box.vpc();
      assert.deepEqual(
        readJournal(box.run.folder).map(({ call }) => call),
        [1],
      );
    }
  });
});

describe("simulation: a fault at a type", () => {
  it("strikes the first call for it, and only that", async () => {
    const box = new Sandbox({ fault: { mode: "lose", at: T.Subnet } });
    const vpc = await box.vpc();
    await refusal(() => box.subnet(vpc));
    await box.change(vpc, { tags: {} });
    const outcomes = readJournal(box.run.folder).map(({ outcome }) => outcome);
    assert.deepEqual(outcomes, ["done", "lose", "done"]);
    assert.equal(box.accounts.list().length, 2);
  });
});

describe("simulation: journal", () => {
  it("has a line for each changing call, whatever came of it", async () => {
    const box = new Sandbox({ fault: { mode: "fail", at: 4 } });
    const vpc = await box.vpc();
    await refusal(() => box.subnet({ ...vpc, id: "vpc-none" }));
    await box.change(vpc, { tags: {} });
    await refusal(() => box.delete(vpc));
    box.read(vpc);
    const { urn } = subjectOf(T.Vpc);
    assert.deepEqual(
      readJournal(box.run.folder).map(({ start, end, ...entry }) => ({ ...entry, inOrder: start <= end })),
      [
        { call: 1, method: "create", type: T.Vpc, urn, outcome: "done", inOrder: true },
        {
          call: 2,
          method: "create",
          type: T.Subnet,
          urn: subjectOf(T.Subnet).urn,
          outcome: "refused",
          inOrder: true,
        },
        { call: 3, method: "update", type: T.Vpc, urn, outcome: "done", inOrder: true },
        { call: 4, method: "delete", type: T.Vpc, urn, outcome: "fail", inOrder: true },
      ],
    );
  });

  it("is empty before the first call", () => {
    assert.deepEqual(readJournal(new Sandbox().run.folder), []);
  });

  it("shows the latency that was asked for", async () => {
    // A VPC takes 12 seconds on AWS.
    const box = new Sandbox({ latency: 0.005 });
    await box.vpc();
    const [entry] = readJournal(box.run.folder);
    const took = (entry?.end ?? 0) - (entry?.start ?? 0);
    assert.ok(took >= 58, `took ${took} ms`);
  });
});

describe("simulation: settings of a run", () => {
  for (const mode of ["fail", "lose", "kill"] as const) {
    it(`${mode}:12 is a fault`, () => {
      assert.deepEqual(parseFault(`${mode}:12`), { mode, at: 12 });
    });
  }

  it("a type may stand for the number", () => {
    assert.deepEqual(parseFault("lose:aws:ec2/eip:Eip"), { mode: "lose", at: "aws:ec2/eip:Eip" });
  });

  it("a region may be dark", () => {
    assert.deepEqual(parseFault("dark:eu-central-1"), { darkRegion: "eu-central-1" });
  });

  for (const text of [undefined, ""]) {
    it(`${text ?? "nothing"} is no fault`, () => {
      assert.equal(parseFault(text), undefined);
    });
  }

  for (const text of [
    "fail",
    "fail:",
    "fail:0",
    "fail:01",
    "fail:-1",
    "fail:1.5",
    "FAIL:1",
    "stop:1",
    "dark:",
    "dark:Frankfurt",
    " fail:1",
  ]) {
    it(`"${text}" is a mistake`, async () => {
      assert.equal(
        await refusal(() => parseFault(text)),
        `fault "${text}" is not understood: give fail:N, lose:N or kill:N, N counting calls from 1 or naming a type, such as aws:ec2/eip:Eip; or dark:<region>`,
      );
    });
  }

  const ENVIRONMENT = {
    STREAMFLIX_LOCAL_ACCOUNTS: "accounts",
    STREAMFLIX_LOCAL_RUN: "run",
    STREAMFLIX_LOCAL_STACK: "dev",
  };

  it("come from the environment", () => {
    assert.deepEqual(runSettings(ENVIRONMENT), {
      accounts: "accounts",
      folder: "run",
      stack: "dev",
      signedInAccount: undefined,
      latency: 0,
      fault: undefined,
    });
    const all = {
      ...ENVIRONMENT,
      STREAMFLIX_LOCAL_ACCOUNT_ID: ACCOUNT,
      STREAMFLIX_LOCAL_LATENCY: "0.5",
      STREAMFLIX_LOCAL_FAULT: "kill:2",
    };
    const { signedInAccount, latency, fault } = runSettings(all);
    assert.deepEqual([signedInAccount, latency, fault], [ACCOUNT, 0.5, { mode: "kill", at: 2 }]);
  });

  for (const name of Object.keys(ENVIRONMENT)) {
    it(`say that ${name} is missing`, async () => {
      assert.equal(
        await refusal(() => runSettings({ ...ENVIRONMENT, [name]: "" })),
        `${name} is not set: the simulated providers are started by \`npm run local\``,
      );
    });
  }
});
