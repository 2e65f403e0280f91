import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { BootstrapConfig } from "./config";
import { SERVICE_LINKED_ROLES } from "./facts";

export interface ServiceLinkedRolesArgs {
  /** Which to make, and which the account has already. */
  readonly roles: BootstrapConfig["serviceLinkedRoles"];
}

/**
 * The roles with which AWS services act in the account in their own name. AWS writes their policies, and they can have
 * no permissions boundary.
 *
 * They stay when the program's stack is destroyed: AWS deletes none that a resource of its service still needs.
 */
export class ServiceLinkedRoles extends pulumi.ComponentResource {
  constructor(name: string, { roles }: ServiceLinkedRolesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:bootstrap:ServiceLinkedRoles", name, {}, opts);
    for (const [service, awsServiceName] of Object.entries(SERVICE_LINKED_ROLES)) {
      if (roles[service as keyof typeof SERVICE_LINKED_ROLES] === "create") {
        new aws.iam.ServiceLinkedRole(
          `${name}-${service}`,
          { awsServiceName },
          { parent: this, retainOnDelete: true },
        );
      }
    }
    this.registerOutputs({});
  }
}
