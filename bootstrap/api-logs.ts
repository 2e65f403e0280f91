import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { gatewayTrust } from "../components/api/gateway-trust";
import type { Names } from "../config";

export interface ApiLogsArgs {
  readonly names: Names;
  readonly boundaryArn: pulumi.Input<string>;
}

/**
 * The role with which API Gateway writes logs: one setting for the whole account and region. Without it a stage takes
 * no log setting at all.
 */
export class ApiLogs extends pulumi.ComponentResource {
  constructor(name: string, args: ApiLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:bootstrap:ApiLogs", name, {}, opts);
    const parent = { parent: this };

    const role = new aws.iam.Role(
      name,
      {
        namePrefix: args.names.prefix("iamRole", "api-logs"),
        description: "Lets API Gateway write the logs of this account's APIs",
        assumeRolePolicy: gatewayTrust(),
        permissionsBoundary: args.boundaryArn,
      },
      parent,
    );
    // AWS's own policy: when the role is set, API Gateway tries out rights on groups that it names itself.
    const rights = new aws.iam.RolePolicyAttachment(
      name,
      {
        role: role.id,
        policyArn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
      },
      parent,
    );
    new aws.apigateway.Account(name, { cloudwatchRoleArn: role.arn }, { parent: this, dependsOn: [rights] });
    this.registerOutputs({});
  }
}
