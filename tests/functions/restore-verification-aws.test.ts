import assert from "node:assert/strict";

import { BackupJobs, RdsCluster } from "../../functions/restore-verification/aws";
import { parseEvent } from "../../functions/restore-verification/event";
import { readExpectations } from "../../functions/restore-verification/settings";

const CLUSTER = "awsbackup-restore-test-1";
const WORKING = { Status: "available", Endpoint: "restored.example" };

type Answer = object | string;

/** A client that answers by the names of requests, in order; a text is the name of a failure. */
function fake(answers: Readonly<Record<string, readonly Answer[]>>) {
  const calls: string[] = [];
  const left = new Map(Object.entries(answers).map(([name, list]) => [name, [...list]]));
  const send = (command: { readonly input: object }) => {
    const name = command.constructor.name.replace(/Command$/, "");
    calls.push(`${name} ${JSON.stringify(command.input)}`);
    const list = left.get(name) ?? [];
    const answer = (list.length > 1 ? list.shift() : list[0]) ?? {};
    if (typeof answer !== "string") return Promise.resolve(answer);
    return Promise.reject(Object.assign(new Error(`${answer}: as AWS says it`), { name: answer }));
  };
  return { calls, client: { send } as never };
}

const clusterThat = (answers: Readonly<Record<string, readonly Answer[]>>) => {
  const { calls, client } = fake(answers);
  return { calls, cluster: new RdsCluster(client, CLUSTER) };
};

describe("restore verification: the cluster in RDS", () => {
  it("is looked at with its one instance", async () => {
    const { calls, cluster } = clusterThat({
      DescribeDBClusters: [{ DBClusters: [WORKING] }],
      DescribeDBInstances: [{ DBInstances: [{ DBInstanceStatus: "creating" }] }],
    });
    assert.deepEqual(await cluster.facts(), {
      status: "available",
      host: "restored.example",
      instance: "creating",
    });
    assert.deepEqual(calls, [
      `DescribeDBClusters {"DBClusterIdentifier":"${CLUSTER}"}`,
      `DescribeDBInstances {"DBInstanceIdentifier":"${CLUSTER}-1"}`,
    ]);
  });

  it("may have no instance, or be gone", async () => {
    const without = clusterThat({
      DescribeDBClusters: [{ DBClusters: [WORKING] }],
      DescribeDBInstances: ["DBInstanceNotFoundFault"],
    });
    assert.equal((await without.cluster.facts())?.instance, undefined);
    const gone = clusterThat({ DescribeDBClusters: ["DBClusterNotFoundFault"] });
    assert.equal(await gone.cluster.facts(), undefined);
  });

  it("gets one instance, without a public address; a second request finds it there", async () => {
    const { calls, cluster } = clusterThat({ CreateDBInstance: [{}, "DBInstanceAlreadyExistsFault"] });
    await cluster.addInstance("db.t4g.medium");
    await cluster.addInstance("db.t4g.medium");
    const input = {
      DBClusterIdentifier: CLUSTER,
      DBInstanceIdentifier: `${CLUSTER}-1`,
      DBInstanceClass: "db.t4g.medium",
      Engine: "aurora-postgresql",
      PubliclyAccessible: false,
    };
    assert.deepEqual(calls, Array(2).fill(`CreateDBInstance ${JSON.stringify(input)}`));
  });

  it("takes a password at once, not in the next maintenance window", async () => {
    const { calls, cluster } = clusterThat({});
    await cluster.setMasterPassword("of-the-moment");
    assert.deepEqual(calls, [
      `ModifyDBCluster {"DBClusterIdentifier":"${CLUSTER}","MasterUserPassword":"of-the-moment","ApplyImmediately":true}`,
    ]);
  });

  const ENDS: readonly (readonly [string, Readonly<Record<string, readonly Answer[]>>, readonly string[]])[] =
    [
      [
        "with its instance",
        {
          DescribeDBClusters: [{ DBClusters: [WORKING] }],
          DescribeDBInstances: [{ DBInstances: [{ DBInstanceStatus: "available" }] }],
          DeleteDBCluster: ["InvalidDBClusterStateFault"],
        },
        ["DeleteDBInstance", "DeleteDBCluster"],
      ],
      [
        "whose instance is going",
        {
          DescribeDBClusters: [{ DBClusters: [WORKING] }],
          DescribeDBInstances: [{ DBInstances: [{ DBInstanceStatus: "deleting" }] }],
          DeleteDBCluster: ["InvalidDBClusterStateFault"],
        },
        ["DeleteDBCluster"],
      ],
      [
        "that never got an instance",
        {
          DescribeDBClusters: [{ DBClusters: [WORKING] }],
          DescribeDBInstances: ["DBInstanceNotFoundFault"],
          DeleteDBCluster: ["DBClusterNotFoundFault"],
        },
        ["DeleteDBCluster"],
      ],
      ["that is going", { DescribeDBClusters: [{ DBClusters: [{ Status: "deleting" }] }] }, []],
      ["that is gone", { DescribeDBClusters: ["DBClusterNotFoundFault"] }, []],
    ];
  for (const [what, answers, expected] of ENDS) {
    it(`is taken away: one ${what}`, async () => {
      const { calls, cluster } = clusterThat(answers);
      await cluster.remove();
      const deletions = calls.filter((call) => call.startsWith("Delete"));
      assert.deepEqual(
        deletions.map((call) => call.split(" ")[0]),
        expected,
      );
      for (const call of deletions) assert.match(call, /"SkipFinalSnapshot":true/);
    });
  }

  it("is not taken for gone when AWS says something else", async () => {
    const { cluster } = clusterThat({ DescribeDBClusters: ["ThrottlingException"] });
    await assert.rejects(cluster.remove(), { name: "ThrottlingException" });
    await assert.rejects(cluster.facts(), { name: "ThrottlingException" });
  });
});

describe("restore verification: the job in AWS Backup", () => {
  it("says who wanted it, what it made, and when", async () => {
    const [CreationDate, RecoveryPointCreationDate] = [new Date(1), new Date(0)];
    const RestoreTestingPlanArn = "arn:aws:backup:eu-central-1:111122223333:restore-testing-plan:nightly-1";
    const cluster = `arn:aws:rds:eu-central-1:111122223333:cluster:${CLUSTER}`;
    const job = { CreationDate, RecoveryPointCreationDate };
    const { client } = fake({
      DescribeRestoreJob: [
        { ...job, CreatedBy: { RestoreTestingPlanArn }, CreatedResourceArn: cluster },
        {
          CreationDate,
          BackupSizeInBytes: 4096,
          CreatedResourceArn: "arn:aws:elasticfilesystem:eu-central-1:111122223333:file-system/fs-1",
        },
      ],
    });
    const jobs = new BackupJobs(client);
    assert.deepEqual(await jobs.facts("job-1"), {
      planArn: RestoreTestingPlanArn,
      clusterId: CLUSTER,
      fileSystemId: undefined,
      backupBytes: undefined,
      begunAt: CreationDate,
      backedUpAt: RecoveryPointCreationDate,
    });
    assert.deepEqual(await jobs.facts("job-2"), {
      planArn: undefined,
      clusterId: undefined,
      fileSystemId: "fs-1",
      backupBytes: 4096,
      begunAt: CreationDate,
      backedUpAt: CreationDate,
    });
    await assert.rejects(new BackupJobs(fake({}).client).facts("job-1"), /has no date/);
  });

  it("gets the verdict, as long as AWS takes it", async () => {
    const { calls, client } = fake({});
    await new BackupJobs(client).report("job-1", "FAILED", "x".repeat(2000));
    assert.deepEqual(calls, [
      `PutRestoreValidationResult {"RestoreJobId":"job-1","ValidationStatus":"FAILED","ValidationStatusMessage":"${"x".repeat(1000)}"}`,
    ]);
  });
});

describe("restore verification: what it takes", () => {
  const at = "2026-11-23T09:00:00.123Z";
  const job = { isTest: true, clusterId: CLUSTER, begunAt: at, restoredTo: at };
  const event = { step: "look", jobId: "job-1", job, startedAt: at };

  it("events about clusters of restore tests, and about no other", () => {
    assert.deepEqual(parseEvent(event), event);
    assert.deepEqual(parseEvent({ step: "identify", jobId: "job-1" }), { step: "identify", jobId: "job-1" });
    for (const clusterId of [
      "streamflix-database-prod",
      "awsbackup-restore-test-",
      "x-awsbackup-restore-test-1",
    ]) {
      assert.throws(() => parseEvent({ ...event, job: { ...job, clusterId } }), {
        name: "InvalidEvent",
        message: /clusterId: a cluster that a restore test has made/,
      });
    }
    assert.throws(() => parseEvent({ ...event, job: { isTest: false } }), { name: "InvalidEvent" });
    assert.throws(() => parseEvent({ ...event, step: "delete" }), { name: "InvalidEvent" });
    assert.throws(() => parseEvent({ ...event, step: "report" }), /outcome: /);
  });

  it("expectations that say what they are about", () => {
    const expectations = {
      plans: [{ name: "nightly_prod", isContinuous: false }],
      database: {
        database: "streamflix",
        port: 5432,
        masterUser: "streamflix_master",
        ownerRole: "streamflix_owner",
        schema: "streamflix",
        tables: [{ table: "profiles", minimumRows: 1 }],
        instanceClass: "db.t4g.medium",
        objectiveSeconds: 3600,
      },
      files: { minimumFiles: 1, ownerId: 1000, objectiveSeconds: 3600 },
    };
    const { database, files } = expectations;
    const given = (value: unknown) => ({
      EXPECTATIONS: typeof value === "string" ? value : JSON.stringify(value),
    });
    assert.deepEqual(readExpectations(given(expectations)), expectations);
    for (const [value, problem] of [
      ["", /it is not set/],
      ["{", /it is no JSON/],
      [{ ...expectations, database: { ...database, tables: [] } }, /tables/],
      [{ ...expectations, database: { ...database, masterUser: "Robert'); --" } }, /masterUser/],
      [{ ...expectations, files: { ...files, minimumFiles: 0 } }, /minimumFiles/],
    ] as const) {
      assert.throws(() => readExpectations(given(value)), { name: "InvalidEnvironment", message: problem });
    }
  });
});
