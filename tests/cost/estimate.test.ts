import { strict as assert } from "node:assert";
import * as path from "node:path";
import { estimate } from "../../tools/cost/estimate";
import { always, NOTHING } from "../../tools/cost/money";
import { readStackFile } from "../../tools/cost/stack";
import { readUsage } from "../../tools/cost/usage";
import { resource, stackOf, usage } from "./support";

const CLUSTER = resource("aws:rds/cluster:Cluster", {
  serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 16 },
});
const SERVERLESS = resource("aws:rds/clusterInstance:ClusterInstance", { instanceClass: "db.serverless" });

/** The sums were worked out by hand from the price list: quantity × price, each line to the cent. */
describe("an estimate, checked by hand", () => {
  it("of a NAT gateway: 730 h × 0.052 + 100 GB × 0.052 + address 730 h × 0.005", () => {
    const stack = stackOf(resource("aws:ec2/natGateway:NatGateway"), resource("aws:ec2/eip:Eip"));
    const { lines, usd, fixedUsd } = estimate(stack, usage({ network: { natGb: always(100) } }));
    assert.deepEqual(
      lines.map((line) => line.usd.expected),
      [37.96, 5.2, 3.65],
    );
    assert.equal(usd.expected, 46.81);
    assert.equal(fixedUsd, 41.61);
  });

  it("of two cache nodes and a secret: 1,460 h × 0.2104 + 0.40 + 10 × 0.05", () => {
    const stack = stackOf(
      resource("aws:elasticache/replicationGroup:ReplicationGroup", {
        engine: "valkey",
        nodeType: "cache.r7g.large",
        numCacheClusters: 2,
      }),
      resource("aws:secretsmanager/secret:Secret"),
    );
    const { usd } = estimate(stack, usage({ security: { thousandSecretReads: always(100) } }));
    assert.deepEqual(usd, always(308.08));
  });

  it("of a serverless database: capacity between its limits, storage, requests", () => {
    const { usd, fixedUsd } = estimate(
      stackOf(CLUSTER, SERVERLESS),
      usage({
        database: {
          acuPerInstance: { low: 0.1, expected: 2, high: 20 },
          storageGb: always(100),
          millionIos: always(50),
          backupGb: NOTHING,
        },
      }),
    );
    // 365, 1,460 and 11,680 ACU-hours × 0.14; then 100 × 0.119 + 50 × 0.22.
    assert.deepEqual(usd, { low: 74, expected: 227.3, high: 1658.1 });
    assert.equal(fixedUsd, 51.1);
  });

  it("of copies in another region: 200 GB of events at 0.02 + 0.015; of a cluster 30.4 × 100 GB and 50 GB of files × 0.02, kept 30 × 0.021", () => {
    const stack = stackOf(
      resource("aws:s3/bucketReplicationConfig:BucketReplicationConfig", {}, "copies-events"),
      resource("aws:s3/bucketReplicationConfig:BucketReplicationConfig", {}, "copies-erasures"),
      resource("aws:backup/plan:Plan", {
        rules: [
          {
            copyActions: [
              {
                destinationVaultArn: "arn:aws:backup:eu-west-1:111122223333:backup-vault:x",
                lifecycle: { deleteAfter: 30 },
              },
            ],
          },
        ],
      }),
      resource("aws:backup/plan:Plan", { rules: [{}] }),
    );
    const { lines } = estimate(
      stack,
      usage({
        stream: {
          archiveGb: { standard: always(200), infrequent: NOTHING, glacier: NOTHING, deep: NOTHING },
        },
        database: { storageGb: always(100) },
        files: { writtenGb: always(50) },
      }),
    );
    assert.deepEqual(
      lines.map((line) => line.usd.expected),
      [4, 3, 0, 0, 61.8, 63],
    );
  });

  it("of four tasks, half of those beyond the first on Spot", () => {
    const stack = stackOf(
      resource("aws:ecs/taskDefinition:TaskDefinition", {
        cpu: "512",
        memory: "1024",
        runtimePlatform: { cpuArchitecture: "ARM64" },
      }),
      resource("aws:ecs/service:Service", {
        desiredCount: 4,
        capacityProviderStrategies: [
          { capacityProvider: "FARGATE", base: 1, weight: 1 },
          { capacityProvider: "FARGATE_SPOT", base: 0, weight: 1 },
        ],
      }),
    );
    const { lines } = estimate(stack, usage({ service: { tasks: always(4), millionTraces: NOTHING } }));
    // 2.5 tasks on Fargate and 1.5 on Spot, of half a processor and 1 GB.
    assert.deepEqual(
      lines
        .filter(({ type }) => type.endsWith(":Service"))
        .map((line) => [line.dimension, line.usd.expected]),
      [
        ["vCPU, Linux/ARM", 33.99],
        ["memory, Linux/ARM", 7.46],
        ["Spot vCPU, Linux/ARM", 6.12],
        ["Spot memory, Linux/ARM", 1.34],
      ],
    );
  });

  it("of 1.5 billion requests: 333 × 3.70 + 667 × 3.19 + 500 × 2.71", () => {
    const { lines, usd } = estimate(
      stackOf(resource("aws:apigateway/stage:Stage")),
      usage({ api: { millionRequests: always(1500), egressGb: NOTHING } }),
    );
    assert.deepEqual(
      lines.map((line) => line.usd.expected).filter((amount) => amount > 0),
      [1232.1, 2127.73, 1355],
    );
    assert.equal(usd.expected, 4714.83);
  });
});

describe("what has no price", () => {
  it("is listed, and in no sum: a provisioned instance, a node of a size that the list lacks", () => {
    const { unknown, usd } = estimate(
      stackOf(
        resource("aws:rds/clusterInstance:ClusterInstance", { instanceClass: "db.r6g.large" }, "reader"),
        resource("aws:elasticache/replicationGroup:ReplicationGroup", {
          engine: "valkey",
          nodeType: "cache.x1.huge",
          numCacheClusters: 2,
        }),
      ),
      readUsage("prod"),
    );
    assert.deepEqual(
      unknown.map(({ name, what }) => [name, what]),
      [
        ["reader", "db.r6g.large instance"],
        ["it", "cache.x1.huge node, Valkey"],
      ],
    );
    assert.deepEqual(usd, NOTHING);
  });

  it("is listed when nobody has looked at its type", () => {
    const { unknown } = estimate(stackOf(resource("aws:made/up:Thing")), readUsage("prod"));
    assert.deepEqual(unknown, [
      { type: "aws:made/up:Thing", name: "it", what: "the type has no price entry" },
    ]);
  });
});

describe("the shipped stacks", () => {
  for (const name of ["dev", "prod"] as const) {
    const stack = readStackFile(path.join(__dirname, `../plans/${name}.json`));

    it(`${name}: known prices carry at least 95 % of the dollars, and every type is priced or free`, () => {
      const { coverage, unknown, usd, lines } = estimate(stack, readUsage(name));
      assert.ok(lines.length > 50, `only ${lines.length} lines`);
      assert.ok(usd.low <= usd.expected && usd.expected <= usd.high);
      assert.ok(coverage >= 0.95, `only ${(coverage * 100).toFixed(1)} %`);
      assert.deepEqual(
        unknown.filter(({ what }) => what === "the type has no price entry").map(({ type }) => type),
        [],
      );
    });
  }

  it("lines add up to the sum, to the cent", () => {
    const { lines, usd } = estimate(
      readStackFile(path.join(__dirname, "../plans/prod.json")),
      readUsage("prod"),
    );
    const cents = lines.reduce((sum, line) => sum + Math.round(line.usd.expected * 100), 0);
    assert.equal(cents, Math.round(usd.expected * 100));
  });
});
