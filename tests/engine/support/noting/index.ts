import * as pulumi from "@pulumi/pulumi";

/** The smallest stack with a secret in its state: an output, made of a secret of its configuration. */
export const note = new pulumi.Config("noting").requireSecret("note");
