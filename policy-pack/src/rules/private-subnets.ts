import { type Example, type ExampleProps, type ExampleResource, UNKNOWN } from "../engine/example";
import type { Graph } from "../engine/graph";
import { fail, notKnownYet } from "../engine/judge";
import type { Place } from "../engine/place";
import type { Resource } from "../engine/resource";
import { defineRule, type Finding } from "../engine/rule";

const SUBNET = "aws:ec2/subnet:Subnet";
const TABLE = "aws:ec2/routeTable:RouteTable";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const ROUTE = "aws:ec2/route:Route";

/** Types that hold data, with the property that names their subnets. */
const HOLDERS: Readonly<Record<string, string>> = {
  "aws:rds/subnetGroup:SubnetGroup": "subnetIds",
  "aws:elasticache/subnetGroup:SubnetGroup": "subnetIds",
  "aws:efs/mountTarget:MountTarget": "subnetId",
};
const GROUP = "aws:rds/subnetGroup:SubnetGroup";
const WAYS_OUT = [
  "gatewayId",
  "natGatewayId",
  "egressOnlyGatewayId",
  "transitGatewayId",
  "vpcPeeringConnectionId",
];

const named = (
  type: string,
  name: string,
  props: ExampleProps,
  dependsOn: Readonly<Record<string, readonly string[]>> = {},
) => ({
  type,
  name,
  props,
  dependsOn,
});
const isolated: readonly ExampleResource[] = [
  named(SUBNET, "subnet", {}),
  named(TABLE, "table", {}),
  named(
    ASSOCIATION,
    "association",
    { subnetId: UNKNOWN, routeTableId: UNKNOWN },
    { subnetId: ["subnet"], routeTableId: ["table"] },
  ),
];
const holder = (type = GROUP, property = "subnetIds"): ExampleResource => ({
  type,
  props: { [property]: UNKNOWN },
  dependsOn: { [property]: ["subnet"] },
});
const route = (props: ExampleProps) =>
  named(ROUTE, "route", { routeTableId: UNKNOWN, ...props }, { routeTableId: ["table"] });
const stack = (
  title: string,
  resources: readonly ExampleResource[],
  ...findings: readonly string[]
): Example => ({
  title,
  resources,
  findings,
});

/** From where data lies there is no way out. */
export const dataSubnetsIsolated = defineRule({
  id: "data-subnets-isolated",
  title: "Databases, caches and files lie in subnets without a route out of the VPC",
  severity: "high",
  scope: "stack",
  types: {
    ...Object.fromEntries(Object.entries(HOLDERS).map(([type, property]) => [type, [property]])),
    [SUBNET]: [],
    [TABLE]: ["routes"],
    [ASSOCIATION]: ["subnetId", "routeTableId"],
    [ROUTE]: ["routeTableId", ...WAYS_OUT],
  },
  refs: {
    securityHub: ["EFS.6", "RDS.18"],
    cdkNag: ["VPCNoUnrestrictedRouteToIGW"],
    prowler: ["rds_instance_inside_vpc", "vpc_subnet_separate_private_public"],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale:
    "Where no route leads out, a wrong security group opens nothing, and stolen data has nowhere to go.",
  remediation: "use the isolated subnets, and keep routes to gateways off their tables",
  configSchema: {},
  examples: {
    pass: [
      stack("isolated", [holder(), ...isolated]),
      ...Object.entries(HOLDERS).map(([type, property]) =>
        stack(`isolated: ${type.split(":")[2] ?? ""} ${type.split("/")[0] ?? ""}`, [
          holder(type, property),
          ...isolated,
        ]),
      ),
      stack("table not known yet", [
        holder(),
        ...isolated.map((it): ExampleResource =>
          it.type === TABLE ? { ...it, props: { routes: UNKNOWN } } : it,
        ),
      ]),
      stack("endpoint's route", [holder(), ...isolated, route({ gatewayId: "vpce-0a1b" })]),
    ],
    fail: [
      stack("to the Internet", [holder(), ...isolated, route({ gatewayId: "igw-0a1b" })], "way-out"),
      stack("through NAT", [holder(), ...isolated, route({ natGatewayId: UNKNOWN })], "way-out"),
      stack(
        "a route inside the table",
        [
          holder(),
          isolated[0],
          named(TABLE, "table", { routes: [{ gatewayId: "igw-0a1b" }] }),
          isolated[2],
        ].filter((it) => it !== undefined),
        "way-out",
      ),
      stack("the VPC's main table", [holder(), named(SUBNET, "subnet", {})], "main-table"),
    ],
    unknown: [
      stack(
        "subnets that can't be followed",
        [{ type: GROUP, props: { subnetIds: UNKNOWN } }, ...isolated],
        "unknown",
      ),
    ],
    notApplicable: [stack("nothing holds data", isolated)],
  },
  check: ({ graph, notApplicable }) => {
    const holders = graph.ofTypes(Object.keys(HOLDERS));
    if (holders.length === 0) {
      return notApplicable("nothing in the stack holds data in subnets");
    }
    return holders.flatMap((entry) => {
      const property = HOLDERS[entry.type] ?? "";
      const subnets = graph.targets(entry, property, [SUBNET]);
      if (subnets.kind !== "known") {
        return subnets.kind === "unknown" ? [notKnownYet(property, entry.urn)] : [];
      }
      return subnets.value.flatMap((subnet) => judgeSubnet(graph, subnet, entry));
    });
  },
});

function judgeSubnet(graph: Graph, subnet: Resource, { urn }: Resource): readonly Finding[] {
  const associations = graph.referrers([ASSOCIATION], "subnetId", subnet);
  if (associations.found.length === 0) {
    return [
      associations.isOpen
        ? notKnownYet(`the route table of ${subnet.name}`, urn)
        : fail("main-table", `${subnet.name} has no route table of its own`, "Required: one", { urn }),
    ];
  }
  const tables = associations.found.flatMap((association) => {
    const found = graph.targets(association, "routeTableId", [TABLE]);
    return found.kind === "known" ? found.value : [];
  });
  const isOut = tables.some(
    (table) =>
      inlineRoutes(table).some((route) => WAYS_OUT.some((way) => leadsOut(route.at(way)))) ||
      graph
        .referrers([ROUTE], "routeTableId", table)
        .found.some(({ props }) => WAYS_OUT.some((way) => leadsOut(props.at(way)))),
  );
  return isOut
    ? [fail("way-out", `${subnet.name} has a route out of the VPC`, "Allowed: none", { urn })]
    : [];
}

// AWS answers with all routes of a table, so before creation the list is not known even where none is inside.
function inlineRoutes(table: Resource): readonly Place[] {
  const routes = table.props.at("routes");
  return routes.kind === "known" ? routes.items() : [];
}

// A route that this run makes has a gateway, whose id is not known yet. A gateway endpoint is AWS's own road.
function leadsOut(place: Place): boolean {
  const gateway = place.string();
  return (
    gateway.kind === "unknown" ||
    (gateway.kind === "known" && gateway.value !== "" && !/^(local$|vpce-)/.test(gateway.value))
  );
}
