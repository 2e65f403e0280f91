import { strict as assert } from "node:assert";
import { always, NOTHING } from "../../tools/cost/money";
import { ioBreakEven, savings } from "../../tools/cost/savings";
import { seedTable } from "../../tools/cost/seed";
import { readUsage } from "../../tools/cost/usage";
import { resource, stackOf, usage } from "./support";

const saved = (stack: ReturnType<typeof stackOf>, use: ReturnType<typeof usage>, decision: string) => {
  const found = savings(stack, use).find((it) => it.decision.startsWith(decision));
  assert.ok(found, `no decision ${decision}`);
  return found.usd;
};

describe("what decisions bring", () => {
  it("one NAT gateway instead of three: two gateways and two addresses", () => {
    const three = [1, 2, 3].flatMap((n) => [
      resource("aws:ec2/natGateway:NatGateway", {}, `nat-${n}`),
      resource("aws:ec2/eip:Eip", {}, `nat-${n}`),
    ]);
    // The traffic stays: 2 × (37.96 + 3.65).
    assert.equal(saved(stackOf(...three), usage({ network: { natGb: NOTHING } }), "One NAT"), 83.22);
  });

  it("no interface endpoints: their hours, less what NAT takes more for each GB", () => {
    const stack = stackOf(
      resource("aws:ec2/natGateway:NatGateway"),
      resource("aws:ec2/vpcEndpoint:VpcEndpoint", { vpcEndpointType: "Interface", subnetIds: ["a", "b"] }),
    );
    const use = usage({ network: { natGb: NOTHING, endpointGb: always(100) } });
    // 2 × 730 × 0.012 + 100 × 0.01 − 100 × 0.052.
    assert.equal(saved(stack, use, "No interface endpoints"), 13.32);
  });

  it("a discount that no list has is called an assumption", () => {
    const cache = resource("aws:elasticache/replicationGroup:ReplicationGroup", {
      engine: "redis",
      nodeType: "cache.t4g.medium",
      numCacheClusters: 2,
    });
    const found = savings(stackOf(cache), readUsage("prod")).find((it) =>
      it.decision.startsWith("Cache nodes"),
    );
    assert.ok(found);
    assert.equal(found.usd, 31.54);
    assert.match(found.note, /assumes a discount of 30 %, remembered and not looked up/);
  });

  it("I/O-Optimized pays from (1,460 ACU h × 0.05 + 100 GB × 0.149) / 0.22 million requests", () => {
    const stack = stackOf(
      resource("aws:rds/cluster:Cluster", {
        serverlessv2ScalingConfiguration: { minCapacity: 0.5, maxCapacity: 16 },
      }),
      resource("aws:rds/clusterInstance:ClusterInstance", { instanceClass: "db.serverless" }),
    );
    const use = usage({ database: { acuPerInstance: always(2), storageGb: always(100) } });
    assert.equal(ioBreakEven(stack, use), 400);
    assert.equal(ioBreakEven(stackOf(), use), undefined);
  });
});

describe("the first design's table", () => {
  it("at today's prices, whatever the stack is used for", () => {
    const { before, after } = seedTable(readUsage("prod"));
    const today = (rows: typeof before) => rows.map((row) => row.today);
    // 2 × 730 × 0.072; 2 × 730 × (0.5 × 0.04656 + 0.00511); 10 × 0.36; 2 × 730 × 0.018; 3.70.
    assert.deepEqual(today(before), [undefined, 105.12, 41.45, 3.6, 26.28, 3.7]);
    // 1,460 × 0.14; …; twice the tasks; 2 × 0.36 + 8 × 0.0266; …; 3 × 730 × 0.012.
    assert.deepEqual(today(after), [204.4, 105.12, 82.9, 0.93, 26.28, 3.7, 26.28]);
    assert.deepEqual(seedTable(readUsage("dev")), seedTable(readUsage("prod")));
  });
});
