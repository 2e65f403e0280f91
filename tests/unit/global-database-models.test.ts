import assert from "node:assert/strict";

import type { Props } from "../../local/account/store";
import {
  failoverGlobalCluster,
  type Move,
  rejoinGlobalCluster,
  switchoverGlobalCluster,
} from "../../local/providers/aws/models/rds-failover";
import { ACCOUNT, DataAccount, type Made, NOTHING, refusal, subjectOf, T } from "./data-models-account";

const STANDBY = "eu-west-1";
const arnOf = (region: string, id: string) => `arn:aws:rds:${region}:${ACCOUNT}:cluster:${id}`;
const HOME_ARN = arnOf("eu-central-1", "main");
const COPY_ARN = arnOf(STANDBY, "copy");

/** An account with a database at home, and what a copy of it needs in the standby region. */
class GlobalAccount extends DataAccount {
  /** A cluster with an instance. */
  async primary(changes: Props = {}, instance: Props = {}): Promise<Made> {
    const cluster = await this.cluster({
      storageEncrypted: true,
      kmsKeyId: await this.key(),
      databaseName: "films",
      ...changes,
    });
    await this.instance(cluster, instance);
    return cluster;
  }

  global(changes: Props = {}): Promise<Made> {
    return this.make(T.GlobalCluster, {
      globalClusterIdentifier: "global",
      sourceDbClusterIdentifier: HOME_ARN,
      forceDestroy: false,
      ...changes,
    });
  }

  async copy(changes: Props = {}): Promise<Made> {
    return this.there(T.Cluster, {
      clusterIdentifier: "copy",
      engine: "aurora-postgresql",
      engineVersion: "17.7",
      globalClusterIdentifier: "global",
      sourceRegion: "eu-central-1",
      storageEncrypted: true,
      kmsKeyId: String((await this.there(T.Key, {})).outputs["arn"]),
      dbSubnetGroupName: await this.#subnetGroup(),
      skipFinalSnapshot: true,
      ...changes,
    });
  }

  reader(changes: Props = {}): Promise<Made> {
    return this.there(T.Instance, {
      clusterIdentifier: "copy",
      identifier: "copy-1",
      engine: "aurora-postgresql",
      instanceClass: "db.r8g.large",
      ...changes,
    });
  }

  there(type: string, inputs: Props): Promise<Made> {
    return this.make(type, { region: STANDBY, ...inputs });
  }

  /** What a refresh finds: the resource with what AWS says of it now. */
  refreshed(made: Made): Made {
    const found = this.aws.read(subjectOf(made.type), made.id, made);
    assert.ok(found);
    return { ...made, ...found };
  }

  roles(...clusters: readonly Made[]): unknown[] {
    return clusters.map((it) => this.refreshed(it).outputs["replicationSourceIdentifier"] ?? "primary");
  }

  async #subnetGroup(): Promise<string> {
    const known = this.accounts.find(ACCOUNT, STANDBY, T.DbSubnetGroup, "data");
    if (known) return known.id;
    const vpcId = (await this.there(T.Vpc, { cidrBlock: "10.40.0.0/16" })).id;
    const subnetIds = await Promise.all(
      ["a", "b"].map(async (zone, index) => {
        const cidrBlock = `10.40.${index}.0/24`;
        const availabilityZone = `${STANDBY}${zone}`;
        return (await this.there(T.Subnet, { vpcId, cidrBlock, availabilityZone })).id;
      }),
    );
    return (await this.there(T.DbSubnetGroup, { name: "data", subnetIds })).id;
  }
}

/** A global database of two clusters with an instance each. */
async function pair() {
  const data = new GlobalAccount();
  const home = await data.primary();
  const global = await data.global();
  const copy = await data.copy();
  const reader = await data.reader();
  return { data, home, global, copy, reader };
}

/** What a program that knows its way leaves alone. */
const LEFT_TO_AWS = ["globalClusterIdentifier", "replicationSourceIdentifier"];

const toCopy: Move = { account: ACCOUNT, globalCluster: "global", target: COPY_ARN };
const toHome: Move = { ...toCopy, target: HOME_ARN };

describe("global database models: refusals", () => {
  const joining = (changes: Props) => async (data: GlobalAccount) => {
    await data.primary();
    await data.global();
    return data.copy(changes);
  };
  const CASES: readonly [what: string, answer: string, attempt: (data: GlobalAccount) => Promise<unknown>][] =
    [
      [
        "a global cluster of no cluster",
        `Cluster.NotFound: Cluster "${HOME_ARN}" does not exist in account ${ACCOUNT}, eu-central-1`,
        (data) => data.global(),
      ],
      [
        "a source cluster without a word about force",
        "sourceDbClusterIdentifier: needs force_destroy to be specified, too",
        (data) => data.global({ forceDestroy: undefined }),
      ],
      [
        "a name with capitals",
        'globalClusterIdentifier: expected lowercase letters, digits, single hyphens, got "Global"',
        (data) => data.global({ globalClusterIdentifier: "Global" }),
      ],
      [
        "a version of its own",
        "InvalidParameterCombination: engineVersion can't be given: they are the source cluster's.",
        async (data) => {
          await data.primary();
          return data.global({ engineVersion: "17.7" });
        },
      ],
      [
        "a cluster whose password RDS manages",
        "InvalidParameterCombination: A cluster whose password RDS manages in Secrets Manager can't join a global database.",
        async (data) => {
          await data.primary({ manageMasterUserPassword: true, masterPassword: undefined });
          return data.global();
        },
      ],
      [
        "a cluster on burstable instances",
        "InvalidParameterCombination: Instance main-1 is of class db.t4g.medium, which a global database can't have.",
        async (data) => {
          await data.primary({}, { instanceClass: "db.t4g.medium" });
          return data.global();
        },
      ],
      [
        "a second global cluster of the name",
        "GlobalClusterAlreadyExistsFault: Global cluster global already exists",
        async (data) => {
          await data.primary();
          await data.global();
          return data.global();
        },
      ],
      [
        "a second global cluster of a cluster",
        "InvalidDBClusterStateFault: main is a member of global cluster global",
        async (data) => {
          await data.primary();
          await data.global();
          return data.global({ globalClusterIdentifier: "other" });
        },
      ],
      [
        "a copy before there is something to copy",
        "GlobalClusterNotFoundFault: Global cluster global not found",
        (data) => data.copy(),
      ],
      [
        "a copy in the primary's region",
        "InvalidParameterCombination: Global cluster global has a cluster in eu-central-1.",
        async (data) => {
          const { kmsKeyId } = (await data.primary()).inputs;
          await data.global();
          return data.cluster({
            clusterIdentifier: "twin",
            globalClusterIdentifier: "global",
            storageEncrypted: true,
            kmsKeyId,
            masterUsername: undefined,
            masterPassword: undefined,
          });
        },
      ],
      [
        "a copy with a user",
        "InvalidParameterCombination: Cannot specify user name for cross region replication cluster",
        joining({ masterUsername: "owner" }),
      ],
      [
        "a copy with a password",
        "InvalidParameterCombination: Cannot specify password for cross region replication cluster",
        joining({ masterPassword: "long-enough" }),
      ],
      [
        "a copy with a database",
        "InvalidParameterCombination: Cannot specify database name for cross region replication cluster",
        joining({ databaseName: "films" }),
      ],
      [
        "a copy without a key of its region",
        `InvalidParameterCombination: Source cluster ${HOME_ARN} is encrypted; kmsKeyId should be explicitly specified`,
        joining({ kmsKeyId: undefined }),
      ],
      [
        "a copy that doesn't say where from",
        `InvalidParameterCombination: Source cluster ${HOME_ARN} is encrypted; pre-signed URL has to be specified`,
        joining({ sourceRegion: undefined }),
      ],
      [
        "a copy at another version",
        "InvalidParameterCombination: The engine version 17.6 doesn't match the version 17.7 of the global cluster.",
        joining({ engineVersion: "17.6" }),
      ],
      [
        "a copy of a cluster without instances",
        "InvalidGlobalClusterStateFault: The primary cluster main has no instance.",
        async (data) => {
          await data.cluster();
          await data.global();
          return data.copy();
        },
      ],
      [
        "a burstable instance of a copy",
        "InvalidParameterCombination: Instance copy-2 is of class db.t4g.medium, which a global database can't have.",
        async () => {
          const { data } = await pair();
          return data.reader({ identifier: "copy-2", instanceClass: "db.t4g.medium" });
        },
      ],
      [
        "readers of a copy that scale in number",
        "ValidationException: Aurora Auto Scaling isn't supported for secondary clusters of a global database: copy",
        async () => {
          const { data } = await pair();
          return data.there(T.ScalingTarget, {
            serviceNamespace: "rds",
            resourceId: "cluster:copy",
            scalableDimension: "rds:cluster:ReadReplicaCount",
            minCapacity: 1,
            maxCapacity: 2,
          });
        },
      ],
    ];

  for (const [what, answer, attempt] of CASES) {
    it(what, async () => {
      assert.equal(await refusal(() => attempt(new GlobalAccount())), answer);
    });
  }
});

describe("global database models: members", () => {
  it("the first takes its database with it, and can't be told from before but by AWS", async () => {
    const data = new GlobalAccount();
    const home = await data.primary();
    const { outputs } = await data.global();
    assert.deepEqual(
      ["databaseName", "engine", "engineVersion", "storageEncrypted", "globalClusterMembers"].map(
        (it) => outputs[it],
      ),
      ["films", "aurora-postgresql", "17.7", true, [{ dbClusterArn: HOME_ARN, isWriter: true }]],
    );
    const found = data.refreshed(home);
    assert.equal(found.outputs["globalClusterIdentifier"], "global");
    assert.deepEqual(found.inputs, home.inputs);
  });

  it("a copy has user and database of its primary, and no writer", async () => {
    const { copy, reader } = await pair();
    assert.deepEqual(
      ["databaseName", "masterUsername", "replicationSourceIdentifier"].map((it) => copy.outputs[it]),
      ["films", "owner", HOME_ARN],
    );
    assert.equal(reader.outputs["writer"], false);
  });

  it("a plan that doesn't leave their membership alone shows it as a change", async () => {
    const { data, home, copy } = await pair();
    const changed = (it: Made) =>
      data.aws.diff(subjectOf(it.type), it.inputs, it.inputs, it.outputs).changed.map(({ path }) => path);
    assert.deepEqual(changed(data.refreshed(home)), ["globalClusterIdentifier"]);
    assert.deepEqual(changed(data.refreshed(copy)), ["replicationSourceIdentifier"]);
  });

  it("the primary leaves when such a plan is carried out, once no copy is left; other changes keep it in", async () => {
    const data = new GlobalAccount();
    const home = await data.primary();
    const global = await data.global();
    const tagged = await data.change(home, { tags: { a: "b" } });
    assert.equal(data.refreshed(tagged).outputs["globalClusterIdentifier"], "global");
    await data.change(data.refreshed(tagged), {});
    assert.equal(data.refreshed(tagged).outputs["globalClusterIdentifier"], undefined);
    assert.deepEqual(data.refreshed(global).outputs["globalClusterMembers"], []);
  });

  it("a primary with a copy stays, and a copy is promoted by a failover only", async () => {
    const { data, home, copy } = await pair();
    const left = data.refreshed(home);
    assert.equal(
      await refusal(() => data.change(left, {})),
      "InvalidGlobalClusterStateFault: The primary cluster main can't be removed from global before its secondary clusters",
    );
    const promoted = data.refreshed(copy);
    assert.equal(
      await refusal(() => data.change(promoted, {})),
      "InvalidDBClusterStateFault: A member of global cluster global can't be promoted by itself: fail the global cluster over.",
    );
    assert.equal(
      await refusal(() => data.change(home, { globalClusterIdentifier: "other" })),
      "existing RDS Clusters cannot be migrated between existing RDS Global Clusters",
    );
    const alone = await data.cluster({ clusterIdentifier: "alone" });
    assert.equal(
      await refusal(() => data.change(alone, { globalClusterIdentifier: "global" })),
      "existing RDS Clusters cannot be added to an existing RDS Global Cluster",
    );
  });

  it("are upgraded one by one, copies first, and to a major version only together", async () => {
    const { data, home, copy } = await pair();
    const minor = { engineVersion: "17.9", applyImmediately: true };
    assert.equal(
      await refusal(() => data.change(home, minor)),
      "InvalidParameterValue: copy would be behind: upgrade global replicas first",
    );
    await data.change(copy, minor, LEFT_TO_AWS);
    await data.change(home, minor);
    assert.equal(
      await refusal(() => data.change(home, { engineVersion: "18.3", allowMajorVersionUpgrade: true })),
      "InvalidParameterValue: A member of a global cluster can't be upgraded to another major version: modify global instead.",
    );
  });
});

describe("global database models: the end", () => {
  it("is refused with members, unless forced: then they stand alone", async () => {
    const { data, home, global, copy } = await pair();
    assert.equal(
      await refusal(() => data.delete(global)),
      `InvalidGlobalClusterStateFault: Global Cluster arn:aws:rds::${ACCOUNT}:global-cluster:global is not empty`,
    );
    const guarded = await data.change(global, { forceDestroy: true, deletionProtection: true });
    assert.equal(
      await refusal(() => data.delete(guarded)),
      "InvalidParameterCombination: Cannot delete protected Global Cluster, please disable deletion protection and try again.",
    );
    await data.delete(await data.change(guarded, { deletionProtection: false }));
    assert.deepEqual(data.roles(home, copy), ["primary", "primary"]);
    for (const it of [home, copy]) {
      assert.equal(data.refreshed(it).outputs["globalClusterIdentifier"], undefined);
    }
  });

  it("of a primary is refused; a copy leaves first, but its last instance stays", async () => {
    const { data, home, global, copy, reader } = await pair();
    await data.delete({ type: T.Instance, id: "main-1", inputs: {}, outputs: {} });
    assert.equal(
      await refusal(() => data.delete(home)),
      "InvalidDBClusterStateFault: This cluster is a part of a global cluster, please remove it from globalcluster first",
    );
    assert.equal(
      await refusal(() => data.delete(reader)),
      "InvalidDBClusterStateFault: Cannot delete the last instance of the read replica DB cluster",
    );
    const second = await data.reader({ identifier: "copy-2" });
    assert.equal(await refusal(() => data.delete(second)), NOTHING);
    data.accounts.remove({ account: ACCOUNT, region: STANDBY, type: T.Instance, id: "copy-1" });
    await data.delete(copy);
    assert.deepEqual(data.refreshed(global).outputs["globalClusterMembers"], [
      { dbClusterArn: HOME_ARN, isWriter: true },
    ]);
  });
});

describe("global database models: who is written to", () => {
  it("moves in a planned switchover, and back", async () => {
    const { data, home, copy, reader } = await pair();
    assert.deepEqual(data.roles(home, copy), ["primary", HOME_ARN]);
    switchoverGlobalCluster(data.accounts, toCopy);
    assert.deepEqual(data.roles(home, copy), [COPY_ARN, "primary"]);
    assert.equal(data.refreshed(reader).outputs["writer"], true);
    switchoverGlobalCluster(data.accounts, toHome);
    assert.deepEqual(data.roles(home, copy), ["primary", HOME_ARN]);
    assert.equal(data.refreshed(reader).outputs["writer"], false);
  });

  it("moves in a failover without the lost region, which is a copy when it is back", async () => {
    const { data, home, global, copy } = await pair();
    failoverGlobalCluster(data.accounts, toCopy);
    assert.deepEqual(data.roles(home, copy), ["primary", "primary"]);
    assert.deepEqual(data.refreshed(global).outputs["globalClusterMembers"], [
      { dbClusterArn: HOME_ARN, isWriter: false },
      { dbClusterArn: COPY_ARN, isWriter: true },
    ]);
    rejoinGlobalCluster(data.accounts, toCopy);
    assert.deepEqual(data.roles(home, copy), [COPY_ARN, "primary"]);
  });

  it("stays where it is when the target is it already, or isn't a member", async () => {
    const { data } = await pair();
    assert.equal(
      await refusal(() => {
        switchoverGlobalCluster(data.accounts, toHome);
      }),
      "InvalidDBClusterStateFault: main is no secondary cluster of global",
    );
    await data.cluster({ clusterIdentifier: "alone" });
    assert.equal(
      await refusal(() => {
        failoverGlobalCluster(data.accounts, { ...toCopy, target: arnOf("eu-central-1", "alone") });
      }),
      "InvalidDBClusterStateFault: alone is no secondary cluster of global",
    );
  });

  it("moves between equal versions only, when it is planned", async () => {
    const { data, copy } = await pair();
    await data.change(copy, { engineVersion: "17.9", applyImmediately: true }, LEFT_TO_AWS);
    assert.equal(
      await refusal(() => {
        switchoverGlobalCluster(data.accounts, toCopy);
      }),
      "InvalidGlobalClusterStateFault: The members run different engine versions.",
    );
  });
});

describe("simulation: a dark region", () => {
  it("answers no call, reading or changing, while others do", async () => {
    const data = new GlobalAccount({ fault: { darkRegion: STANDBY } });
    const silence = `injected fault: region ${STANDBY} answers no call`;
    const home = await data.make(T.Vpc, { cidrBlock: "10.1.0.0/16" });
    assert.equal(await refusal(() => data.there(T.Vpc, { cidrBlock: "10.2.0.0/16" })), silence);
    const there: Made = {
      ...home,
      inputs: { ...home.inputs, region: STANDBY },
      outputs: { region: STANDBY },
    };
    assert.equal(await refusal(() => data.read(there)), silence);
    assert.equal(await refusal(() => data.change(there, {})), silence);
    assert.equal(await refusal(() => data.delete(there)), silence);
    assert.equal(await refusal(() => data.provider({ region: STANDBY })), silence);
    assert.equal(await refusal(() => data.change(home, { tags: { a: "b" } })), NOTHING);
  });
});
