import { type Cidr, formatCidr, isPrivate, mergeCidrs, parseCidr } from "../engine/cidr";
import { type ExampleValue, one, UNKNOWN } from "../engine/example";
import type { Props } from "../engine/resource";
import { defineRule, type Finding } from "../engine/rule";
import { readBag, readList, readString, type Tri } from "../engine/tri";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

interface IngressConfig {
  readonly minPublicPrefixIpv4: number;
  readonly minPublicPrefixIpv6: number;
}

/** A place that holds an address block, or that can't be read yet. */
interface Source {
  readonly path: string;
  readonly block: Tri<string>;
}

const rule = (cidrBlocks: readonly ExampleValue[]) => ({
  type: "ingress",
  fromPort: 443,
  toPort: 443,
  cidrBlocks,
});
const inline = (...ingress: readonly ExampleValue[]) => ({ ingress });
const open = { findings: ["world-open"] };

/** Nothing lets the Internet in. */
export const noOpenIngress = defineRule<IngressConfig>({
  id: "no-open-ingress",
  title: "Security groups admit no world-open address range",
  severity: "critical",
  scope: "resource",
  types: {
    [GROUP]: ["ingress"],
    [RULE]: ["type", "cidrBlocks", "ipv6CidrBlocks"],
    [INGRESS_RULE]: ["cidrIpv4", "cidrIpv6"],
  },
  refs: {
    checkov: ["CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "CKV_AWS_277"],
    securityHub: ["EC2.18", "EC2.19"],
    cdkNag: ["AwsSolutions-EC23"],
    prowler: ["ec2_securitygroup_allow_ingress_from_internet_to_all_ports"],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale:
    "Services are reached through private endpoints and the API: a world-open port goes around both.",
  remediation:
    "name the source security group (referencedSecurityGroupId), or the exact address range of the caller",
  configSchema: {
    minPublicPrefixIpv4: {
      type: "integer",
      minimum: 1,
      maximum: 32,
      description: "Shortest prefix of a public IPv4 range.",
      default: 8,
    },
    minPublicPrefixIpv6: {
      type: "integer",
      minimum: 1,
      maximum: 128,
      description: "Shortest prefix of a public IPv6 range.",
      default: 16,
    },
  },
  examples: {
    pass: [
      one("no ingress", GROUP, {}),
      one("private range inline", GROUP, inline({ cidrBlocks: ["10.0.0.0/8"], fromPort: 0, toPort: 0 })),
      one("source group", RULE, { type: "ingress", sourceSecurityGroupId: "sg-0a1b2c3d" }),
      one("public range, narrow enough", INGRESS_RULE, { cidrIpv4: "20.0.0.0/8" }),
      one("private IPv6", INGRESS_RULE, { cidrIpv6: "fc00::/7" }),
    ],
    fail: [
      one("all of IPv4", INGRESS_RULE, { cidrIpv4: "0.0.0.0/0" }, open),
      one("all of IPv6", INGRESS_RULE, { cidrIpv6: "::/0" }, open),
      one("all of IPv6, long form", INGRESS_RULE, { cidrIpv6: "0:0:0:0:0:0:0:0/0" }, open),
      one("IPv4 in IPv6 clothes", INGRESS_RULE, { cidrIpv6: "::ffff:0:0/96" }, open),
      one("host bits hide the size", INGRESS_RULE, { cidrIpv4: "203.0.113.9/0" }, open),
      one("inline", GROUP, inline({ cidrBlocks: ["10.0.0.0/16", "0.0.0.0/0"] }), open),
      one("inline IPv6", GROUP, inline({ ipv6CidrBlocks: ["::/0"] }), open),
      one("two halves", RULE, rule(["0.0.0.0/1", "128.0.0.0/1"]), { findings: ["world-open", "world-open"] }),
      one("quarters that join", RULE, rule(["16.0.0.0/8", "17.0.0.0/8"]), { findings: ["joined-open"] }),
      one(
        "half of it over two inline rules",
        GROUP,
        inline({ cidrBlocks: ["18.0.0.0/8"] }, { cidrBlocks: ["19.0.0.0/8"] }),
        { findings: ["joined-open"] },
      ),
      one("wider than a private range", RULE, rule(["10.0.0.0/7"]), open),
      one("stricter limit", RULE, rule(["20.0.0.0/8"]), { ...open, config: { minPublicPrefixIpv4: 16 } }),
      one("not an address range", RULE, rule(["10.0.0.0"]), { findings: ["malformed"] }),
      one("octal look-alike", RULE, rule(["0012.0.0.0/8"]), { findings: ["malformed"] }),
    ],
    unknown: [
      one("range unknown", INGRESS_RULE, { cidrIpv4: UNKNOWN }, { findings: ["unknown"] }),
      one(
        "list unknown, other list open",
        RULE,
        { type: "ingress", cidrBlocks: UNKNOWN, ipv6CidrBlocks: ["::/0"] },
        { findings: ["unknown", "world-open"] },
      ),
      one("one element unknown", RULE, rule(["10.0.0.0/16", UNKNOWN]), { findings: ["unknown"] }),
      one("inline rules unknown", GROUP, { ingress: UNKNOWN }, { findings: ["unknown"] }),
      one("an inline rule unknown", GROUP, inline(UNKNOWN), { findings: ["unknown"] }),
      one("direction unknown", RULE, { type: UNKNOWN, cidrBlocks: ["0.0.0.0/0"] }, { findings: ["unknown"] }),
    ],
    notApplicable: [
      one("egress", RULE, { type: "egress", cidrBlocks: ["0.0.0.0/0"] }),
      one("another type", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", {
        cidrIpv4: "0.0.0.0/0",
      }),
    ],
  },
  check: ({ resource, config, notApplicable }) => {
    if (resource.type === RULE) {
      const direction = resource.props.string("type");
      if (direction.kind === "unknown") {
        return [undecided("type")];
      }
      if (direction.kind === "known" && direction.value === "egress") {
        return notApplicable("the rule is for egress");
      }
    }
    return judge(sources(resource.type, resource.props), config);
  },
});

function sources(type: string, props: Props): readonly Source[] {
  switch (type) {
    case INGRESS_RULE:
      return ["cidrIpv4", "cidrIpv6"].map((path) => ({ path, block: props.string(path) }));
    case RULE:
      return ["cidrBlocks", "ipv6CidrBlocks"].flatMap((path) => elements(props.raw(path), path));
    default:
      return inlineSources(props);
  }
}

function inlineSources(props: Props): readonly Source[] {
  const rules = props.list("ingress");
  if (rules.kind !== "known") {
    return [{ path: "ingress", block: rules }];
  }
  return rules.value.flatMap((entry, index) => {
    const path = `ingress[${index}]`;
    const fields = readBag(entry, path);
    return fields.kind === "known"
      ? ["cidrBlocks", "ipv6CidrBlocks"].flatMap((name) => elements(fields.value[name], `${path}.${name}`))
      : [{ path, block: fields }];
  });
}

function elements(value: unknown, path: string): readonly Source[] {
  const list = readList(value, path);
  return list.kind === "known"
    ? list.value.map((element, index) => ({
        path: `${path}[${index}]`,
        block: readString(element, `${path}[${index}]`),
      }))
    : [{ path, block: list }];
}

function judge(found: readonly Source[], config: IngressConfig): readonly Finding[] {
  const findings: Finding[] = [];
  const narrow: Cidr[] = [];
  for (const { path, block } of found) {
    if (block.kind === "unknown") {
      findings.push(undecided(path));
    } else if (block.kind === "known") {
      const cidr = parseCidr(block.value);
      if (cidr === undefined) {
        findings.push(malformed(path));
      } else if (isTooWide(cidr, config)) {
        findings.push(tooWide("world-open", `${path} opens ${formatCidr(cidr)}`, config));
      } else {
        narrow.push(cidr);
      }
    }
  }
  const joined = mergeCidrs(narrow).filter((cidr) => isTooWide(cidr, config));
  const texts = joined.map((cidr) =>
    tooWide("joined-open", `the ranges together open ${formatCidr(cidr)}`, config),
  );
  return [...findings, ...texts];
}

function isTooWide(cidr: Cidr, config: IngressConfig): boolean {
  const limit = cidr.family === 4 ? config.minPublicPrefixIpv4 : config.minPublicPrefixIpv6;
  return cidr.prefix < limit && !isPrivate(cidr);
}

function tooWide(id: string, problem: string, config: IngressConfig): Finding {
  const limits = `/${config.minPublicPrefixIpv4} (IPv4) or /${config.minPublicPrefixIpv6} (IPv6)`;
  return {
    id,
    status: "fail",
    problem,
    allowed: `Allowed: private ranges, and public ones no wider than ${limits}`,
  };
}

function malformed(path: string): Finding {
  return {
    id: "malformed",
    status: "fail",
    problem: `${path} is not an address range`,
    allowed: "Allowed: IPv4 as a.b.c.d/n with decimal parts, or IPv6 as x::/n",
    mend: "write the range in that form",
  };
}

function undecided(path: string): Finding {
  return { id: "unknown", status: "indeterminate", problem: `${path} is not known yet` };
}
