import assert from "node:assert/strict";

import { Bucket } from "../../components/bucket";
import { BucketCopies, type CopyMetrics, takenCopies } from "../../components/bucket-copies";
import { copyAlarms } from "../../components/monitoring/rows/copies";
import { counterpart } from "../../config";
import { type Inputs, record, type Registration } from "./mocks";
import { countByType, only, PLACE, type PolicyStatement, statementsOf } from "./registrations";

const STANDBY = counterpart(PLACE, { region: "eu-west-1", suffix: "unit-dr" });
const EVENTS = "streamflix-events-unit-111122223333-eu-central-1";
const EVENTS_COPY = "streamflix-events-unit-dr-111122223333-eu-west-1";

/** Copies of the buckets of a stack; all of them, unless said. */
async function copies(whats: readonly ("events" | "erasures")[] = ["events", "erasures"]) {
  let metrics: readonly CopyMetrics[] = [];
  const { registrations } = await record(() => {
    const bucket = (what: "events" | "erasures") =>
      whats.includes(what)
        ? new Bucket(what, { ...PLACE, kind: "access-log", what, protect: false })
        : undefined;
    const buckets = { events: bucket("events"), erasures: bucket("erasures") };
    metrics = new BucketCopies("copies", { ...PLACE, standby: STANDBY, buckets }).metrics;
  });
  return { all: registrations.filter(({ name }) => name.startsWith("copies")), metrics };
}

const rightsOf = (all: readonly Registration[], name: string): Readonly<Record<string, PolicyStatement>> =>
  Object.fromEntries(
    statementsOf(only(all, "RolePolicy", name).inputs["policy"]).map((it) => [it.Sid ?? "", it]),
  );
const ruleOf = (all: readonly Registration[], name: string) => {
  const [rule] = only(all, "BucketReplicationConfig", name).inputs["rules"] as Inputs[];
  return rule;
};

describe("BucketCopies", () => {
  let all: readonly Registration[];
  let metrics: readonly CopyMetrics[];
  before(async () => {
    ({ all, metrics } = await copies());
  });

  it("registers exactly these resources: a role for each bucket", () => {
    assert.deepEqual(countByType(all), {
      "aws:iam/role:Role": 2,
      "aws:iam/rolePolicy:RolePolicy": 2,
      "aws:s3/bucketReplicationConfig:BucketReplicationConfig": 2,
      "streamflix:copies:BucketCopies": 1,
    });
  });

  it("copies every object within a quarter of an hour, under the standby's key, and counts what it does", () => {
    const { inputs, dependsOn } = only(all, "BucketReplicationConfig", "copies-events");
    assert.deepEqual(inputs, {
      bucket: EVENTS,
      role: "Role/copies-events#arn",
      rules: [
        {
          id: "everything",
          priority: 1,
          status: "Enabled",
          filter: {},
          deleteMarkerReplication: { status: "Enabled" },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
          destination: {
            bucket: `arn:aws:s3:::${EVENTS_COPY}`,
            encryptionConfiguration: {
              replicaKmsKeyId: "arn:aws:kms:eu-west-1:111122223333:alias/streamflix-viewer-data-unit-dr",
            },
            replicationTime: { status: "Enabled", time: { minutes: 15 } },
            metrics: { status: "Enabled", eventThreshold: { minutes: 15 } },
          },
        },
      ],
    });
    assert.deepEqual(dependsOn, ["RolePolicy copies-events"]);
  });

  it("leaves the copy of evidence as it is when somebody hides an entry", () => {
    assert.deepEqual(ruleOf(all, "copies-erasures")?.["deleteMarkerReplication"], { status: "Disabled" });
    const rights = rightsOf(all, "copies-erasures");
    assert.deepEqual(rights["WriteCopies"]?.Action, ["s3:ReplicateObject", "s3:ReplicateTags"]);
  });

  it("has roles that S3 takes for their bucket only, with the boundary of what carries data there", () => {
    const { assumeRolePolicy, permissionsBoundary, namePrefix } = only(all, "Role", "copies-events").inputs;
    assert.equal(namePrefix, "streamflix-copy-events-unit-");
    assert.equal(
      permissionsBoundary,
      "arn:aws:iam::111122223333:policy/streamflix-account/streamflix-replication",
    );
    assert.deepEqual((assumeRolePolicy as { Statement: Inputs[] }).Statement, [
      {
        Effect: "Allow",
        Principal: { Service: "s3.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": "111122223333" },
          ArnLike: { "aws:SourceArn": `arn:aws:s3:::${EVENTS}` },
        },
      },
    ]);
  });

  it("lets a role read its bucket, write its copy and use one key at each end, and no more", () => {
    const source = `arn:aws:s3:::${EVENTS}`;
    const target = `arn:aws:s3:::${EVENTS_COPY}`;
    const key = (Sid: string, Action: unknown, region: string, suffix: string, bucket: string) => ({
      [Sid]: {
        Sid,
        Effect: "Allow",
        Action,
        Resource: `arn:aws:kms:${region}:111122223333:key/*`,
        Condition: {
          StringEquals: {
            "kms:ViaService": `s3.${region}.amazonaws.com`,
            "kms:EncryptionContext:aws:s3:arn": bucket,
          },
          "ForAnyValue:StringEquals": { "kms:ResourceAliases": `alias/streamflix-viewer-data-${suffix}` },
        },
      },
    });
    const allowed = (Sid: string, Action: unknown, Resource: unknown) => ({
      [Sid]: { Sid, Effect: "Allow", Action, Resource },
    });
    assert.deepEqual(rightsOf(all, "copies-events"), {
      ...allowed("ReadSettings", ["s3:GetReplicationConfiguration", "s3:ListBucket"], source),
      ...allowed(
        "ReadVersions",
        [
          "s3:GetObjectLegalHold",
          "s3:GetObjectRetention",
          "s3:GetObjectVersionAcl",
          "s3:GetObjectVersionForReplication",
          "s3:GetObjectVersionTagging",
        ],
        `${source}/*`,
      ),
      ...allowed(
        "WriteCopies",
        ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"],
        `${target}/*`,
      ),
      ...key("DecryptSource", "kms:Decrypt", "eu-central-1", "unit", source),
      ...key("EncryptCopies", ["kms:Encrypt", "kms:GenerateDataKey"], "eu-west-1", "unit-dr", target),
    });
  });

  it("leaves out a bucket that the stack doesn't have", async () => {
    const some = await copies(["erasures"]);
    assert.deepEqual(countByType(some.all), {
      "aws:iam/role:Role": 1,
      "aws:iam/rolePolicy:RolePolicy": 1,
      "aws:s3/bucketReplicationConfig:BucketReplicationConfig": 1,
      "streamflix:copies:BucketCopies": 1,
    });
    assert.deepEqual(
      some.metrics.map(({ what }) => what),
      ["erasures"],
    );
  });

  it("is watched at both ends by the same names: failures where it starts, delay where it arrives", () => {
    const home = counterpart(PLACE, { region: "eu-central-1", suffix: "unit" });
    const taken = takenCopies(home, STANDBY.names);
    assert.deepEqual(taken, metrics);
    assert.deepEqual(taken[0], {
      what: "events",
      source: {
        namespace: "AWS/S3",
        dimensions: { SourceBucket: EVENTS, DestinationBucket: EVENTS_COPY, RuleId: "everything" },
      },
    });
    const figures = (rows: ReturnType<typeof copyAlarms>) =>
      rows.map(({ what, signal, threshold }) => [what, "name" in signal ? signal.name : "", threshold]);
    assert.deepEqual(figures(copyAlarms({ sent: metrics, taken: [] })), [
      ["copy-events-failed", "OperationsFailedReplication", 0],
      ["copy-erasures-failed", "OperationsFailedReplication", 0],
    ]);
    assert.deepEqual(figures(copyAlarms({ sent: [], taken })), [
      ["copy-events-late", "ReplicationLatency", 900],
      ["copy-erasures-late", "ReplicationLatency", 900],
    ]);
  });
});
