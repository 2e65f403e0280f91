import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names } from "../../config";

export interface TierSecurityGroupsArgs {
  readonly names: Names;
  readonly vpcId: pulumi.Input<string>;
  readonly endpointsSecurityGroupId: pulumi.Input<string>;
  readonly s3PrefixListId: pulumi.Input<string>;
  /** Whether there is a NAT gateway, and so anything to allow. */
  readonly hasWayOut: boolean;
}

/** Ports of the isolated tier that the private tier talks to. */
const DATA_PORTS = { PostgreSQL: 5432, Valkey: 6379, NFS: 2049 } as const;

const HTTPS = 443;

/**
 * Who may talk to whom, tier by tier: `app` (private subnets) reaches `data` (isolated subnets) on its three ports,
 * the endpoints, S3 and, where there is NAT, the internet over HTTPS. `data` starts no connection at all.
 *
 * Each rule is a resource of its own: inline rules and standalone ones would undo each other.
 */
export class TierSecurityGroups extends pulumi.ComponentResource {
  readonly ids: { readonly app: pulumi.Output<string>; readonly data: pulumi.Output<string> };

  constructor(name: string, args: TierSecurityGroupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:network:TierSecurityGroups", name, {}, opts);
    const group = (tier: string, description: string) =>
      new aws.ec2.SecurityGroup(
        `${name}-${tier}`,
        {
          namePrefix: args.names.prefix("securityGroup", tier),
          description,
          vpcId: args.vpcId,
          tags: { Name: args.names.fixed("nameTag", tier) },
        },
        { parent: this },
      ).id;
    const app = group("app", "Private tier: tasks and functions");
    const data = group("data", "Isolated tier: database, cache and files");
    const allow = (
      rule: string,
      from: pulumi.Input<string>,
      to: pulumi.Input<string>,
      port: number,
      what: string,
    ) => {
      const ports = { ipProtocol: "tcp", fromPort: port, toPort: port, description: what };
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-${rule}`,
        { ...ports, securityGroupId: from, referencedSecurityGroupId: to },
        { parent: this },
      );
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-${rule}`,
        { ...ports, securityGroupId: to, referencedSecurityGroupId: from },
        { parent: this },
      );
    };

    for (const [service, port] of Object.entries(DATA_PORTS)) {
      allow(`app-data-${service.toLowerCase()}`, app, data, port, `${service} from app to data`);
    }
    allow(
      "app-endpoints",
      app,
      args.endpointsSecurityGroupId,
      HTTPS,
      "AWS services through interface endpoints",
    );
    const https = { securityGroupId: app, ipProtocol: "tcp", fromPort: HTTPS, toPort: HTTPS };
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-app-s3`,
      { ...https, prefixListId: args.s3PrefixListId, description: "S3 through its gateway endpoint" },
      { parent: this },
    );
    if (args.hasWayOut) {
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-app-internet`,
        { ...https, cidrIpv4: "0.0.0.0/0", description: "HTTPS to the internet through NAT" },
        { parent: this },
      );
    }
    this.ids = { app, data };
    this.registerOutputs({ ids: this.ids });
  }
}
