import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Keeps every bucket of the account private, whatever a bucket's own policy says, in every region. */
export class PublicAccessBlock extends pulumi.ComponentResource {
  constructor(
    name: string,
    args: { readonly accountId: string; readonly protect: boolean },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("streamflix:bootstrap:PublicAccessBlock", name, {}, opts);
    new aws.s3.AccountPublicAccessBlock(
      name,
      {
        accountId: args.accountId,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      { parent: this, protect: args.protect },
    );
    this.registerOutputs({});
  }
}
