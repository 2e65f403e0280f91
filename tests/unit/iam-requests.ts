import { runSimulation, runUnsafeSimulation, type Simulation } from "@cloud-copilot/iam-simulate";

import type { PolicyStatement } from "./registrations";

/** Statements as they are written in a policy document. */
export type Statements = readonly PolicyStatement[] | readonly object[];

/** A request to AWS: who asks does not matter, since the policies are given with it. */
export interface IamRequest {
  readonly action: string;
  /** ARN, or `*` for actions that know no resources. */
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
}

/** What IAM says to a request. */
export type Decision = "Allowed" | "ImplicitlyDenied" | "ExplicitlyDenied";

/** A policy that allows everything, so that the boundary alone decides. */
export const EVERYTHING = [{ Effect: "Allow", Action: "*", Resource: "*" }];

/** Whose request it is, and what it may do. */
export interface Rights {
  readonly accountId: string;
  readonly identity: Statements;
  readonly boundary: Statements;
  /** Service control policies of the account's organization, beside AWS's own that allows everything. @default none */
  readonly controls?: Statements;
}

/**
 * Evaluates a request of a role, as IAM does: its policies and its boundary have to allow it.
 *
 * @throws Error for a request that can't be, such as an action that AWS does not have
 */
export async function decide(request: IamRequest, rights: Rights): Promise<Decision> {
  const outcome = await runSimulation(simulation(request, rights), {});
  if (outcome.resultType === "error") {
    throw new Error(`${request.action} on ${request.resource}: ${JSON.stringify(outcome.errors)}`);
  }
  return outcome.overallResult;
}

/** The same for a request that was made up from a pattern, and need not be one that AWS knows. */
export async function decidePattern(request: IamRequest, rights: Rights): Promise<Decision> {
  // This way of asking takes no resource policy, without which IAM decides nothing about a key.
  if (request.action.startsWith("kms:")) return decide(request, rights);
  return runUnsafeSimulation(simulation(request, rights), {});
}

function simulation(
  { action, resource, context = {} }: IamRequest,
  { accountId, identity, boundary, controls }: Rights,
): Simulation {
  return {
    request: {
      principal: `arn:aws:iam::${accountId}:role/streamflix-tested`,
      action,
      resource: { resource, accountId },
      contextVariables: inItsWords(context),
    },
    identityPolicies: [{ name: "identity", policy: document(identity) }],
    permissionBoundaryPolicies: [{ name: "boundary", policy: document(boundary) }],
    serviceControlPolicies:
      controls === undefined
        ? []
        : [
            {
              orgIdentifier: "ou-s7fx-platform0",
              policies: [
                { name: "FullAWSAccess", policy: document(EVERYTHING) },
                { name: "controls", policy: document(controls) },
              ],
            },
          ],
    resourceControlPolicies: [],
    // A key's own policy leaves the decision to the account, as those of the platform do.
    ...(action.startsWith("kms:") && { resourcePolicy: document([accountDecides(accountId)]) }),
  };
}

function document(statements: Statements) {
  return { Version: "2012-10-17", Statement: inItsWords([...statements]) };
}

/**
 * The simulator knows a key's encryption context by AWS's placeholder only, and drops `kms:EncryptionContext:x` from a
 * request; a condition on it then never holds. Policies and requests have one such key each, so they still meet.
 */
function inItsWords<T>(value: T): T {
  const text = JSON.stringify(value).replaceAll(
    /"kms:EncryptionContext:[^"]+"(?=:)/g,
    () => '"kms:EncryptionContext:${EncryptionContextKey}"',
  );
  return JSON.parse(text) as T;
}

function accountDecides(accountId: string) {
  return {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: "kms:*",
    Resource: "*",
  };
}
