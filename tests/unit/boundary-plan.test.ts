import assert from "node:assert/strict";

import { workloadBoundary } from "../../bootstrap/boundaries/documents";
import { committedPlan } from "../../tools/plan/main";
import { decidePattern, EVERYTHING, type IamRequest, type Statements } from "./iam-requests";
import type { PolicyStatement } from "./registrations";

const HOME = "eu-central-1";
const ELSEWHERE = "us-east-1";
const ACCOUNTS = { dev: "111122223333", prod: "444455556666" } as const;

/** A role's policy in a committed plan, as far as it is known before AWS has made anything. */
interface RolePolicy {
  readonly name: string;
  readonly statements: readonly PolicyStatement[];
}

function rolePoliciesOf(stack: string): RolePolicy[] {
  return Object.entries(committedPlan(stack)).flatMap(([urn, { inputs }]) => {
    const { policy } = (inputs ?? {}) as { policy?: { Statement: PolicyStatement[] } | string };
    if (!urn.includes("aws:iam/rolePolicy:RolePolicy::") || typeof policy !== "object") return [];
    return [{ name: urn.split("::").at(-1) ?? urn, statements: [policy.Statement].flat() }];
  });
}

/** A request that a statement allows, for each of its actions and resources. */
function requestsOf({ Action, Resource, Condition = {} }: PolicyStatement): IamRequest[] {
  const context = Object.fromEntries(
    Object.entries(Condition)
      // What a condition excludes is left out of the request.
      .filter(([operator]) => !/Not|Null/.test(operator))
      .flatMap(([operator, keys]) =>
        Object.entries(keys).map(([key, value]) => [key, sampleOf(operator, value)]),
      ),
  );
  return [Action].flat().flatMap((action) =>
    [Resource].flat().map((resource) => ({
      action: action.replace(/\*$/, (SAMPLE_ENDS as Record<string, string>)[action] ?? ""),
      resource: concrete(String(resource)),
      context,
    })),
  );
}

/** What the boundary ties to its region by ARN, whatever region a request names. */
const BY_ARN = /^(iam:PassRole|rds-db:connect|elasticache:Connect|elasticfilesystem:Client\w+)$/;

/** What a pattern of actions stands for. */
const SAMPLE_ENDS = { "kms:GenerateDataKey*": "", "kms:ReEncrypt*": "From", "kms:Describe*": "Key" };

/** An ARN that a pattern means. */
function concrete(pattern: string): string {
  return pattern === "*" ? "*" : pattern.replaceAll(/\$\{[^}]*\}/g, "x").replaceAll(/[*?]/g, "x");
}

function sampleOf(operator: string, value: unknown): string | string[] {
  const values = [value].flat().map((it) => concrete(String(it)));
  return operator.startsWith("For") ? values : (values[0] ?? "x");
}

for (const [stack, account] of Object.entries(ACCOUNTS)) {
  const boundary = workloadBoundary(
    { accountId: account, region: HOME, state: { bucketName: "state", keyAlias: "alias/state" } },
    [HOME],
  );

  describe(`what the roles of ${stack} do, under their boundary`, () => {
    const policies = rolePoliciesOf(stack);
    let asked = 0;
    for (const { name, statements } of policies) {
      it(`${name}: all of it in the home region, and nothing elsewhere`, async () => {
        for (const { action, resource, context } of statements
          .filter(({ Effect }) => Effect === "Allow")
          .flatMap(requestsOf)) {
          const ask = (region: string, limit: Statements) =>
            decidePattern(
              { action, resource, context: { ...context, "aws:userid": "x", "aws:RequestedRegion": region } },
              { accountId: account, identity: statements, boundary: limit },
            );
          // Some samples fit their own policy's conditions badly: those say nothing of the boundary.
          if ((await ask(HOME, EVERYTHING)) !== "Allowed") continue;
          assert.equal(await ask(HOME, boundary), "Allowed", `${action} on ${resource}`);
          if (!BY_ARN.test(action)) {
            assert.notEqual(await ask(ELSEWHERE, boundary), "Allowed", `${action} in ${ELSEWHERE}`);
          }
          asked += 1;
        }
      });
    }

    it("was asked for", () => {
      assert.ok(policies.length >= 8, `only ${policies.length} policies`);
      assert.ok(asked >= 90, `only ${asked} requests`);
    });
  });
}
