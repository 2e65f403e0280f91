import { scaled, total } from "../money";
import { findPrice } from "../prices";
import { type Charge, listOf, numberOf, type Pricing, standing, type Subject, textOf, used } from "./charge";

const GROUP = "aws:cloudwatch/logGroup:LogGroup";
/** What compression leaves of a log: an assumption, since AWS gives none. */
const COMPRESSED = 0.15;
const DAYS_A_MONTH = 30.4;

const isFlowLog = ({ name }: { readonly name: string }) => name.includes("flow-log");

const logGroup: Pricing = (subject) => {
  const { resource, stack, usage } = subject;
  const others = stack.ofType(GROUP).filter((group) => !isFlowLog(group)).length;
  const written = isFlowLog(resource) ? usage.logs.flowLogGb : scaled(usage.logs.gb, 1 / others);
  const months = numberOf(resource, "retentionInDays", 365) / DAYS_A_MONTH;
  const ingestion = isFlowLog(resource)
    ? "Vended logs (VPC flow, etc.) to CloudWatch, first 10 TB"
    : "Logs ingestion, Standard class";
  return [
    used(subject, "cloudwatch", ingestion, written),
    used(subject, "cloudwatch", "Logs storage (compressed)", scaled(written, COMPRESSED * months)),
  ];
};

const query: Pricing = (subject) => {
  const share = subject.stack.ofType("aws:cloudwatch/queryDefinition:QueryDefinition").length;
  return [
    used(subject, "cloudwatch", "Logs Insights scanned", scaled(subject.usage.logs.scannedGb, 1 / share)),
  ];
};

/** An alarm is charged for each metric that it reads. */
const alarm: Pricing = (subject) => {
  const metrics = listOf(subject.resource, "metricQueries").filter(({ metric }) => metric !== undefined);
  const dimension =
    numberOf(subject.resource, "period", 60) < 60
      ? "Alarm, high resolution"
      : "Alarm, standard resolution (per metric)";
  return [standing(subject, "cloudwatch", dimension, Math.max(1, metrics.length))];
};

const compositeAlarm: Pricing = (subject) => [standing(subject, "cloudwatch", "Composite alarm", 1)];

const metricFilter: Pricing = (subject) => [standing(subject, "cloudwatch", "Custom metrics, first 10k", 1)];

const dashboard: Pricing = (subject) => [
  standing(subject, "cloudwatch", "Dashboard (first 3 with <=50 metrics free)", 1),
];

const MINUTES_A_MONTH = 43_800;

const canary: Pricing = (subject) => {
  const schedule = subject.resource.inputs["schedule"] as { readonly expression?: string } | undefined;
  const [, count, unit] = /^rate\((\d+) (minute|hour)s?\)$/.exec(schedule?.expression ?? "") ?? [];
  const minutes = Number(count ?? 5) * (unit === "hour" ? 60 : 1);
  return [standing(subject, "cloudwatch", "Synthetics canary run", Math.round(MINUTES_A_MONTH / minutes))];
};

const topic: Pricing = (subject) => {
  const share = subject.stack.ofType("aws:sns/topic:Topic").length;
  return [
    used(
      subject,
      "sns",
      "Email/Email-JSON deliveries, first 1k free",
      scaled(subject.usage.notifications.emails, 1 / 100_000 / share),
    ),
  ];
};

const subscription: Pricing = (subject) => {
  if (textOf(subject.resource, "protocol") !== "sms") return [];
  const texts = subject.stack
    .ofType("aws:sns/topicSubscription:TopicSubscription")
    .filter((it) => textOf(it, "protocol") === "sms").length;
  const messages = scaled(subject.usage.notifications.textMessages, 1 / texts);
  return [used(subject, "sns", "SMS to Germany (transactional)", messages)];
};

const eventRule: Pricing = (subject) => {
  const share = subject.stack.ofType("aws:cloudwatch/eventRule:EventRule").length;
  const events = scaled(subject.usage.notifications.millionEvents, 1 / share);
  return [used(subject, "other", "EventBridge custom events", events)];
};

const key: Pricing = (subject) => [
  standing(subject, "kms", "Customer managed key (multi-Region replica counts as a key)", 1),
  keyRequests(subject),
];

function keyRequests(subject: Subject): Charge {
  const share = subject.stack.ofType("aws:kms/key:Key").length;
  const tenThousands = scaled(subject.usage.security.millionKeyRequests, 100 / share);
  return used(subject, "kms", "Symmetric requests", tenThousands);
}

const trail: Pricing = (subject) => [
  used(
    subject,
    "cloudtrail",
    "Data events delivered to S3",
    scaled(subject.usage.security.millionDataEvents, 10),
  ),
];

const detector: Pricing = (subject) => {
  const { security, logs, service, database } = subject.usage;
  const instances = subject.stack.ofType("aws:rds/clusterInstance:ClusterInstance").length;
  return [
    used(subject, "guardduty", "CloudTrail management events", security.millionManagementEvents),
    used(subject, "guardduty", "VPC flow + DNS logs, first 500 GB", logs.flowLogGb),
    used(subject, "guardduty", "S3 data events, first 500M", security.millionDataEvents),
    used(
      subject,
      "guardduty",
      "RDS Protection, Aurora Serverless v2",
      scaled(database.acuPerInstance, instances),
    ),
    used(subject, "guardduty", "Runtime Monitoring ECS Fargate, first 500 vCPU", service.tasks),
  ];
};

const recorder: Pricing = (subject) => [
  used(
    subject,
    "config",
    "Configuration item, continuous recording",
    subject.usage.security.configurationItems,
  ),
  used(subject, "config", "Rule evaluations, first 100k", subject.usage.security.ruleEvaluations),
];

const vault: Pricing = (subject) => {
  const share = subject.stack.ofType("aws:backup/vault:Vault").length;
  return [used(subject, "backup", "EFS backup, warm", scaled(subject.usage.storage.backupGb, 1 / share))];
};

interface CopyAction {
  readonly destinationVaultArn: string;
  readonly lifecycle?: { readonly deleteAfter?: number };
}

/** Copies in another region: of files what changed, of Aurora the whole cluster each night, since AWS copies no less. */
const plan: Pricing = (subject) => {
  const { database, files } = subject.usage;
  const rules = listOf(subject.resource, "rules") as readonly {
    readonly copyActions?: readonly CopyAction[];
  }[];
  return rules
    .flatMap(({ copyActions = [] }) => copyActions)
    .flatMap(({ destinationVaultArn, lifecycle }) => {
      const dimension = "Backup storage beyond free allocation";
      return [
        used(
          subject,
          "data_transfer",
          "Inter-region (to another AWS region)",
          total([scaled(database.storageGb, DAYS_A_MONTH), files.writtenGb]),
        ),
        {
          dimension,
          quantity: scaled(database.storageGb, lifecycle?.deleteAfter ?? 0),
          fixed: 0,
          price: findPrice("aurora", dimension, destinationVaultArn.split(":")[3] ?? ""),
        },
      ];
    });
};

const restoreTest: Pricing = (subject) => {
  const schedule = textOf(subject.resource, "scheduleExpression");
  const isWeekly = /\b(SUN|MON|TUE|WED|THU|FRI|SAT|[1-7])\b[^ ]* \*\)$/.test(schedule);
  return [standing(subject, "backup", "Restore testing", isWeekly ? 4 : 1)];
};

/** Logs, alarms, keys, audit and backup. */
export const operationsPricing: Readonly<Record<string, Pricing>> = {
  [GROUP]: logGroup,
  "aws:cloudwatch/queryDefinition:QueryDefinition": query,
  "aws:cloudwatch/metricAlarm:MetricAlarm": alarm,
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": compositeAlarm,
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": metricFilter,
  "aws:cloudwatch/dashboard:Dashboard": dashboard,
  "aws:synthetics/canary:Canary": canary,
  "aws:sns/topic:Topic": topic,
  "aws:sns/topicSubscription:TopicSubscription": subscription,
  "aws:cloudwatch/eventRule:EventRule": eventRule,
  "aws:kms/key:Key": key,
  "aws:cloudtrail/trail:Trail": trail,
  "aws:guardduty/detector:Detector": detector,
  "aws:cfg/recorder:Recorder": recorder,
  "aws:backup/plan:Plan": plan,
  "aws:backup/vault:Vault": vault,
  "aws:backup/restoreTestingPlan:RestoreTestingPlan": restoreTest,
};
