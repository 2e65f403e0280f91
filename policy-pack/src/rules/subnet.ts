import { one, UNKNOWN } from "../engine/example";
import { defineRule, type Finding } from "../engine/rule";

const SUBNET = "aws:ec2/subnet:Subnet";
const DEFAULT_SUBNET = "aws:ec2/defaultSubnet:DefaultSubnet";

/** Nothing gets a public address by being launched. */
export const subnetNoPublicIp = defineRule({
  id: "subnet-no-public-ip",
  title: "Subnets give no public address at launch",
  severity: "high",
  scope: "resource",
  types: {
    [SUBNET]: ["mapPublicIpOnLaunch", "assignIpv6AddressOnCreation"],
    [DEFAULT_SUBNET]: ["mapPublicIpOnLaunch", "assignIpv6AddressOnCreation"],
  },
  refs: {
    checkov: ["CKV_AWS_130"],
    securityHub: ["EC2.15"],
    cdkNag: ["VPCSubnetAutoAssignPublicIpDisabled"],
    prowler: ["vpc_subnet_no_public_ip_by_default"],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale:
    "A public address should be somebody's decision, not what a subnet does to all that is put into it.",
  remediation:
    "set mapPublicIpOnLaunch and assignIpv6AddressOnCreation to false (awsx sets the first on public subnets: switch it off by a transform)",
  configSchema: {},
  examples: {
    pass: [
      one("AWS's default", SUBNET, {}),
      one("both off", SUBNET, { mapPublicIpOnLaunch: false, assignIpv6AddressOnCreation: false }),
      one("default subnet, switched off", DEFAULT_SUBNET, { mapPublicIpOnLaunch: false }),
    ],
    fail: [
      one("public IPv4", SUBNET, { mapPublicIpOnLaunch: true }, { findings: ["ipv4"] }),
      one("public IPv6", SUBNET, { assignIpv6AddressOnCreation: true }, { findings: ["ipv6"] }),
      one("default subnets map by default", DEFAULT_SUBNET, {}, { findings: ["ipv4"] }),
    ],
    unknown: [one("unknown", SUBNET, { mapPublicIpOnLaunch: UNKNOWN }, { findings: ["unknown"] })],
    notApplicable: [one("another type", "aws:ec2/vpc:Vpc", {})],
  },
  check: ({ resource }) =>
    [
      { id: "ipv4", property: "mapPublicIpOnLaunch", byDefault: resource.type === DEFAULT_SUBNET },
      { id: "ipv6", property: "assignIpv6AddressOnCreation", byDefault: false },
    ].flatMap(({ id, property, byDefault }): readonly Finding[] => {
      const flag = resource.props.boolean(property);
      if (flag.kind === "unknown") {
        return [{ id: "unknown", status: "indeterminate", problem: `${property} is not known yet` }];
      }
      return (flag.kind === "known" ? flag.value : byDefault)
        ? [{ id, status: "fail", problem: `${property} is on`, allowed: "Allowed: false" }]
        : [];
    }),
});
