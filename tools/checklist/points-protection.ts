import type { StackResource } from "../policy/stack-resources";
import { copiesOf } from "./copies";
import { at, type Inventory, listAt, named, textAt } from "./inventory";
import type { Point } from "./point";

/** Least days of backups. */
const BACKUP_DAYS = 7;
const ROTATION_DAYS = 365;
const ANYWHERE = ["0.0.0.0/0", "::/0"];
const BUCKET = "s3/bucket:Bucket";

/** Points about data, keys, logs of access and the network. */
export const PROTECTION_POINTS: readonly Point[] = [
  {
    number: 2,
    title: "MFA delete on buckets, or what stands in for it",
    holds: "every bucket keeps what is deleted as a version, and evidence is locked",
    look({ stack }) {
      // MFA delete needs the root user and excludes lifecycle rules, which the deletion of personal data needs.
      const buckets = stack.of(BUCKET);
      const locked = (bucket: StackResource) =>
        stack.has(
          "s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
          "bucket",
          bucket.outputs["bucket"],
        );
      // AWS Config can't deliver into a locked bucket.
      const lockable = (bucket: StackResource) =>
        !stack.has("cfg/deliveryChannel:DeliveryChannel", "s3BucketName", bucket.outputs["bucket"]);
      const evidence = buckets.filter(
        (it) => at(it.outputs, "tagsAll", "retention-class") === "audit" && lockable(it),
      );
      const open = evidence.filter((bucket) => !locked(bucket));
      const tried = open.filter(({ inputs }) => at(inputs, "forceDestroy") === true);
      return {
        evidence: buckets.map((it) => `${named(it)}: versions${locked(it) ? ", object lock" : ""}`),
        faults: [
          ...(buckets.length === 0 ? ["there is no bucket"] : []),
          ...buckets.filter((it) => !isVersioned(stack, it)).map((it) => `${named(it)} keeps no versions`),
          ...open
            .filter((it) => !tried.includes(it))
            .map((it) => `${named(it)} holds evidence and has no object lock`),
        ],
        ...(tried.length > 0 && {
          byHand: `${tried.map(named).join(", ")}: evidence without a lock, in a stack that may be destroyed; never put real evidence there`,
        }),
      };
    },
  },
  {
    number: 9,
    title: "Backup retention",
    holds: `everything that holds data can be restored for ${BACKUP_DAYS} days or more`,
    look({ stack }) {
      const kept = [
        ...days(stack, "rds/cluster:Cluster", "backupRetentionPeriod"),
        ...days(stack, "elasticache/replicationGroup:ReplicationGroup", "snapshotRetentionLimit"),
      ];
      const plans = stack.of("backup/plan:Plan");
      const rules = plans.flatMap((plan) =>
        listAt(plan.inputs, "rules").map((rule) => ({
          what: `${named(plan)}, ${String(at(rule, "ruleName"))}`,
          days: Number(at(rule, "lifecycle", "deleteAfter") ?? 0),
        })),
      );
      const files = stack.of("efs/fileSystem:FileSystem");
      const copies = copiesOf(stack).map(({ name, to, behind, days }) => ({
        what: `copy of ${name} to ${to}`,
        behind,
        days,
      }));
      return {
        evidence: [
          ...[...kept, ...rules].map((it) => `${it.what}: ${it.days} days`),
          ...copies.map(
            (it) => `${it.what}: ${it.behind}${it.days === undefined ? "" : `, ${it.days} days`}`,
          ),
        ],
        faults: [
          ...(kept.length === 0 ? ["there is nothing with backups of its own"] : []),
          ...[...kept, ...rules]
            .filter((it) => it.days < BACKUP_DAYS)
            .map((it) => `${it.what}: ${it.days} days`),
          ...copies
            .filter(({ days = BACKUP_DAYS }) => days < BACKUP_DAYS)
            .map((it) => `${it.what}: ${it.days ?? 0} days`),
          ...(rules.length === 0 ? files.map((it) => `${named(it)} is in no backup plan`) : []),
        ],
      };
    },
  },
  {
    number: 11,
    title: "KMS rotation",
    holds: "every key is rotated once a year or more often",
    look({ stack }) {
      const keys = stack.of("kms/key:Key");
      const period = (key: StackResource) => Number(at(key.inputs, "rotationPeriodInDays") ?? ROTATION_DAYS);
      return {
        evidence: keys.map((key) => `${named(key)}: every ${period(key)} days`),
        faults: [
          ...(keys.length === 0 ? ["there is no key"] : []),
          ...keys
            .filter((key) => at(key.inputs, "enableKeyRotation") !== true || period(key) > ROTATION_DAYS)
            .map((key) => `${named(key)} is not rotated every year`),
        ],
      };
    },
  },
  {
    number: 14,
    title: "Access logging for all services",
    holds: "buckets, load balancer, API, firewall, database and cache write down who came",
    look({ stack }) {
      const logs = loggingOf(stack);
      return {
        evidence: logs
          .filter(({ logged }) => logged !== undefined)
          .map(({ resource, logged }) => `${named(resource)}: ${String(logged)}`),
        faults: [
          ...(logs.length === 0 ? ["there is nothing that could log"] : []),
          ...logs
            .filter(({ logged }) => logged === undefined)
            .map(({ resource }) => `${named(resource)} logs nothing`),
        ],
      };
    },
  },
  {
    number: 15,
    title: "Security groups reviewed",
    holds: "nothing is open to the internet, and the default group admits nobody",
    look({ stack }) {
      const groups = stack.of("ec2/securityGroup:SecurityGroup");
      const ingress = stack.of("vpc/securityGroupIngressRule:SecurityGroupIngressRule");
      const egress = stack.of("vpc/securityGroupEgressRule:SecurityGroupEgressRule");
      const inline = groups.filter(({ inputs }) => listAt(inputs, "ingress").length > 0);
      const defaults = stack.of("ec2/defaultSecurityGroup:DefaultSecurityGroup");
      return {
        evidence: [
          `${groups.length} groups, ${ingress.length} ways in, ${egress.length} ways out`,
          ...ingress.map((rule) => `in, ${ports(rule)}: ${textAt(rule.inputs, "description") ?? rule.name}`),
          ...egress
            .filter(isAnywhere)
            .map(
              (rule) => `out to anywhere, ${ports(rule)}: ${textAt(rule.inputs, "description") ?? rule.name}`,
            ),
        ],
        faults: [
          ...(groups.length === 0 ? ["there is no security group"] : []),
          ...ingress.filter(isAnywhere).map((rule) => `${named(rule)} is open to the internet`),
          ...inline.map((group) => `${named(group)} has rules of its own, which nobody reviews one by one`),
          ...(defaults.length === 0 ? ["the VPC's default group is as AWS made it"] : []),
          ...defaults
            .filter(({ inputs }) => listAt(inputs, "ingress").length + listAt(inputs, "egress").length > 0)
            .map((group) => `${named(group)} admits somebody`),
        ],
      };
    },
  },
  {
    number: 16,
    title: "VPC Flow Logs",
    holds: "every VPC writes down all traffic",
    look({ stack }) {
      const vpcs = stack.of("ec2/vpc:Vpc");
      const flowLogs = stack.of("ec2/flowLog:FlowLog");
      const isOf = (vpc: StackResource, { inputs, outputs }: StackResource) =>
        String(at(vpc.outputs, "arn")).endsWith(`/${String(at(inputs, "vpcId"))}`) &&
        at(outputs, "trafficType") === "ALL";
      return {
        evidence: flowLogs.map(
          (it) =>
            `${named(it)}: ${String(at(it.outputs, "trafficType"))} to ${String(at(it.inputs, "logDestination"))}`,
        ),
        faults: [
          ...(vpcs.length === 0 ? ["there is no VPC"] : []),
          ...vpcs
            .filter((vpc) => !flowLogs.some((it) => isOf(vpc, it)))
            .map((vpc) => `${named(vpc)} has no log of all traffic`),
        ],
      };
    },
  },
];

function isVersioned(stack: Inventory, bucket: StackResource): boolean {
  return stack
    .of("s3/bucketVersioning:BucketVersioning")
    .some(
      ({ inputs }) =>
        inputs["bucket"] === bucket.outputs["bucket"] &&
        at(inputs, "versioningConfiguration", "status") === "Enabled",
    );
}

function days(stack: Inventory, type: string, field: string) {
  return stack.of(type).map((it) => ({ what: named(it), days: Number(at(it.inputs, field) ?? 0) }));
}

/** Where each thing that can log its callers does so; undefined where it doesn't. */
function loggingOf(
  stack: Inventory,
): readonly { readonly resource: StackResource; readonly logged: unknown }[] {
  const targets = new Set(
    stack.of("s3/bucketLogging:BucketLogging").map(({ inputs }) => inputs["targetBucket"]),
  );
  const target = (type: string, field: string, value: unknown, where: string) =>
    at(stack.of(type).find(({ inputs }) => inputs[field] === value)?.inputs, where);
  const all = (type: string, logged: (resource: StackResource) => unknown) =>
    stack.of(type).map((resource) => ({ resource, logged: logged(resource) }));
  const list = (values: readonly unknown[]) =>
    values.length === 0 ? undefined : values.map(String).join(", ");
  return [
    ...all(BUCKET, ({ outputs }) =>
      targets.has(outputs["bucket"])
        ? "is where the others' logs go"
        : target("s3/bucketLogging:BucketLogging", "bucket", outputs["bucket"], "targetBucket"),
    ),
    ...all("lb/loadBalancer:LoadBalancer", ({ inputs }) =>
      at(inputs, "accessLogs", "enabled") === true ? at(inputs, "accessLogs", "bucket") : undefined,
    ),
    ...all("apigateway/stage:Stage", ({ inputs }) => at(inputs, "accessLogSettings", "destinationArn")),
    ...all("wafv2/webAcl:WebAcl", ({ outputs }) =>
      list(
        stack
          .of("wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration")
          .filter(({ inputs }) => inputs["resourceArn"] === outputs["arn"])
          .flatMap(({ inputs }) => listAt(inputs, "logDestinationConfigs")),
      ),
    ),
    ...all("rds/cluster:Cluster", ({ inputs }) => list(listAt(inputs, "enabledCloudwatchLogsExports"))),
    ...all("elasticache/replicationGroup:ReplicationGroup", ({ inputs }) =>
      list(listAt(inputs, "logDeliveryConfigurations").map((it) => at(it, "logType"))),
    ),
  ];
}

function isAnywhere({ inputs }: StackResource): boolean {
  return (
    ANYWHERE.includes(String(at(inputs, "cidrIpv4"))) || ANYWHERE.includes(String(at(inputs, "cidrIpv6")))
  );
}

function ports({ inputs }: StackResource): string {
  const [from, to] = [at(inputs, "fromPort"), at(inputs, "toPort")].map(String);
  return from === to ? `port ${from ?? ""}` : `ports ${from ?? ""} to ${to ?? ""}`;
}
