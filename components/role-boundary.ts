import type * as pulumi from "@pulumi/pulumi";

const ROLE = "aws:iam/role:Role";

/**
 * Gives every IAM role below the components that have this transform a permissions boundary: the most that it may do,
 * whatever its policies say. A role that needs another one says so itself.
 *
 * The engine applies it to children that a component makes in another process, too. Service-linked roles are of
 * another type, and can have none.
 */
export function boundRoles(boundaryArn: string): pulumi.ResourceTransform {
  return ({ type, props, opts }) =>
    type === ROLE && props["permissionsBoundary"] === undefined
      ? { props: { ...props, permissionsBoundary: boundaryArn }, opts }
      : undefined;
}
