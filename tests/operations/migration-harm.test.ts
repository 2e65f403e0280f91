import { strict as assert } from "node:assert";
import { type Call, countsOf, type Deployed, harmOf } from "../../tools/migration/harm";

const resource = (type: string, name: string, id = `${name}-1`): Deployed => ({
  urn: `urn:pulumi:dev::streamflix-platform::${type}::${name}`,
  type,
  id,
});
const call = (method: Call["method"], { urn, type }: Deployed): Call => ({ method, urn, type });

const CLUSTER = resource("aws:rds/cluster:Cluster", "database");
const GROUP = resource("aws:cloudwatch/logGroup:LogGroup", "output");
const RULE = resource("aws:ec2/securityGroup:SecurityGroup", "app");
const BEFORE = [CLUSTER, GROUP, RULE];

describe("what a step of the migration loses", () => {
  it("is nothing when resources change, come, or hold no data", () => {
    const added = resource("aws:sns/topic:Topic", "alerts");
    const replacedRule = { ...RULE, id: "app-2" };
    assert.deepEqual(
      harmOf(
        BEFORE,
        [CLUSTER, GROUP, replacedRule, added],
        [call("update", CLUSTER), call("create", RULE), call("delete", RULE), call("create", added)],
      ),
      [],
    );
  });

  for (const [what, after, calls, expected] of [
    [
      "a replacement under the same name",
      BEFORE,
      [call("delete", CLUSTER), call("create", CLUSTER)],
      "replaced",
    ],
    ["a replacement under another", [{ ...CLUSTER, id: "database-2" }, GROUP, RULE], [], "replaced"],
    ["a deletion", [GROUP, RULE], [call("delete", CLUSTER)], "deleted"],
    ["what a deployment forgets", [GROUP, RULE], [], "deleted"],
  ] as const) {
    it(`is ${what}`, () => {
      assert.deepEqual(harmOf(BEFORE, after, calls), [
        { what: expected, type: "aws:rds/cluster:Cluster", name: "database" },
      ]);
    });
  }

  it("is a log group, too", () => {
    assert.deepEqual(
      harmOf(BEFORE, [CLUSTER, RULE], []).map(({ name }) => name),
      ["output"],
    );
  });

  it("counts a replacement once, whatever comes first", () => {
    const calls = [
      call("create", CLUSTER),
      call("delete", CLUSTER),
      call("create", GROUP),
      call("update", RULE),
      call("update", RULE),
    ];
    assert.deepEqual(countsOf(calls), { created: 1, changed: 1, replaced: 1, deleted: 0 });
  });
});
