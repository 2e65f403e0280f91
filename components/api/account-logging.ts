import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../../config";

/**
 * The role with which API Gateway writes logs: one setting for the whole account and region, which other APIs there
 * use too. Without it a stage takes no log setting at all.
 */
export class AccountLogging extends pulumi.ComponentResource {
  constructor(name: string, args: { readonly names: Names }, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:api:AccountLogging", name, {}, opts);
    const parent = { parent: this };

    const role = new aws.iam.Role(
      name,
      {
        namePrefix: args.names.prefix("iamRole", "api-logs"),
        description: "Lets API Gateway write the logs of this account's APIs",
        assumeRolePolicy: gatewayTrust(),
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

/**
 * Trust policy for API Gateway. It has no condition on the source: AWS documents none for roles that API Gateway
 * assumes, and a role can be handed to it by this account only.
 */
export function gatewayTrust(): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  };
}
