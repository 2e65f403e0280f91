import { bad, good, propertyRule } from "../engine/demand";
import { type Example, type ExampleProps, type ExampleResource, UNKNOWN } from "../engine/example";
import { fail, notKnownYet } from "../engine/judge";
import { placesAt } from "../engine/path";
import { defineRule } from "../engine/rule";
import { count } from "../engine/setting";

const CLUSTER = "aws:rds/cluster:Cluster";
const INSTANCE = "aws:rds/clusterInstance:ClusterInstance";
const GROUP = "aws:rds/clusterParameterGroup:ClusterParameterGroup";

const parameters = [
  { name: "rds.force_ssl", value: "1" },
  { name: "rds.accepted_password_auth_method", value: "scram" },
  { name: "log_statement", value: "none" },
];

// What a parameter has to be, and what is wrong otherwise.
const WANTED: readonly (readonly [name: string, values: readonly string[], finding: string])[] = [
  ["rds.force_ssl", ["1", "on", "true"], "clear-wire"],
  ["rds.accepted_password_auth_method", ["scram"], "weak-passwords"],
  ["log_statement", ["none"], "statements-logged"],
];

/** The database speaks TLS alone, keeps no weak password hashes and writes no statement into its log. */
export const rdsParameters = propertyRule({
  id: "rds-parameters",
  title: "Parameter groups of PostgreSQL clusters demand TLS and SCRAM, and log no statements",
  severity: "critical",
  type: GROUP,
  refs: { checkov: ["CKV2_AWS_69"], securityHub: ["RDS.38"], prowler: ["rds_instance_transport_encrypted"] },
  gdpr: ["5(1)(c)", "32(1)(a)"],
  rationale: "Clients speak in clear unless the server refuses it, and statements quote viewers' data.",
  remediation: "set rds.force_ssl to 1, rds.accepted_password_auth_method to scram and log_statement to none",
  skip: {
    reads: ["family"],
    why: (props) => {
      const family = props.string("family");
      return family.kind === "known" && !family.value.includes("postgresql")
        ? "the group is for another engine"
        : undefined;
    },
  },
  demands: [],
  also: {
    reads: ["parameters"],
    judge: (props) => {
      const entries = placesAt(props, "parameters[]");
      return WANTED.flatMap(([name, values, finding]) => {
        const entry = entries.find((place) => place.at("name").raw === name);
        const value = entry?.at("value").raw;
        if (typeof value === "string" && values.includes(value)) {
          return [];
        }
        return entry?.at("value").kind === "unknown" ||
          entries.some((place) => place.at("name").kind === "unknown")
          ? [notKnownYet("parameters")]
          : [fail(finding, `parameters lack ${name} = ${values[0] ?? ""}`, "Required: it")];
      });
    },
  },
  examples: {
    good: { family: "aurora-postgresql17", parameters },
    fail: [
      bad("clients may speak in clear", { "parameters[0].value": "0" }, "clear-wire"),
      bad("weak hashes", { "parameters[1].value": "md5+scram" }, "weak-passwords"),
      bad("statements in the log", { "parameters[2].value": "all" }, "statements-logged"),
      bad("nothing set", { parameters: null }, ["clear-wire", "weak-passwords", "statements-logged"]),
    ],
    unknown: ["parameters[0].value", "parameters"],
    notApplicable: [good("another engine", { family: "aurora-mysql8.0" })],
  },
});

const cluster: ExampleResource = {
  type: CLUSTER,
  props: { dbClusterParameterGroupName: UNKNOWN },
  dependsOn: { dbClusterParameterGroupName: ["group"] },
};
const group: ExampleResource = { type: GROUP, name: "group", props: {} };
const stack = (
  title: string,
  resources: readonly ExampleResource[],
  ...findings: readonly string[]
): Example => ({
  title,
  resources,
  findings,
});

/** The parameters that demand TLS are those of the cluster. */
export const rdsParametersUsed = defineRule({
  id: "rds-parameters-used",
  title: "Every database cluster uses a parameter group of the program",
  severity: "high",
  scope: "stack",
  types: { [CLUSTER]: ["dbClusterParameterGroupName"], [GROUP]: [] },
  refs: { checkov: ["CKV2_AWS_69"], securityHub: ["RDS.38"] },
  gdpr: ["32(1)(a)"],
  rationale: "AWS's default group lets clients speak in clear.",
  remediation: "set dbClusterParameterGroupName to the name of a group of the program",
  configSchema: {},
  examples: {
    pass: [stack("own group", [cluster, group])],
    fail: [
      stack("AWS's default", [{ type: CLUSTER, props: {} }, group], "default-group"),
      stack(
        "another's group",
        [{ type: CLUSTER, props: { dbClusterParameterGroupName: "default.aurora-postgresql17" } }, group],
        "default-group",
      ),
    ],
    unknown: [
      stack(
        "can't be followed",
        [{ type: CLUSTER, props: { dbClusterParameterGroupName: UNKNOWN } }, group],
        "unknown",
      ),
    ],
    notApplicable: [stack("no cluster", [group])],
  },
  check: ({ graph, notApplicable }) => {
    const clusters = graph.ofTypes([CLUSTER]);
    if (clusters.length === 0) {
      return notApplicable("the stack has no database cluster");
    }
    return clusters.flatMap((entry) => {
      const property = "dbClusterParameterGroupName";
      const found = graph.targets(entry, property, [GROUP]);
      if (found.kind === "unknown") {
        return [notKnownYet(property, entry.urn)];
      }
      return found.kind === "known" && found.value.length > 0
        ? []
        : [
            fail("default-group", `${property} names no group of the program`, "Required: one", {
              urn: entry.urn,
            }),
          ];
    });
  },
});

interface ZoneConfig {
  readonly minInstances: number;
  readonly minZones: number;
}

const instance = (name: string, availabilityZone: ExampleProps[string]): ExampleResource => ({
  type: INSTANCE,
  name,
  props: { clusterIdentifier: UNKNOWN, availabilityZone },
  dependsOn: { clusterIdentifier: ["example"] },
});

/** The loss of a zone leaves a database. */
export const rdsZones = defineRule<ZoneConfig>({
  id: "rds-zones",
  title: "Every database cluster has instances in more than one zone",
  severity: "high",
  scope: "stack",
  types: { [CLUSTER]: [], [INSTANCE]: ["clusterIdentifier", "availabilityZone"] },
  refs: {
    checkov: ["CKV_AWS_157"],
    securityHub: ["RDS.15"],
    cdkNag: ["RDSMultiAZSupport"],
    prowler: ["rds_cluster_multi_az"],
  },
  gdpr: ["32(1)(b)", "32(1)(c)"],
  rationale: "A zone that fails takes its instances along; a new one takes ten minutes.",
  remediation: "add a reader, and give the instances availabilityZone in turn",
  configSchema: {
    minInstances: count("Fewest instances of a cluster.", 2, 1),
    minZones: count("Fewest zones of a cluster.", 2, 1),
  },
  examples: {
    pass: [
      stack("two zones", [cluster, instance("a", "eu-central-1a"), instance("b", "eu-central-1b")]),
      {
        ...stack("one by configuration", [cluster, instance("a", "eu-central-1a")]),
        config: { minInstances: 1, minZones: 1 },
      },
    ],
    fail: [
      stack("one instance", [cluster, instance("a", "eu-central-1a")], "instances"),
      stack("one zone", [cluster, instance("a", "eu-central-1a"), instance("b", "eu-central-1a")], "zones"),
      stack("AWS chooses", [cluster, instance("a", null), instance("b", null)], "zones"),
    ],
    unknown: [
      stack("zones unknown", [cluster, instance("a", UNKNOWN), instance("b", UNKNOWN)], "unknown"),
      stack(
        "whose instance is not known",
        [cluster, { type: INSTANCE, name: "a", props: { clusterIdentifier: UNKNOWN } }],
        "unknown",
      ),
    ],
    notApplicable: [stack("no cluster", [group])],
  },
  check: ({ graph, config, notApplicable }) => {
    const clusters = graph.ofTypes([CLUSTER]);
    if (clusters.length === 0) {
      return notApplicable("the stack has no database cluster");
    }
    return clusters.flatMap((entry) => {
      const { urn } = entry;
      const { found, isOpen } = graph.referrers([INSTANCE], "clusterIdentifier", entry);
      const zones = found.map(({ props }) => props.string("availabilityZone"));
      const names = new Set(zones.flatMap((zone) => (zone.kind === "known" ? [zone.value] : [])));
      if (found.length < config.minInstances) {
        return [
          isOpen
            ? notKnownYet("which instances the cluster has", urn)
            : fail(
                "instances",
                `the cluster has too few instances (${found.length})`,
                `Required: ${config.minInstances}`,
                { urn },
              ),
        ];
      }
      if (names.size >= config.minZones) {
        return [];
      }
      return zones.some(({ kind }) => kind === "unknown")
        ? [notKnownYet("which zones the cluster's instances are in", urn)]
        : [
            fail(
              "zones",
              `the cluster's instances name too few zones (${names.size})`,
              `Required: ${config.minZones}`,
              { urn },
            ),
          ];
    });
  },
});
