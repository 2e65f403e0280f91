import * as pulumi from "@pulumi/pulumi";
import { type FunctionArgs, type FunctionMetrics, makeFunction } from "./function-parts";

/**
 * A Lambda function outside the VPC, with a role and an encrypted log group of its own: for what only calls AWS, and has
 * to go on while the network is in trouble.
 */
export class LambdaFunction extends pulumi.ComponentResource {
  /** Name to invoke it by, known once it may do all its work. */
  readonly functionName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly metrics: FunctionMetrics;

  constructor(name: string, args: FunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:function:LambdaFunction", name, {}, opts);
    const { lambda, metrics } = makeFunction(this, name, args);
    this.functionName = lambda.name;
    this.arn = lambda.arn;
    this.metrics = metrics;
    this.registerOutputs({ functionName: this.functionName, arn: this.arn, metrics });
  }
}
