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

/** Every role policy of a plan; those without statements are not known before AWS has made something. */
function rolePoliciesOf(stack: string): (Pick<RolePolicy, "name"> & Partial<RolePolicy>)[] {
  return Object.entries(committedPlan(stack)).flatMap(([urn, { inputs }]) => {
    if (!urn.includes("aws:iam/rolePolicy:RolePolicy::")) return [];
    const { policy } = (inputs ?? {}) as { policy?: { Statement: PolicyStatement[] } | string };
    const name = urn.split("::").at(-1) ?? urn;
    return typeof policy === "object"
      ? [{ name, statements: [policy.Statement].flat().map(withApiId) }]
      : [{ name }];
  });
}

/** Sign-ins, whose ARNs AWS makes up; the table of requests in boundary-requests.test.ts has such sign-ins. */
const NOT_KNOWN = [
  "data-retention-late",
  "database-break-glass-sign-in",
  "service-task-cache",
  "service-task-files",
];

/** The simulator matches no wildcard where an API's id is; IAM does. */
function withApiId(statement: PolicyStatement): PolicyStatement {
  const text = JSON.stringify(statement).replaceAll(/(:execute-api:[^:]+:\d+:)\*\//g, "$1x/");
  return JSON.parse(text) as PolicyStatement;
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
    { accountId: account, region: HOME, state: { bucketNames: ["state"], keyAlias: "alias/state" } },
    [HOME],
  );

  describe(`what the roles of ${stack} do, under their boundary`, () => {
    const all = rolePoliciesOf(stack);
    const policies = all.filter((it): it is RolePolicy => it.statements !== undefined);
    let asked = 0;
    for (const { name, statements } of policies) {
      const requests = statements.filter(({ Effect }) => Effect === "Allow").flatMap(requestsOf);
      it(`${name}: ${requests.length} requests in the home region, and nothing elsewhere`, async () => {
        for (const { action, resource, context } of requests) {
          const ask = (region: string, limit: Statements) =>
            decidePattern(
              { action, resource, context: { ...context, "aws:userid": "x", "aws:RequestedRegion": region } },
              { accountId: account, identity: statements, boundary: limit },
            );
          // Else the sample does not fit its own policy, and says nothing of the boundary.
          assert.equal(await ask(HOME, EVERYTHING), "Allowed", `${action} on ${resource} by its policy`);
          assert.equal(await ask(HOME, boundary), "Allowed", `${action} on ${resource}`);
          if (!BY_ARN.test(action)) {
            assert.notEqual(await ask(ELSEWHERE, boundary), "Allowed", `${action} in ${ELSEWHERE}`);
          }
          asked += 1;
        }
      });
    }

    it("were all asked for but sign-ins", () => {
      const unknown = all.filter(({ statements }) => statements === undefined).map(({ name }) => name);
      assert.deepEqual(unknown.sort(), NOT_KNOWN);
      assert.ok(policies.length >= 14 && asked >= 150, `only ${policies.length} policies, ${asked} requests`);
    });
  });
}
