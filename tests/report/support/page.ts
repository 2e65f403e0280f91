import * as fs from "node:fs";
import * as path from "node:path";
import type { PackConfig } from "../../../tools/policy/analyzer";
import { type Facts, factsOf } from "../../../tools/report/facts";
import { exportText, type Made, made, soundStack } from "../../operations/support/stack";

/** What somebody could write into a name to get it run in the reader's browser. */
export const HOSTILE = `</style></title><script>document.title="taken"</script><img src=x onerror="document.title='taken'">"'&`;

/** A name that no browser can break at a space. */
const ENDLESS = "x".repeat(300);

const SUBNETS = [
  ["eu-central-1a", "Public", "10.10.0.0/24"],
  ["eu-central-1a", "Private", "10.10.16.0/20"],
  ["eu-central-1b", "Isolated", "10.10.9.0/24"],
] as const;

/** A stack with everything that the page has to cope with. */
export function reportedStack(): Made[] {
  return [
    made("pulumi:providers:aws", "home", { region: "eu-central-1" }),
    ...soundStack(),
    ...SUBNETS.map(([zone, tier, cidrBlock]) =>
      made("ec2/subnet:Subnet", `${zone}-${tier}`, {
        availabilityZone: zone,
        cidrBlock,
        tags: { SubnetType: tier },
      }),
    ),
    made("rds/clusterInstance:ClusterInstance", "database-1", { instanceClass: "db.serverless" }),
    made("kms/key:Key", "standby", { enableKeyRotation: true, region: "eu-west-1" }, { region: "eu-west-1" }),
    made("apigateway/restApi:RestApi", "api", { name: HOSTILE }),
    made("cloudwatch/logGroup:LogGroup", ENDLESS, { name: ENDLESS, retentionInDays: 90 }),
    made("kinesis/stream:Stream", "events", { retentionPeriod: 168, shardCount: 2 }),
    made("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "archive", {
      bucket: "archive",
      rules: [{ expiration: { days: 700 }, noncurrentVersionExpiration: { noncurrentDays: 30 } }],
    }),
    made("cloudwatch/metricAlarm:MetricAlarm", "hostile", {
      name: "streamflix-hostile-prod",
      alarmDescription: `${HOSTILE} Runbook: docs/runbooks/nowhere.md#cpu`,
    }),
  ];
}

/** All that the page says of that stack. */
export function reportedFacts(): Promise<Facts> {
  const file = path.join(__dirname, "../../../policy-pack/config/prod.json");
  const settings = JSON.parse(fs.readFileSync(file, "utf8")) as PackConfig;
  return factsOf("prod", exportText(reportedStack()), "the export", settings);
}
