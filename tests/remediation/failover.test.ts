import assert from "node:assert/strict";

import {
  AddTagsToResourceCommand,
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  RDSClient,
} from "@aws-sdk/client-rds";

import { MotoServer } from "../rotation/support/moto";
import { clusterEvent, DATABASE } from "./support/events";
import { local, TAGS, World } from "./support/world";

describe("announcement of failovers, against moto", () => {
  let moto: MotoServer;
  let world: World;
  before(async function () {
    this.timeout(MotoServer.startTimeoutMs);
    moto = await MotoServer.start();
    const rds = new RDSClient(local(moto.url));
    const cluster = { DBClusterIdentifier: "streamflix-database-dev", Engine: "aurora-postgresql" };
    const { DBCluster } = await rds.send(
      new CreateDBClusterCommand({
        ...cluster,
        MasterUsername: "owner",
        MasterUserPassword: "long-enough",
        Tags: Object.entries(TAGS).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    // moto has an account of its own; the function is told to look there.
    arn = DBCluster?.DBClusterArn ?? "";
    for (const suffix of ["1", "2"]) {
      await rds.send(
        new CreateDBInstanceCommand({
          ...cluster,
          DBInstanceIdentifier: `streamflix-database-dev-${suffix}`,
          DBInstanceClass: "db.serverless",
        }),
      );
    }
    client = rds;
    world = new World(moto.url, { failover: { clusterArn: arn } }, { rds });
    await world.makeTopic();
  });
  after(() => moto.stop());
  beforeEach(() => {
    world.forget();
  });

  let arn = DATABASE;
  let client: RDSClient;

  it("says what happened, who writes now and what to look at, and changes nothing", async () => {
    const record = await world.send(clusterEvent("RDS-EVENT-0071", ["failover"], arn));
    assert.ok(typeof record === "object");
    assert.equal(record.outcome, "announced");
    assert.match(
      record.why,
      /^a failover is done\. The cluster is available; writer: streamflix-database-dev-1; readers: streamflix-database-dev-2\. To check: /,
    );
    assert.deepEqual([record.calls, world.changes], [[], []]);
    assert.deepEqual(world.told, ["alerts: StreamFlix failover: needs a look"]);
  });

  for (const [id, words] of [
    ["RDS-EVENT-0069", "a failover failed."],
    ["RDS-EVENT-0070", "a failover ended where it began: the former writer is promoted again."],
  ] as const) {
    it(`tells of ${id}`, async () => {
      const record = await world.send(clusterEvent(id, ["failover"], arn));
      assert.ok(typeof record === "object");
      assert.ok(record.why.startsWith(words), record.why);
    });
  }

  it("refuses what is no end of a failover", async () => {
    assert.equal(await world.send(clusterEvent("RDS-EVENT-0173", ["notification"], arn)), "InvalidEvent");
    assert.deepEqual(world.calls, []);
  });

  it("leaves other clusters alone, and one that has lost its tags", async () => {
    const other = await world.send(clusterEvent("RDS-EVENT-0071", ["failover"], `${arn}-2`));
    assert.ok(typeof other === "object");
    assert.deepEqual([other.outcome, world.calls], ["outOfScope", []]);
    const Tags = [{ Key: "environment", Value: "prod" }];
    await client.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags }));
    world.forget();
    const foreign = await world.send(clusterEvent("RDS-EVENT-0071", ["failover"], arn));
    assert.ok(typeof foreign === "object");
    assert.deepEqual([foreign.outcome, world.told], ["outOfScope", []]);
  });

  it("fails when access is denied", async () => {
    world.fail("DescribeDBClusters", "AccessDenied");
    assert.equal(await world.send(clusterEvent("RDS-EVENT-0071", ["failover"], arn)), "RemedyFailed");
  });
});
