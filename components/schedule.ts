import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../config";
import { serviceTrust } from "./policy";

export interface ScheduleArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  /** What is to be done, such as `data-retention`: part of its names, and the function's own. */
  readonly what: string;
  readonly description: string;
  /** When, in UTC. */
  readonly expression: string;
  readonly functionArn: pulumi.Input<string>;
  /** The function, which has to be there: its ARN in the role's policy is a text. */
  readonly target: pulumi.Resource;
  /** What the function is invoked with. */
  readonly event: Readonly<Record<string, unknown>>;
}

/** An invocation that Lambda did not even take is tried again for as long, which is before the next one comes. */
const RETRIES = { maximumEventAgeInSeconds: 600, maximumRetryAttempts: 5 };

/** Invokes a function at fixed times, with a role for that and for nothing else. */
export class Schedule extends pulumi.ComponentResource {
  constructor(name: string, args: ScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:function:Schedule", name, {}, opts);
    const { names, accountId, region, what } = args;
    const functionName = names.fixed("lambdaFunction", what);

    const role = new aws.iam.Role(
      name,
      {
        namePrefix: names.prefix("iamRole", `run-${what}`),
        description: `Schedule of ${functionName}`,
        // AWS wants the group here: a condition on one schedule keeps that very schedule from being made.
        assumeRolePolicy: serviceTrust(
          "scheduler.amazonaws.com",
          accountId,
          `arn:aws:scheduler:${region}:${accountId}:schedule-group/default`,
        ),
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      name,
      {
        name: "invoke",
        role: role.id,
        policy: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "Invoke",
              Effect: "Allow",
              Action: "lambda:InvokeFunction",
              Resource: `arn:aws:lambda:${region}:${accountId}:function:${functionName}`,
            },
          ],
        },
      },
      { parent: this, dependsOn: [args.target] },
    );
    new aws.scheduler.Schedule(
      name,
      {
        name: names.fixed("schedule", what),
        description: args.description,
        scheduleExpression: args.expression,
        scheduleExpressionTimezone: "UTC",
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          arn: args.functionArn,
          roleArn: role.arn,
          input: JSON.stringify(args.event),
          retryPolicy: RETRIES,
        },
      },
      { parent: this, dependsOn: [policy] },
    );
    this.registerOutputs({});
  }
}
