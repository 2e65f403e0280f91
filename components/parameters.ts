import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../config";

export interface ParametersArgs {
  readonly names: Names;
  /** Values by name, such as `database/port`. In clear: a preview shows them. */
  readonly values: Readonly<Record<string, pulumi.Input<string>>>;
  /** Values to keep encrypted, always under a key of the platform. @default none */
  readonly secure?: {
    readonly keyArn: pulumi.Input<string>;
    readonly values: Readonly<Record<string, pulumi.Input<string>>>;
  };
}

/**
 * What the platform tells others about itself, in SSM parameters `/streamflix/<suffix>/…`: endpoints, names, ARNs.
 * Credentials are in Secrets Manager; parameters only say where.
 */
export class Parameters extends pulumi.ComponentResource {
  constructor(name: string, args: ParametersArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:parameters:Parameters", name, {}, opts);
    const parent = { parent: this };
    const resourceName = (what: string) => `${name}-${what.replaceAll("/", "-")}`;
    const parameterName = (what: string) => args.names.fixed("ssmParameter", what);

    for (const [what, value] of Object.entries(args.values)) {
      new aws.ssm.Parameter(
        resourceName(what),
        // Otherwise the provider takes every value for a secret, and nobody could review it.
        { name: parameterName(what), type: "String", insecureValue: value },
        parent,
      );
    }
    for (const [what, value] of Object.entries(args.secure?.values ?? {})) {
      new aws.ssm.Parameter(
        resourceName(what),
        {
          name: parameterName(what),
          type: "SecureString",
          value: pulumi.secret(value),
          ...(args.secure === undefined ? {} : { keyId: args.secure.keyArn }),
        },
        parent,
      );
    }
    this.registerOutputs({});
  }
}
