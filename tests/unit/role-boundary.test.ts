import assert from "node:assert/strict";

import { boundRoles } from "../../components/role-boundary";
import { committedPlan } from "../../tools/plan/main";

const ROLE = "aws:iam/role:Role";
const bound = boundRoles("arn:limit");
const apply = (type: string, props: object) => bound({ custom: true, type, name: "it", props, opts: {} });

describe("boundaries of roles", () => {
  it("are given to every role without one, and to nothing else", () => {
    assert.deepEqual(apply(ROLE, { path: "/" }), {
      props: { path: "/", permissionsBoundary: "arn:limit" },
      opts: {},
    });
    assert.equal(apply(ROLE, { permissionsBoundary: "arn:other" }), undefined);
    assert.equal(apply("aws:iam/serviceLinkedRole:ServiceLinkedRole", {}), undefined);
  });

  for (const [stack, account, least] of [
    ["dev", "111122223333", 7],
    ["prod", "444455556666", 7],
    ["prod-dr", "444455556666", 9],
    ["bootstrap-dev", "111122223333", 2],
    ["bootstrap-prod", "444455556666", 4],
  ] as const) {
    it(`${stack}: are on every role of the plan, and of the account's own`, () => {
      const roles = Object.entries(committedPlan(stack)).filter(([urn]) => urn.includes(`${ROLE}::`));
      assert.ok(roles.length >= least, `the plan has only ${roles.length} roles`);
      const own = `arn:aws:iam::${account}:policy/streamflix-account/streamflix-`;
      for (const [urn, { inputs }] of roles) {
        const { permissionsBoundary } = inputs as { permissionsBoundary?: string };
        // A boundary of the same program is known once it is made.
        const pattern = stack.startsWith("bootstrap") ? /^\(known after creation\)$/ : new RegExp(`^${own}`);
        assert.match(permissionsBoundary ?? "none", pattern, urn);
      }
    });
  }
});
