import assert from "node:assert/strict";

import { rdsDirectory } from "../../../rotation/clusters";
import { handler } from "../../../rotation/handler";
import { MotoServer } from "../support/moto";

/** Whether Amazon RDS's client was loaded into this process. */
function isLoaded(): boolean {
  return Object.keys(require.cache).some((file) => /client-rds/.test(file));
}

describe("rotation: what Amazon RDS knows of a cluster", () => {
  const environment = { ...process.env };
  let moto: MotoServer;
  before(async function () {
    this.timeout(MotoServer.startTimeoutMs);
    moto = await MotoServer.start();
    Object.assign(process.env, {
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL_RDS: moto.url,
    });
    for (const id of ["other", "films"]) {
      await moto.query("rds", "2014-10-31", "CreateDBCluster", {
        DBClusterIdentifier: id,
        Engine: "aurora-postgresql",
        MasterUsername: "master",
        MasterUserPassword: "only-for-this-test",
      });
    }
    for (const id of ["films-1", "films-2"]) {
      await moto.query("rds", "2014-10-31", "CreateDBInstance", {
        DBInstanceIdentifier: id,
        DBClusterIdentifier: "films",
        DBInstanceClass: "db.t4g.medium",
        Engine: "aurora-postgresql",
      });
    }
  });
  after(async () => {
    for (const name of Object.keys(process.env)) {
      if (!(name in environment)) Reflect.deleteProperty(process.env, name);
    }
    Object.assign(process.env, environment);
    await moto.stop();
  });

  it("is asked for only when the secrets don't say enough: its client is loaded late", async () => {
    assert.equal(typeof handler, "function");
    assert.equal(isLoaded(), false);
    await rdsDirectory.find({ writer: "nowhere.example" });
    assert.equal(isLoaded(), true);
  });

  it("finds a cluster by its writer endpoint, with all hosts that have the same users", async () => {
    const byArn = await rdsDirectory.find({
      arn: "arn:aws:rds:eu-central-1:123456789012:cluster:films",
    });
    assert.ok(byArn !== undefined);
    assert.match(byArn.writer, /^films\.cluster-/);
    assert.deepEqual(await rdsDirectory.find({ writer: byArn.writer.toUpperCase() }), byArn);
    assert.equal(byArn.port, 5432);
    assert.equal(byArn.others.length, 3);
    assert.match(byArn.others.join(" "), /^films\.cluster-ro-\S+ films-1\.\S+ films-2\.\S+$/);
  });

  it("finds nothing for a host that is no cluster's", async () => {
    assert.equal(await rdsDirectory.find({ writer: "nowhere.example" }), undefined);
  });

  it("says when it may not look", async () => {
    await assert.rejects(rdsDirectory.find({ arn: "arn:aws:rds:eu-central-1:123456789012:cluster:gone" }), {
      name: "HostNotAllowed",
      message: /can't be looked up: .*let the function describe clusters/,
    });
  });
});
