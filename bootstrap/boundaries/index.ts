import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { policyText } from "../../components/policy";
import { type BoundaryKind, boundaryName, GUARDED_PATH } from "../../config";
import { type BoundaryPlace, operatorBoundary, regionsOf, workloadBoundary } from "./documents";

export interface BoundariesArgs extends BoundaryPlace {
  /** Refuses to delete the boundaries: roles that have one could do anything without it. */
  readonly protect: boolean;
}

/**
 * Permissions boundaries: what a role may do at most, whatever its policies say. They keep work in the account's
 * regions, and audit, keys, backups and the boundaries themselves out of reach.
 *
 * Service-linked roles can have none: what AWS's services do with those is up to AWS.
 */
export class Boundaries extends pulumi.ComponentResource {
  /** The boundary of roles that carry data to the standby region; undefined without one. */
  readonly replication: pulumi.Output<string> | undefined;
  /** The boundary of people and pipelines. */
  readonly operator: pulumi.Output<string>;

  readonly #workload: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: BoundariesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:bootstrap:Boundaries", name, {}, opts);
    const { protect, ...place } = args;
    const regions = regionsOf(place);
    const boundary = (
      kind: BoundaryKind,
      region: string,
      description: string,
      statements: readonly aws.iam.PolicyStatement[],
    ) =>
      new aws.iam.Policy(
        boundaryName(kind, region).replace("streamflix", name),
        {
          name: boundaryName(kind, region),
          path: GUARDED_PATH,
          description,
          policy: policyText(statements),
        },
        { parent: this, protect },
      ).arn;

    this.#workload = Object.fromEntries(
      regions.map((region) => [
        region,
        boundary(
          "workload",
          region,
          `The most that work in ${region} may do`,
          workloadBoundary(place, [region]),
        ),
      ]),
    );
    const carriers = "The most that roles may do that carry data to the standby region";
    this.replication =
      place.standbyRegion === undefined
        ? undefined
        : boundary("replication", place.region, carriers, workloadBoundary(place, regions));
    const most = "The most that people and pipelines may do";
    this.operator = boundary("operator", place.region, most, operatorBoundary(place));
    this.registerOutputs({ replication: this.replication, operator: this.operator });
  }

  /** The boundary of what runs in one of the account's regions. */
  workloadIn(region: string): pulumi.Output<string> {
    const arn = this.#workload[region];
    if (arn === undefined) throw new RangeError(`The account has no boundary for ${region}.`);
    return arn;
  }
}
