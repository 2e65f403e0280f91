import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";

import type { Client } from "pg";

import { connectOnce } from "../../../functions/shared/postgres";
import type { Dependencies } from "../../../rotation/run";
import { makeCertificates } from "../../functions/support/certificates";
import { installedMajors, OTHER_HOST } from "../../functions/support/postgres-server";
import { RogueServer } from "../../functions/support/rogue-server";
import { cut } from "../support/crash";
import { RotationWorld } from "../support/world";

const [major = 17] = installedMajors();

/** Connections that something happens to when they run a statement; it happens once. */
function disturbed(
  statement: RegExp,
  disturb: (client: Client, run: () => Promise<unknown>) => Promise<unknown>,
): NonNullable<Dependencies["open"]> {
  let isDone = false;
  return async (...words) => {
    const client = await connectOnce(...words);
    const query = client.query.bind(client) as (...words: unknown[]) => Promise<unknown>;
    const disturbing = (...words: unknown[]) => {
      if (isDone || !statement.test(String(words[0]))) return query(...words);
      isDone = true;
      return disturb(client, () => query(...words));
    };
    return Object.assign(client, { query: disturbing });
  };
}

describe(`failures of a rotation, PostgreSQL ${major}`, function () {
  this.timeout(60_000);
  let world: RotationWorld;
  const directory = mkdtempSync(path.join(tmpdir(), "streamflix-rotation-"));
  before(async () => {
    world = await RotationWorld.start(major);
  });
  after(async () => {
    assert.ok((await world.end()) > 10);
    rmSync(directory, { recursive: true, force: true });
  });

  /** Fails setSecret, sees that nothing changed, then lets the same rotation end well. */
  const failsAndRecovers = async (
    overrides: Partial<Dependencies>,
    around: (fail: () => Promise<void>) => Promise<void>,
    kind: string,
    message: RegExp,
  ) => {
    for (const mode of ["pair", "single"] as const) {
      const { arn } = await world.subject(mode);
      const token = world.secrets.startRotation(arn);
      await world.step("createSecret", arn, token);
      const versions = world.secrets.versions(arn);
      await around(async () => {
        const error = await world.failure(world.step("setSecret", arn, token, overrides));
        assert.equal(error.name, kind, error.message);
        assert.match(error.message, message);
      });
      assert.deepEqual(world.secrets.versions(arn), versions);
      assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
      assert.equal(await world.signsIn(arn, "AWSPENDING"), false);
      await world.steps(arn, token);
      assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
    }
  };
  const plainly = (fail: () => Promise<void>) => fail();

  describe("TLS", () => {
    it("trusts no other authority", async () => {
      const { caPem: ca } = makeCertificates(path.join(directory, "other"), ["localhost"]);
      await failsAndRecovers({ ca }, plainly, "TlsRefused", /TLS is never weakened/);
    });

    it("accepts no certificate for another host", async () => {
      const ssl_cert_file = world.server.certificateFiles.get(OTHER_HOST) ?? "";
      await failsAndRecovers(
        {},
        (fail) => world.server.withSettings({ ssl_cert_file }, fail),
        "TlsRefused",
        /ERR_TLS_CERT_ALTNAME_INVALID/,
      );
    });

    it("accepts a certificate for the name that an alias was given", async () => {
      const ssl_cert_file = world.server.certificateFiles.get(OTHER_HOST) ?? "";
      const { arn } = await world.subject("single");
      const token = world.secrets.startRotation(arn);
      const certificateNames = new Map([["localhost", OTHER_HOST]]);
      await world.server.withSettings({ ssl_cert_file }, () => world.steps(arn, token, { certificateNames }));
    });

    it("never goes on without TLS", async () => {
      await failsAndRecovers(
        {},
        (fail) => world.server.withSettings({ ssl: "off" }, fail),
        "TlsRefused",
        /does not support SSL/,
      );
    });

    it("gives nothing to a server that is trusted but asks for the password itself", async () => {
      await failsAndRecovers(
        {},
        (fail) => world.server.withAccessRule("hostssl streamflix all 127.0.0.1/32 password", fail),
        "TlsRefused",
        /it asks for the password itself/,
      );
    });

    it("gives nothing to a server that asks for a password in clear", async () => {
      const rogue = await RogueServer.start();
      try {
        const { arn } = await world.subject("pair", { port: rogue.port });
        const token = world.secrets.startRotation(arn);
        await world.step("createSecret", arn, token);
        const error = await world.failure(world.step("setSecret", arn, token));
        assert.equal(error.name, "TlsRefused");
        assert.ok(rogue.received.length > 0);
        for (const secret of world.passwords()) assert.ok(!rogue.received.includes(secret));
      } finally {
        await rogue.stop();
      }
    });
  });

  describe("the server", () => {
    it("is a reader", async () => {
      await failsAndRecovers(
        {},
        (fail) => world.server.withSettings({ default_transaction_read_only: "on" }, fail),
        "ServerUnsuitable",
        /it is a reader, or the writer has moved/,
      );
    });

    it("is not there", async () => {
      const { arn } = await world.subject("pair", { port: 9 });
      const token = world.secrets.startRotation(arn);
      await world.step("createSecret", arn, token);
      const deadline = Date.now() + 1_600;
      const error = await world.failure(world.step("setSecret", arn, token, { deadline }));
      assert.equal(error.name, "DatabaseUnavailable");
      assert.match(error.message, /ECONNREFUSED/);
      assert.match(world.lines.join("\n"), /setSecret: trying again: ECONNREFUSED/);
    });

    it("says nothing", async () => {
      const sockets: Socket[] = [];
      const silent = createServer((socket) => sockets.push(socket));
      await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
      const address = silent.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      const { arn } = await world.subject("pair", { port });
      const token = world.secrets.startRotation(arn);
      await world.step("createSecret", arn, token);
      const error = await world.failure(
        world.step("setSecret", arn, token, {
          deadline: Date.now() + 1_600,
          patience: { connectMs: 500, pauseMs: 20, reserveMs: 500 },
        }),
      );
      assert.equal(error.name, "DatabaseUnavailable");
      assert.match(error.message, /timeout expired/);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => silent.close(resolve));
    });

    it("has no such database", async () => {
      const { arn } = await world.subject("pair", { dbname: "nowhere" });
      const token = world.secrets.startRotation(arn);
      await world.step("createSecret", arn, token);
      const error = await world.failure(world.step("setSecret", arn, token));
      assert.equal(error.name, "DatabaseUnavailable");
      assert.match(error.message, /3D000/);
    });

    it("is restarted in the middle of the transaction", async () => {
      const overrides = {
        open: disturbed(/^ALTER ROLE/, async (_client, run) => {
          await world.admin.end().catch(() => undefined);
          await world.server.halt();
          await world.server.resumeAfter(300);
          await world.readmit();
          return await run();
        }),
      };
      const { arn } = await world.subject("pair");
      const token = world.secrets.startRotation(arn);
      await world.step("createSecret", arn, token);
      const error = await world.failure(world.step("setSecret", arn, token, overrides));
      assert.equal(error.name, "DatabaseUnavailable", error.message);
      assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
      await world.steps(arn, token);
      assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
    });

    it("loses the acknowledgement of COMMIT", async () => {
      for (const mode of ["pair", "single"] as const) {
        const { arn } = await world.subject(mode);
        const token = world.secrets.startRotation(arn);
        const open = disturbed(/^COMMIT/, async (client, run) => {
          await run();
          cut(client);
          throw new Error("Connection terminated unexpectedly");
        });
        await world.step("createSecret", arn, token);
        await world.step("setSecret", arn, token, { open });
        assert.equal(await world.signsIn(arn, "AWSPENDING"), true);
        assert.match(world.lines.join("\n"), /failed on the way, but the password is set/);
        await world.steps(arn, token);
      }
    });

    it("loses COMMIT itself", async () => {
      const open = disturbed(/^COMMIT/, (client) => {
        cut(client);
        return Promise.reject(new Error("Connection terminated unexpectedly"));
      });
      const { arn } = await world.subject("pair");
      const token = world.secrets.startRotation(arn);
      await world.step("createSecret", arn, token);
      const error = await world.failure(world.step("setSecret", arn, token, { open }));
      assert.equal(error.name, "DatabaseUnavailable", error.message);
      assert.equal(await world.signsIn(arn, "AWSPENDING"), false);
      await world.steps(arn, token);
    });
  });

  it("waits no longer for a lock than it may", async () => {
    for (const mode of ["pair", "single"] as const) {
      const { arn, other } = await world.subject(mode);
      const token = world.secrets.startRotation(arn);
      await world.step("createSecret", arn, token);
      await world.admin.query("BEGIN");
      await world.admin.query("SELECT pg_advisory_xact_lock(hashtextextended('rotation:' || $1, 0))", [
        other,
      ]);
      const error = await world.failure(world.step("setSecret", arn, token));
      await world.admin.query("COMMIT");
      assert.equal(error.name, "RunInProgress");
      assert.match(error.message, /55P03/);
      await world.steps(arn, token);
    }
  });

  it("frees its lock when it is held up for too long", async () => {
    const { arn } = await world.subject("pair");
    const token = world.secrets.startRotation(arn);
    await world.step("createSecret", arn, token);
    const frozen = world.failure(
      world.step("setSecret", arn, token, {
        open: disturbed(/^ALTER ROLE/, async (_client, run) => {
          await new Promise((resolve) => setTimeout(resolve, 1_500));
          return await run();
        }),
        patience: { connectMs: 3_000, statementMs: 500, lockMs: 400, pauseMs: 20, reserveMs: 500 },
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 900));
    await world.steps(arn, token);
    // The frozen one woke up to a connection that was gone, and found its work done.
    await assert.rejects(frozen, /the step succeeded/);
    assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
  });

  it("never sets a password that a newer rotation has replaced", async () => {
    const { arn } = await world.subject("single");
    const older = world.secrets.startRotation(arn);
    await world.step("createSecret", arn, older);
    let wake = (): void => undefined;
    const sleeping = new Promise<void>((resolve) => (wake = resolve));
    const late = world.failure(
      world.step("setSecret", arn, older, {
        open: disturbed(/^BEGIN/, async (_client, run) => {
          await sleeping;
          return await run();
        }),
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    world.secrets.clearPending(arn);
    await world.rotate(arn);
    wake();
    assert.equal((await late).name, "VersionUnfit");
    assert.equal(await world.signsIn(arn, "AWSCURRENT"), true);
  });
});
