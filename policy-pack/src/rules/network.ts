import { bad, good, meets, propertyRule } from "../engine/demand";
import { fail } from "../engine/judge";
import { hasForm, isGiven, isLeftOut, isNoneOf, isOneOf, isTrue } from "../engine/must";

const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

interface EgressConfig {
  readonly worldPorts: readonly number[];
}

/** What goes out goes to somebody we know, or through HTTPS. */
export const egressNarrow = propertyRule<EgressConfig>({
  id: "egress-narrow",
  title: "Security groups let traffic out to named groups and ranges, and to the world through HTTPS alone",
  severity: "medium",
  type: EGRESS,
  refs: { checkov: ["CKV_AWS_382", "CKV_AWS_23"], cdkNag: ["AwsSolutions-EC27"] },
  gdpr: ["25", "32(1)(b)", "44"],
  rationale: "Who gets into a task carries data out through any port that is open to the world.",
  remediation:
    "name referencedSecurityGroupId, prefixListId or the exact range, and describe what the rule is for",
  configSchema: {
    worldPorts: {
      type: "array",
      items: { type: "integer" },
      uniqueItems: true,
      description: "Ports through which the whole world may be reached.",
      default: [443],
    },
  },
  demands: [
    { finding: "protocol", at: "ipProtocol", must: isNoneOf(["-1", "all"]) },
    { finding: "no-description", at: "description", must: hasForm(/\S/, "what the rule is for") },
  ],
  also: {
    reads: ["cidrIpv4", "cidrIpv6", "fromPort", "toPort"],
    judge: (props, { worldPorts }) => {
      const from = props.number("fromPort");
      const to = props.number("toPort");
      const isWorldPort =
        from.kind === "known" &&
        to.kind === "known" &&
        from.value === to.value &&
        worldPorts.includes(from.value);
      return ["cidrIpv4", "cidrIpv6"].flatMap((path) => {
        const block = props.string(path);
        const isWorld = block.kind === "known" && /\/[0-7]$/.test(block.value);
        const problem = `${path} lets traffic out to the world`;
        return isWorld && !isWorldPort
          ? [fail("world", problem, `Allowed: port ${worldPorts.join(", ")}`)]
          : [];
      });
    },
  },
  examples: {
    good: {
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      cidrIpv4: "0.0.0.0/0",
      description: "HTTPS through NAT",
    },
    pass: [
      good("to a group", {
        cidrIpv4: null,
        referencedSecurityGroupId: "sg-0a1b",
        fromPort: 5432,
        toPort: 5432,
      }),
    ],
    fail: [
      bad("every protocol", { ipProtocol: "-1" }, "protocol"),
      bad("mail to the world", { fromPort: 25, toPort: 25 }, "world"),
      bad("every port", { fromPort: 0, toPort: 65_535 }, "world"),
      bad("half the world", { cidrIpv4: "128.0.0.0/1", fromPort: 22 }, "world"),
      bad("the world in IPv6", { cidrIpv6: "::/0", toPort: 444 }, ["world", "world"]),
      bad("no description", { description: " " }, "no-description"),
      bad("no port by configuration", {}, "world", { worldPorts: [] }),
    ],
    unknown: ["ipProtocol", "description"],
  },
});

/** Who reads a rule knows what it is for. */
export const ingressDescribed = propertyRule({
  id: "ingress-described",
  title: "Rules that let traffic in say what they are for, and name a protocol",
  severity: "low",
  type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  refs: { checkov: ["CKV_AWS_23"], cdkNag: ["AwsSolutions-EC27"] },
  gdpr: ["25", "32(1)(d)"],
  rationale: "A rule that nobody can explain is never taken away.",
  remediation: "set description, and ipProtocol to tcp or udp",
  demands: [
    { finding: "no-description", at: "description", must: hasForm(/\S/, "what the rule is for") },
    { finding: "protocol", at: "ipProtocol", must: isNoneOf(["-1", "all"]) },
  ],
  examples: {
    good: { description: "PostgreSQL from the service", ipProtocol: "tcp" },
    fail: [
      bad("no description", { description: null }, "no-description"),
      bad("every protocol", { ipProtocol: "-1" }, "protocol"),
    ],
    unknown: ["description", "ipProtocol"],
  },
});

/** Who reads a group knows who is in it, and rules stand by themselves. */
export const groupDescribed = propertyRule({
  id: "security-group-described",
  title: "Security groups say whom they hold and have their rules as resources of their own",
  severity: "medium",
  type: "aws:ec2/securityGroup:SecurityGroup",
  refs: { checkov: ["CKV_AWS_23"], cdkNag: ["AwsSolutions-EC27"] },
  gdpr: ["25", "32(1)(d)"],
  rationale:
    "Rules inside the group and beside it undo each other in turn, and only those beside it are reviewed one by one.",
  remediation: "set description, and make SecurityGroupIngressRule and SecurityGroupEgressRule resources",
  demands: [
    {
      finding: "no-description",
      at: "description",
      must: hasForm(/^(?!Managed by Pulumi$).*\S/, "who is in the group"),
    },
    { finding: "inline-ingress", at: "ingress", must: isLeftOut },
    { finding: "inline-egress", at: "egress", must: isLeftOut },
  ],
  examples: {
    good: { description: "Tasks of the service" },
    pass: [good("empty lists", { ingress: [], egress: [] })],
    fail: [
      bad("no description", { description: null }, "no-description"),
      bad("Pulumi's own", { description: "Managed by Pulumi" }, "no-description"),
      bad("inline ingress", { ingress: [{}] }, "inline-ingress"),
      bad("inline egress", { egress: [{}] }, "inline-egress"),
    ],
    unknown: ["description", "ingress", "egress"],
  },
});

/** Nobody comes in past the gateways, whatever a route or group says. */
export const vpcAccessBlocked = propertyRule({
  id: "vpc-access-blocked",
  title: "VPC Block Public Access refuses traffic from the Internet",
  severity: "high",
  type: "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
  refs: { securityHub: ["EC2.172"] },
  gdpr: ["25", "32(1)(b)"],
  rationale: "One setting of the account stands behind every route and security group.",
  remediation: "set internetGatewayBlockMode to block-ingress or block-bidirectional",
  demands: [
    {
      finding: "open",
      at: "internetGatewayBlockMode",
      must: isOneOf(["block-ingress", "block-bidirectional"]),
    },
  ],
  examples: {
    good: { internetGatewayBlockMode: "block-ingress" },
    fail: [bad("off", { internetGatewayBlockMode: "off" }, "open")],
    unknown: ["internetGatewayBlockMode"],
  },
});

/** Endpoints are for the account's own use. */
export const endpointGuarded = propertyRule({
  id: "endpoint-guarded",
  title: "VPC endpoints have a policy, a security group and the service's own name",
  severity: "medium",
  type: "aws:ec2/vpcEndpoint:VpcEndpoint",
  refs: { securityHub: ["EC2.10"], prowler: ["vpc_endpoint_connections_trust_boundaries"] },
  gdpr: ["25", "32(1)(b)", "44"],
  rationale:
    "AWS's default policy lets data go to any account; without the private name calls go around the endpoint.",
  remediation: "set policy, and for interface endpoints privateDnsEnabled to true and securityGroupIds",
  demands: [{ finding: "no-policy", at: "policy", must: isGiven }],
  also: {
    reads: ["vpcEndpointType", "privateDnsEnabled", "securityGroupIds"],
    judge: (props) => {
      const type = props.string("vpcEndpointType");
      // Gateway endpoints, AWS's default type, are routes: they have neither a name nor a group.
      return type.kind === "known" && type.value === "Interface"
        ? [
            ...meets(props, "privateDnsEnabled", isTrue, "public-name"),
            ...meets(props, "securityGroupIds", isGiven, "no-security-group"),
          ]
        : [];
    },
  },
  examples: {
    good: {
      policy: "{}",
      privateDnsEnabled: true,
      securityGroupIds: ["sg-0a1b"],
      vpcEndpointType: "Interface",
    },
    pass: [good("gateway", { vpcEndpointType: "Gateway", privateDnsEnabled: null, securityGroupIds: null })],
    fail: [
      bad("AWS's default policy", { policy: null }, "no-policy"),
      bad("calls go around it", { privateDnsEnabled: null }, "public-name"),
      bad("default security group", { securityGroupIds: [] }, "no-security-group"),
    ],
    unknown: ["privateDnsEnabled"],
    made: ["policy", "securityGroupIds"],
  },
});
