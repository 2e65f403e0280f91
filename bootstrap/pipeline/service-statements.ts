import type * as aws from "@pulumi/aws";

import { policyText } from "../../components/policy";
import { BUCKETS, GLOBAL, REGIONAL, type ServiceRights } from "./services";
import type { StackPlace } from "./stack-place";

type Statement = aws.iam.PolicyStatement;

/** Characters of a managed policy that this program fills: AWS's limit is 6,144, and a role has ten of them at most. */
const POLICY_CHARACTERS = 6_000;

/** Looking at what a stack has, or making, changing and deleting it. */
export type Use = "read" | "write";

/**
 * Documents for what is done with the services of a stack, in as many parts as the length of a policy asks for. What
 * AWS knows resources of is held to region and account by their ARNs, everything else to the region.
 */
export function serviceDocuments(use: Use, place: StackPlace): Statement[][] {
  const { region, accountId } = place;
  const rows = [
    ...Object.entries(REGIONAL).map(([name, rights]) => ({ name, rights, isGlobal: false })),
    ...Object.entries(GLOBAL).map(([name, rights]) => ({ name, rights, isGlobal: true })),
    { name: "s3", rights: { ...BUCKETS, arns: () => [bucketPattern(place)] }, isGlobal: false },
  ];
  const documents: Statement[][] = [];
  let part: typeof rows = [];
  for (const row of rows) {
    if (policyText(statementsOf([...part, row])).length > POLICY_CHARACTERS) {
      documents.push(statementsOf(part));
      part = [];
    }
    part.push(row);
  }
  return [...documents, statementsOf(part)];

  function statementsOf(part: typeof rows): Statement[] {
    const on = part.filter(({ rights }) => rights[use] !== undefined);
    const anywhere = (isGlobal: boolean) =>
      part.filter((row) => row.isGlobal === isGlobal).flatMap(actionsAnywhere(use));
    const [inRegion, withoutRegion] = [anywhere(false), anywhere(true)];
    return [
      {
        Sid: "OnResources",
        Effect: "Allow",
        Action: on.flatMap(({ name, rights }) => actions(name, rights[use])),
        Resource: on.flatMap(({ name, rights }) => arnsOf(name, rights, region, accountId)),
      },
      ...(inRegion.length > 0
        ? [
            {
              // AWS knows no resources of these.
              Sid: "InRegion",
              Effect: "Allow" as const,
              Action: inRegion,
              Resource: "*",
              Condition: { StringEquals: { "aws:RequestedRegion": region } },
            },
          ]
        : []),
      ...(withoutRegion.length > 0
        ? [{ Sid: "WithoutRegion", Effect: "Allow" as const, Action: withoutRegion, Resource: "*" }]
        : []),
    ];
  }
}

/** Actions that the documents allow on every resource, since AWS knows no single one; the policy pack's settings list them. */
export function actionsOnEverything(): string[] {
  return [...Object.entries(REGIONAL), ...Object.entries(GLOBAL)].flatMap(([name, rights]) =>
    (["read", "write"] as const).flatMap((use) => actionsAnywhere(use)({ name, rights })),
  );
}

/** ARN pattern of the buckets of the stacks in a region of the account. */
export function bucketPattern({ accountId, region }: Pick<StackPlace, "accountId" | "region">): string {
  return `arn:aws:s3:::streamflix-*-${accountId}-${region}`;
}

const actionsAnywhere =
  (use: Use) =>
  ({ name, rights }: { readonly name: string; readonly rights: ServiceRights }) =>
    actions(name, use === "read" ? rights.readAnywhere : rights.writeAnywhere);

function actions(service: string, names: readonly string[] = []): string[] {
  return names.map((name) => `${service}:${name}`);
}

function arnsOf(
  service: string,
  { arns = (region, accountId) => [`arn:aws:${service}:${region}:${accountId}:*`] }: ServiceRights,
  region: string,
  accountId: string,
): readonly string[] {
  return arns(region, accountId);
}
