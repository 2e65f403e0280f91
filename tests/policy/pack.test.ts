import assert from "node:assert/strict";

import { catalog } from "../../policy-pack/src/catalog";
import { toPolicies } from "../../policy-pack/src/engine/policy";
import { analyzeEach } from "./harness";

const SECRET = "hunter2-do-not-print";
const VPC = "aws:ec2/vpc:Vpc";

describe("the whole pack", () => {
  it("never prints a property value, whatever property holds it", async () => {
    const values = {
      list: [SECRET],
      nested: { [SECRET]: SECRET },
      text: SECRET,
      policy: `{"Statement":"${SECRET}"}`,
    };
    const names = new Set(catalog.flatMap((rule) => Object.values(rule.types).flat()));
    const types = ["aws:kms/key:Key", "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/subnet:Subnet", VPC];
    const resources = types.flatMap((type) =>
      Object.values(values).map((value) => ({
        type,
        props: Object.fromEntries([...names].map((name) => [name, value])),
        provider: { region: SECRET, defaultTags: SECRET },
      })),
    );
    const policies = toPolicies(catalog);
    const { diagnostics } = await analyzeEach(policies, resources);
    assert.ok(diagnostics.length > resources.length);
    assert.deepEqual(
      diagnostics.filter(({ message }) => message.includes(SECRET)),
      [],
    );
  });
});
