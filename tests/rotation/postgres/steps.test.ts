import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { STEPS, type Step } from "../../../rotation/event";
import { installedMajors } from "../../functions/support/postgres-server";
import { RotationWorld } from "../support/world";

const [major = 17] = installedMajors();

/** Operations that change a secret. */
const WRITES = ["PutSecretValue", "UpdateSecretVersionStage"];

describe("steps of a rotation", () => {
  let world: RotationWorld;
  before(async () => {
    world = await RotationWorld.start(major);
  });
  after(async () => {
    assert.ok((await world.end()) > 20);
  });

  const operations = () => world.secrets.journal.map((call) => call.operation);
  const fails = (step: Step, arn: string, token: string) => world.failure(world.step(step, arn, token));

  describe("whether a step has something to do", () => {
    const refusesAll = async (arn: string, token: string, kind: string, message: RegExp) => {
      for (const step of STEPS) {
        const calls = world.secrets.journal.length;
        const error = await fails(step, arn, token);
        assert.equal(error.name, kind);
        assert.match(error.message, message);
        assert.deepEqual(operations().slice(calls), ["DescribeSecret"]);
      }
    };

    it("asks AWS nothing for an event that is none", async () => {
      const calls = world.secrets.journal.length;
      const error = await world.failure(world.invoke({ Step: "createSecret" }));
      assert.equal(error.name, "InvalidEvent");
      assert.equal(world.secrets.journal.length, calls);
    });

    it("begins nothing without time to end it", async () => {
      const { arn } = await world.subject("pair");
      const token = world.secrets.startRotation(arn);
      const calls = world.secrets.journal.length;
      const error = await world.failure(world.step("setSecret", arn, token, { deadline: Date.now() + 500 }));
      assert.equal(error.name, "OutOfTime");
      assert.equal(world.secrets.journal.length, calls);
    });

    it("refuses a secret that is not there", async () => {
      const { arn } = await world.subject("pair");
      const error = await fails("createSecret", arn.replace("service", "other"), randomUUID());
      assert.equal(error.name, "SecretUnusable");
      assert.match(error.message, /can't be described: ResourceNotFoundException/);
    });

    it("refuses a secret that RDS manages", async () => {
      const value = world.text("master", "of-no-consequence");
      const arn = world.secrets.createSecret({ name: "rds!cluster-1", value, owningService: "rds" });
      await refusesAll(arn, randomUUID(), "NotRotatable", /is managed by rds/);
    });

    it("refuses a secret whose rotation is switched off", async () => {
      const { arn } = await world.subject("pair");
      const token = world.secrets.startRotation(arn);
      world.secrets.cancelRotation(arn);
      await refusesAll(arn, token, "NotRotatable", /is switched off/);
    });

    it("refuses a version without a stage, and one that is no longer pending", async () => {
      const { arn } = await world.subject("pair");
      const token = world.secrets.startRotation(arn);
      await refusesAll(arn, randomUUID(), "VersionUnfit", /has no stage/);
      await world.step("createSecret", arn, token);
      world.secrets.clearPending(arn);
      world.secrets.startRotation(arn);
      await refusesAll(arn, token, "VersionUnfit", /is not the pending one/);
    });

    it("has nothing to do for the version that is current", async () => {
      const { arn } = await world.subject("pair");
      const token = await world.rotate(arn);
      const calls = world.secrets.journal.length;
      for (const step of STEPS) await world.step(step, arn, token);
      assert.deepEqual(operations().slice(calls), Array(4).fill("DescribeSecret"));
    });

    it("refuses an older rotation once a newer one has finished", async () => {
      const { arn } = await world.subject("pair");
      const older = world.secrets.startRotation(arn);
      await world.step("createSecret", arn, older);
      world.secrets.clearPending(arn);
      await world.rotate(arn);
      const stages = world.secrets.versions(arn);
      for (const step of STEPS) assert.equal((await fails(step, arn, older)).name, "VersionUnfit");
      assert.deepEqual(world.secrets.versions(arn), stages);
      assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
    });
  });

  describe("createSecret", () => {
    it("stores the other user with a new password, and all else as it was", async () => {
      const { arn, other } = await world.subject("pair", { note: { kept: true } });
      const token = world.secrets.startRotation(arn);
      await world.step("createSecret", arn, token);
      const { password: before, ...current } = world.stored(arn, "AWSCURRENT") ?? {};
      const { password, ...pending } = world.stored(arn, "AWSPENDING") ?? {};
      assert.deepEqual(pending, { ...current, username: other });
      assert.equal(typeof password, "string");
      assert.notEqual(password, before);
    });

    it("keeps the first pending version, however often it is repeated", async () => {
      const { arn } = await world.subject("pair");
      const token = world.secrets.startRotation(arn);
      await world.step("createSecret", arn, token);
      const first = world.secrets.value(arn, "AWSPENDING");
      await world.step("createSecret", arn, token);
      assert.equal(world.secrets.value(arn, "AWSPENDING"), first);
      assert.equal(operations().filter((operation) => operation === "PutSecretValue").length >= 1, true);
    });

    it("passes the rotation token on", async () => {
      const { arn } = await world.subject("pair");
      const token = world.secrets.startRotation(arn);
      const RotationToken = randomUUID();
      await world.invoke({ Step: "createSecret", SecretId: arn, ClientRequestToken: token, RotationToken });
      const put = world.secrets.journal.findLast((call) => call.operation === "PutSecretValue");
      assert.equal(put?.input["RotationToken"], RotationToken);
      assert.ok(!world.lines.join("\n").includes(RotationToken));
    });

    it("refuses a pending version that somebody else put there", async () => {
      const { arn, other } = await world.subject("pair");
      const token = world.secrets.startRotation(arn);
      const value = world.text(other, "chosen-by-a-stranger", { host: "rogue.example" });
      await put(arn, token, value);
      assert.equal((await fails("createSecret", arn, token)).name, "PendingUnfit");
      assert.equal(world.secrets.value(arn, "AWSPENDING"), value);
    });

    for (const [what, value, message] of [
      ["text that is no JSON", "hunter2-is-no-json", /its text is no JSON/],
      ["a number", "7", /its JSON is no object/],
    ] as const) {
      it(`refuses a current version that is ${what}, without showing it`, async () => {
        const arn = world.secrets.createSecret({ name: `odd-${randomUUID()}`, value });
        const error = await fails("createSecret", arn, world.secrets.startRotation(arn));
        assert.equal(error.name, "SecretUnusable");
        assert.match(error.message, message);
        assert.ok(!error.message.includes("hunter2"));
      });
    }

    it("sees what was stored a moment ago only after a while, and waits for it", async () => {
      const { arn } = await world.subject("pair");
      const token = world.secrets.startRotation(arn);
      world.secrets.faults.staleReads(3);
      await world.steps(arn, token);
      assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
    });
  });

  describe("faults of Secrets Manager", () => {
    const rotations: readonly (readonly [Step, string])[] = [
      ["createSecret", "DescribeSecret"],
      ["createSecret", "GetSecretValue"],
      ["createSecret", "PutSecretValue"],
      ["setSecret", "GetSecretValue"],
      ["testSecret", "GetSecretValue"],
      ["finishSecret", "UpdateSecretVersionStage"],
    ];
    const kinds = ["InternalServiceError", "DecryptionFailure", "AccessDeniedException", "connection-reset"];

    for (const [step, operation] of rotations) {
      for (const error of kinds) {
        it(`${error} of ${operation} fails ${step}; the rotation ends well when it starts over`, async () => {
          const { arn } = await world.subject("pair");
          const token = world.secrets.startRotation(arn);
          for (const earlier of STEPS.slice(0, STEPS.indexOf(step))) await world.step(earlier, arn, token);
          world.secrets.faults.failNext({ operation, error, times: 3, when: "before" });
          const failed = await fails(step, arn, token);
          assert.equal(failed.name, "SecretUnusable");
          if (error !== "connection-reset") assert.match(failed.message, new RegExp(error));
          world.secrets.faults.clear();
          await world.steps(arn, token);
          assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
        });
      }
    }

    it("takes an answer that was lost for what it is", async () => {
      for (const operation of WRITES) {
        const { arn } = await world.subject("single");
        const token = world.secrets.startRotation(arn);
        world.secrets.faults.failNext({ operation, error: "connection-reset", times: 1, when: "after" });
        await world.steps(arn, token);
        assert.equal(world.secrets.versionOf(arn, "AWSCURRENT"), token);
        assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
      }
    });

    it("gives up when time is up", async () => {
      const { arn } = await world.subject("pair");
      const token = world.secrets.startRotation(arn);
      world.secrets.onCall = async ({ operation, phase }) => {
        if (operation === "PutSecretValue" && phase === "before") {
          await new Promise((resolve) => setTimeout(resolve, 1_500));
        }
      };
      const error = await world.failure(
        world.step("createSecret", arn, token, { deadline: Date.now() + 1_100 }),
      );
      world.secrets.onCall = undefined;
      assert.equal(error.name, "OutOfTime");
      assert.match(error.message, /before secret .* could be written/);
    });
  });

  describe("testSecret", () => {
    it("works alone, as when rotation is switched on without rotating at once", async () => {
      for (const mode of ["pair", "clone", "single"] as const) {
        const { arn } = await world.subject(mode);
        const token = world.secrets.startTestOnlyRotation(arn);
        await world.step("testSecret", arn, token);
      }
    });

    it("fails with a password that the server does not have", async () => {
      const { arn } = await world.subject("pair");
      const token = world.secrets.startRotation(arn);
      await world.step("createSecret", arn, token);
      assert.equal((await fails("testSecret", arn, token)).name, "SignInRefused");
    });
  });

  describe("finishSecret", () => {
    it("never makes a password current that does not work", async () => {
      const { arn } = await world.subject("pair");
      const token = world.secrets.startRotation(arn);
      await world.step("createSecret", arn, token);
      const error = await fails("finishSecret", arn, token);
      assert.equal(error.name, "SignInRefused");
      assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
    });

    it("leaves a version alone that somebody else made current meanwhile", async () => {
      const { arn, user } = await world.subject("pair");
      const token = world.secrets.startRotation(arn);
      for (const step of STEPS.slice(0, 3)) await world.step(step, arn, token);
      const foreign = randomUUID();
      world.secrets.onCall = async ({ operation, phase }) => {
        if (operation !== "UpdateSecretVersionStage" || phase !== "before") return;
        world.secrets.onCall = undefined;
        await put(arn, foreign, world.text(user, "stored-by-hand"), ["AWSCURRENT"]);
      };
      const error = await fails("finishSecret", arn, token);
      assert.equal(error.name, "PromotedElsewhere");
      assert.equal(world.secrets.versionOf(arn, "AWSCURRENT"), foreign);
    });

    it("leaves AWSPENDING where it is: that is Secrets Manager's to take away", async () => {
      const { arn } = await world.subject("pair");
      const token = world.secrets.startRotation(arn);
      for (const step of STEPS) await world.step(step, arn, token);
      assert.deepEqual(world.secrets.versions(arn).get(token)?.stages.toSorted(), [
        "AWSCURRENT",
        "AWSPENDING",
      ]);
      world.secrets.completeRotation(arn);
    });
  });

  async function put(arn: string, token: string, value: string, stages = ["AWSPENDING"]): Promise<void> {
    const { PutSecretValueCommand } = await import("@aws-sdk/client-secrets-manager");
    await world.client.send(
      new PutSecretValueCommand({
        SecretId: arn,
        ClientRequestToken: token,
        SecretString: value,
        VersionStages: stages,
      }),
    );
  }
});
