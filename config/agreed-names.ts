/** Names that `bootstrap/` gives to what an account has once, and that the platform's stacks use without looking. */

/** First part of the names of repositories with own images. */
export const OWN_REPOSITORIES = "streamflix";
/** Repository of the service's images. */
export const SERVICE_REPOSITORY = `${OWN_REPOSITORIES}/service`;
/** First part of the names of repositories that hold copies of public images. */
export const PUBLIC_COPIES = "ecr-public";

/** IAM path of everything that only an administrator of the account may change. */
export const GUARDED_PATH = "/streamflix-account/";

/**
 * Permissions boundaries: `workload` for what runs in one region, `replication` for the few roles that carry data to
 * the standby region, `operator` for people and pipelines that change the platform.
 */
export type BoundaryKind = "workload" | "replication" | "operator";

/** Name of a boundary; the one of workloads is for one region, as IAM's names are the same in all of them. */
export function boundaryName(kind: BoundaryKind, region: string): string {
  return kind === "workload" ? `streamflix-workload-${region}` : `streamflix-${kind}`;
}

/** ARN of a boundary, known before it exists. */
export function boundaryArn(
  kind: BoundaryKind,
  { accountId, region }: { readonly accountId: string; readonly region: string },
): string {
  return `arn:aws:iam::${accountId}:policy${GUARDED_PATH}${boundaryName(kind, region)}`;
}
