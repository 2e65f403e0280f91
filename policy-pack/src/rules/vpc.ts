import { type Example, type ExampleProps, type ExampleResource, one, UNKNOWN } from "../engine/example";
import type { Graph, Reference } from "../engine/graph";
import type { Resource } from "../engine/resource";
import { defineRule, type Finding } from "../engine/rule";

const VPC = "aws:ec2/vpc:Vpc";
const DEFAULT_VPC = "aws:ec2/defaultVpc:DefaultVpc";
const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const VPCS = [VPC, DEFAULT_VPC];

const vpc = (name = "example", rest: Partial<ExampleResource> = {}): ExampleResource => ({
  type: VPC,
  name,
  props: {},
  ...rest,
});
const satellite = (
  type: string,
  props: ExampleProps,
  dependsOn: readonly string[] = ["example"],
): ExampleResource => ({
  type,
  name: "satellite",
  props: { vpcId: UNKNOWN, ...props },
  dependsOn: { vpcId: dependsOn },
});
const stack = (
  title: string,
  resources: readonly ExampleResource[],
  ...findings: readonly string[]
): Example => ({
  title,
  resources,
  findings,
});
const log = (props: ExampleProps = {}, dependsOn?: readonly string[]) =>
  satellite(FLOW_LOG, { trafficType: "ALL", ...props }, dependsOn);
const component = { type: "awsx:ec2:Vpc", name: "component", props: {} };

/** Every VPC records its traffic. */
export const vpcFlowLogs = defineRule({
  id: "vpc-flow-logs",
  title: "Every VPC has a flow log for all traffic",
  severity: "high",
  scope: "stack",
  types: { [VPC]: [], [DEFAULT_VPC]: [], [FLOW_LOG]: ["vpcId", "trafficType"] },
  refs: {
    checkov: ["CKV2_AWS_11"],
    securityHub: ["EC2.6"],
    cdkNag: ["AwsSolutions-VPC7"],
    prowler: ["vpc_flow_logs_enabled"],
  },
  gdpr: ["32(1)(d)", "33"],
  rationale: "Without flow logs nobody can tell after an incident which data left the network.",
  remediation: "add an aws.ec2.FlowLog with the VPC's id as vpcId and trafficType ALL",
  configSchema: {},
  examples: {
    pass: [
      stack("joined by dependency, ids unknown", [vpc(), log()]),
      stack("joined through the component that holds the VPC", [
        component,
        vpc("example", { parent: "component" }),
        log({}, ["component"]),
      ]),
      stack("joined by the id in the VPC's ARN", [
        vpc("example", { props: { arn: "arn:aws:ec2:eu-central-1:111122223333:vpc/vpc-0a1b" } }),
        log({ vpcId: "vpc-0a1b" }, []),
      ]),
    ],
    fail: [
      stack("no flow log", [vpc()], "none"),
      stack("second VPC without one", [vpc(), vpc("second"), log()], "none@second"),
      stack("rejected traffic only", [vpc(), log({ trafficType: "REJECT" })], "none"),
      stack("null traffic type", [vpc(), log({ trafficType: null })], "none"),
      stack("flow log of another VPC", [vpc(), log({ vpcId: "vpc-elsewhere" }, [])], "none"),
      stack("flow log of a subnet", [vpc(), log({ vpcId: null }, [])], "none"),
      stack(
        "a component with two VPCs says nothing about either",
        [
          component,
          vpc("example", { parent: "component" }),
          vpc("second", { parent: "component" }),
          log({ vpcId: "vpc-x" }, ["component"]),
        ],
        "none@example",
        "none@second",
      ),
    ],
    unknown: [
      stack("traffic type unknown", [vpc(), log({ trafficType: UNKNOWN })], "unknown"),
      stack("reference that can't be followed", [vpc(), log({}, [])], "unknown"),
    ],
    notApplicable: [stack("no VPC", [{ type: "aws:sns/topic:Topic", props: {} }])],
  },
  check: ({ graph, notApplicable }) => {
    const logs = graph.ofTypes([FLOW_LOG]);
    return perVpc(graph, notApplicable, (target) => {
      const answers = logs.map((entry) => both(graph.refersTo(entry, "vpcId", target), recordsAll(entry)));
      return presence(
        answers,
        "the VPC has no flow log with trafficType ALL",
        "the VPC's flow log is not known yet",
      );
    });
  },
});

const group = (props: ExampleProps = {}, dependsOn?: readonly string[]) =>
  satellite(DEFAULT_GROUP, props, dependsOn);
const groupRefs = {
  checkov: ["CKV2_AWS_12"],
  securityHub: ["EC2.2"],
  cdkNag: ["VPCDefaultSecurityGroupClosed"],
  prowler: ["ec2_securitygroup_default_restrict_traffic"],
} as const;
const groupRationale =
  "AWS's default security group lets its members talk to each other and out to anywhere; whatever forgets to name a group lands in it.";

/** The default security group is under management, so that it can be emptied. */
export const defaultSecurityGroupManaged = defineRule({
  id: "default-security-group-managed",
  title: "Every VPC's default security group is managed",
  severity: "high",
  scope: "stack",
  types: { [VPC]: [], [DEFAULT_VPC]: [], [DEFAULT_GROUP]: ["vpcId"] },
  refs: groupRefs,
  gdpr: ["25", "32(1)(b)"],
  rationale: groupRationale,
  remediation: "add an aws.ec2.DefaultSecurityGroup with the VPC's id as vpcId and no rules",
  configSchema: {},
  examples: {
    pass: [stack("managed", [vpc(), group()])],
    fail: [
      stack("not managed", [vpc()], "none"),
      stack("only one of two", [vpc(), vpc("second"), group({}, ["second"])], "none"),
      stack("the account's default VPC", [{ type: DEFAULT_VPC, props: {} }], "none"),
    ],
    unknown: [stack("reference that can't be followed", [vpc(), group({}, [])], "unknown")],
    notApplicable: [stack("no VPC", [group()])],
  },
  check: ({ graph, notApplicable }) => {
    const groups = graph.ofTypes([DEFAULT_GROUP]);
    return perVpc(graph, notApplicable, (target) =>
      presence(
        groups.map((entry) => graph.refersTo(entry, "vpcId", target)),
        "the VPC's default security group is not managed",
        "the VPC of a managed default security group is not known yet",
      ),
    );
  },
});

/** A managed default security group admits nothing. */
export const defaultSecurityGroupEmpty = defineRule({
  id: "default-security-group-empty",
  title: "Default security groups have no rules",
  severity: "high",
  scope: "resource",
  types: { [DEFAULT_GROUP]: ["ingress", "egress"] },
  refs: groupRefs,
  gdpr: ["25", "32(1)(b)"],
  rationale: groupRationale,
  remediation: "remove the rules and give the resources that used them a security group of their own",
  configSchema: {},
  examples: {
    pass: [
      one("nothing given", DEFAULT_GROUP, {}),
      one("empty and null lists", DEFAULT_GROUP, { ingress: [], egress: null }),
    ],
    fail: [
      one("ingress", DEFAULT_GROUP, { ingress: [{ protocol: "-1", self: true }] }, { findings: ["ingress"] }),
      one("both", DEFAULT_GROUP, { ingress: [{}], egress: [UNKNOWN] }, { findings: ["ingress", "egress"] }),
    ],
    unknown: [one("list unknown", DEFAULT_GROUP, { ingress: UNKNOWN }, { findings: ["unknown"] })],
    notApplicable: [one("another type", VPC, {})],
  },
  check: ({ resource }) =>
    ["ingress", "egress"].flatMap((name): readonly Finding[] => {
      const rules = resource.props.list(name);
      if (rules.kind === "unknown") {
        return [{ id: "unknown", status: "indeterminate", problem: `${name} is not known yet` }];
      }
      return rules.kind === "known" && rules.value.length > 0
        ? [{ id: name, status: "fail", problem: `${name} has rules`, allowed: "Allowed: none" }]
        : [];
    }),
});

function perVpc(
  graph: Graph,
  notApplicable: (reason: string) => never,
  judge: (target: Resource) => readonly Finding[],
): readonly Finding[] {
  const targets = graph.ofTypes(VPCS);
  if (targets.length === 0) {
    return notApplicable("the stack has no VPC");
  }
  return targets.flatMap((target) => judge(target).map((finding) => ({ ...finding, urn: target.urn })));
}

function recordsAll({ props }: Resource): Reference {
  const traffic = props.string("trafficType");
  return traffic.kind === "unknown"
    ? "unknown"
    : traffic.kind === "known" && traffic.value === "ALL"
      ? "yes"
      : "no";
}

function both(first: Reference, second: Reference): Reference {
  return first === "no" || second === "no" ? "no" : first === "yes" ? second : first;
}

function presence(answers: readonly Reference[], missing: string, undecided: string): readonly Finding[] {
  if (answers.includes("yes")) {
    return [];
  }
  return answers.includes("unknown")
    ? [{ id: "unknown", status: "indeterminate", problem: undecided }]
    : [{ id: "none", status: "fail", problem: missing, allowed: "Required: one for every VPC" }];
}
