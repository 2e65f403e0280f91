import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { CONTACTS, stackFile } from "../config/helpers";
import type { Recording } from "./mocks";
import { runProgram } from "./program";
import { countByType, ofType, only } from "./registrations";

const STACKS = {
  dev: {
    accountId: "111122223333",
    endpoints: 5,
    subscriptions: 2,
    zones: 2,
    gateways: 1,
    instances: 2,
    alarms: 108,
    edge: false,
    rules: 7,
  },
  prod: {
    accountId: "444455556666",
    endpoints: 16,
    subscriptions: 5,
    zones: 3,
    gateways: 3,
    instances: 3,
    alarms: 131,
    edge: true,
    // A dry run has no shift to end.
    rules: 6,
  },
} as const;

/** Types that only a stack with a firewall and a domain has. */
const EDGE = {
  "aws:acm/certificate:Certificate": 1,
  "aws:acm/certificateValidation:CertificateValidation": 1,
  "aws:apigateway/basePathMapping:BasePathMapping": 2,
  "aws:apigateway/domainName:DomainName": 2,
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": 1,
  "aws:route53/healthCheck:HealthCheck": 1,
  "aws:route53/record:Record": 4,
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": 2,
  "aws:wafv2/webAcl:WebAcl": 1,
  "aws:wafv2/webAclAssociation:WebAclAssociation": 1,
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": 1,
  "streamflix:api:Firewall": 1,
  "streamflix:dns:Certificate": 1,
  "streamflix:dns:Dns": 1,
};

/** Types that only a stack with another one standing by has. */
const COPIES = {
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": 2,
  "streamflix:copies:BucketCopies": 1,
};

/** Types that only a stack with an archive in columns has. */
const TABLE = {
  "aws:glue/catalogDatabase:CatalogDatabase": 1,
  "aws:glue/catalogTable:CatalogTable": 1,
  "streamflix:streaming:EventTable": 1,
};

/** Types that only a stack with locked evidence and a history of its configuration has. */
const HISTORY = {
  "aws:cfg/deliveryChannel:DeliveryChannel": 1,
  "aws:cfg/recorder:Recorder": 1,
  "aws:cfg/recorderStatus:RecorderStatus": 1,
  "aws:cfg/rule:Rule": 34,
  "streamflix:audit:ConfigurationHistory": 1,
};

/** Types that only a stack with experiments has. */
const EXPERIMENTS = {
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": 1,
  "aws:fis/experimentTemplate:ExperimentTemplate": 5,
  "streamflix:game-days:GameDays": 1,
};

/** Rules of remediation; the last one acts only. */
const RULES = [
  "keys",
  "rotation",
  "spot-interruption",
  "spot-placement",
  "deployment-failed",
  "failover",
  "shift-end",
] as const;

/** Rules of what the inspection is told of. */
const INSPECTED = ["stops", "deployments"] as const;

/** Contacts in the shape of both stack files, all with an address and a number of their own. */
const PERSONAL = [CONTACTS.operations.email, CONTACTS.onCall.email, CONTACTS.onCall.phone];

/** Rows of the table of ownership that hold for a mode of case `capacity` and with or without what only prod has: resource and property. */
function leftToOthers(mode: "act" | "dryRun", hasAll: boolean): string[] {
  const text = readFileSync(path.join(__dirname, "../../docs/ownership.md"), "utf8");
  return [...text.matchAll(/^\| `([^`]+)` +\| `([^`]+)` +\| [^|]+ \| ([^|]+) \|/gm)]
    .filter(([, , , when = ""]) => mode === "act" || !when.includes("mode: act"))
    .filter(([, , , when = ""]) => hasAll || !/database\.global|restoreTests/.test(when))
    .map(([, resource = "", property = ""]) => `${resource} ${property}`)
    .sort();
}

for (const [stack, expected] of Object.entries(STACKS)) {
  describe(`the program with Pulumi.${stack}.yaml`, () => {
    let recording: Recording<unknown>;
    before(async function () {
      this.timeout(180_000);
      recording = await runProgram(stack as keyof typeof STACKS, CONTACTS);
    });

    it("registers exactly these resources", () => {
      assert.deepEqual(countByType(recording.registrations), {
        "aws:apigateway/deployment:Deployment": 1,
        "aws:apigateway/methodSettings:MethodSettings": 1,
        "aws:apigateway/restApi:RestApi": 1,
        "aws:apigateway/stage:Stage": 1,
        "aws:apigatewayv2/vpcLink:VpcLink": 1,
        "aws:appautoscaling/policy:Policy": 2,
        "aws:appautoscaling/target:Target": 1,
        "aws:backup/plan:Plan": 2,
        ...(expected.edge && {
          "aws:backup/restoreTestingPlan:RestoreTestingPlan": 2,
          "aws:backup/restoreTestingSelection:RestoreTestingSelection": 3,
        }),
        "aws:backup/selection:Selection": 2,
        "aws:backup/vault:Vault": 1,
        ...(expected.edge && { "aws:backup/vaultLockConfiguration:VaultLockConfiguration": 1 }),
        "aws:backup/vaultNotifications:VaultNotifications": 1,
        "aws:backup/vaultPolicy:VaultPolicy": 1,
        "aws:budgets/budget:Budget": 1,
        "aws:cloudwatch/compositeAlarm:CompositeAlarm": 7,
        "aws:cloudwatch/dashboard:Dashboard": 2,
        "aws:accessanalyzer/analyzer:Analyzer": 1,
        "aws:cloudtrail/trail:Trail": 1,
        "aws:cloudwatch/eventRule:EventRule": expected.rules + INSPECTED.length + (expected.edge ? 6 : 3),
        "aws:cloudwatch/eventTarget:EventTarget": expected.rules + INSPECTED.length + (expected.edge ? 6 : 3),
        // Of the firewall and of verification, or of experiments.
        "aws:cloudwatch/logGroup:LogGroup": 20 + (expected.edge ? 4 : 0),
        "aws:cloudwatch/logMetricFilter:LogMetricFilter": 17,
        "aws:cloudwatch/logStream:LogStream": 1,
        "aws:cloudwatch/metricAlarm:MetricAlarm": expected.alarms + 3 + (expected.edge ? 1 : 0),
        "aws:cloudwatch/queryDefinition:QueryDefinition": 9 + (expected.edge ? 1 : 0),
        "aws:costexplorer/anomalyMonitor:AnomalyMonitor": 1,
        "aws:costexplorer/anomalySubscription:AnomalySubscription": 1,
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": 1,
        "aws:ec2/eip:Eip": expected.gateways,
        "aws:ec2/flowLog:FlowLog": 1,
        "aws:ec2/natGateway:NatGateway": expected.gateways,
        "aws:ec2/route:Route": expected.zones,
        "aws:ec2/securityGroup:SecurityGroup": expected.edge ? 12 : 9,
        "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions": 1,
        "aws:ec2/vpcEndpoint:VpcEndpoint": expected.endpoints,
        "aws:ecs/cluster:Cluster": 1,
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": 1,
        "aws:ecs/service:Service": 1,
        "aws:ecs/taskDefinition:TaskDefinition": 1,
        "aws:efs/accessPoint:AccessPoint": 1,
        "aws:efs/backupPolicy:BackupPolicy": 1,
        "aws:efs/fileSystem:FileSystem": 1,
        "aws:efs/fileSystemPolicy:FileSystemPolicy": 1,
        "aws:efs/mountTarget:MountTarget": expected.zones,
        "aws:elasticache/parameterGroup:ParameterGroup": 1,
        "aws:elasticache/replicationGroup:ReplicationGroup": 1,
        "aws:elasticache/subnetGroup:SubnetGroup": 1,
        "aws:elasticache/user:User": 2,
        "aws:elasticache/userGroup:UserGroup": 1,
        "aws:guardduty/detector:Detector": 1,
        "aws:guardduty/detectorFeature:DetectorFeature": 6,
        "aws:iam/role:Role": expected.edge ? 28 : 25,
        "aws:iam/rolePolicy:RolePolicy": expected.edge ? 34 : 31,
        "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": 1,
        "aws:kinesis/stream:Stream": 1,
        "aws:kms/alias:Alias": 6,
        "aws:kms/key:Key": 6,
        "aws:lambda/function:Function": expected.edge ? 9 : 6,
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": 5,
        "aws:lambda/invocation:Invocation": 1,
        "aws:lambda/permission:Permission": 2 + expected.rules + INSPECTED.length,
        "aws:lb/listener:Listener": 1,
        "aws:lb/loadBalancer:LoadBalancer": 1,
        "aws:lb/targetGroup:TargetGroup": 1,
        "aws:rds/cluster:Cluster": 1,
        "aws:rds/clusterInstance:ClusterInstance": expected.instances,
        "aws:rds/clusterParameterGroup:ClusterParameterGroup": 1,
        ...(expected.edge && { "aws:rds/globalCluster:GlobalCluster": 1 }),
        "aws:rds/parameterGroup:ParameterGroup": 1,
        "aws:rds/subnetGroup:SubnetGroup": 1,
        "aws:s3/bucket:Bucket": expected.edge ? 6 : 5,
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": expected.edge ? 6 : 5,
        "aws:s3/bucketLogging:BucketLogging": expected.edge ? 5 : 4,
        "aws:s3/bucketObjectv2:BucketObjectv2": 1,
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls": expected.edge ? 6 : 5,
        "aws:s3/bucketPolicy:BucketPolicy": expected.edge ? 6 : 5,
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": expected.edge ? 6 : 5,
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
          expected.edge ? 6 : 5,
        "aws:s3/bucketVersioning:BucketVersioning": expected.edge ? 6 : 5,
        "aws:secretsmanager/secret:Secret": 3,
        "aws:secretsmanager/secretPolicy:SecretPolicy": 3,
        "aws:scheduler/schedule:Schedule": 3,
        "aws:secretsmanager/secretRotation:SecretRotation": 2,
        "aws:secretsmanager/secretVersion:SecretVersion": 3,
        ...(expected.edge && { "aws:sfn/stateMachine:StateMachine": 1 }),
        "aws:sns/topic:Topic": 2,
        "aws:sns/topicPolicy:TopicPolicy": 2,
        "aws:sns/topicSubscription:TopicSubscription": expected.subscriptions,
        "aws:sqs/queue:Queue": expected.edge ? 9 : 7,
        "aws:sqs/queuePolicy:QueuePolicy": expected.edge ? 9 : 7,
        "aws:ssm/document:Document": 1,
        "aws:ssm/parameter:Parameter": 36,
        "aws:synthetics/canary:Canary": 1,
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": expected.edge ? 19 : 16,
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": expected.edge ? 16 : 13,
        "awsx:ec2:Vpc": 1,
        "pulumi:providers:aws": 1,
        "random:index/randomPassword:RandomPassword": 4,
        "streamflix:alerts:Alerts": 1,
        "streamflix:api:Api": 1,
        "streamflix:api:EventWriter": 1,
        "streamflix:api:ServiceLink": 1,
        "streamflix:backup:Backup": 1,
        "streamflix:backup:BackupRole": 1,
        ...(expected.edge && {
          "streamflix:backup:FileChecks": 1,
          "streamflix:backup:RestoreRole": 1,
          "streamflix:backup:RestoreTests": 1,
          "streamflix:backup:RestoreVerification": 1,
          "streamflix:backup:VerificationMachine": 1,
        }),
        "streamflix:bucket:Bucket": expected.edge ? 6 : 5,
        "streamflix:cache:Cache": 1,
        "streamflix:database:BreakGlass": 1,
        "streamflix:database:Cluster": 1,
        "streamflix:database:Database": 1,
        "streamflix:database:DatabaseLogs": 1,
        "streamflix:database:DatabaseRoles": 1,
        "streamflix:database:DatabaseSecrets": 1,
        "streamflix:database:Instances": 1,
        "streamflix:database:ParameterGroups": 1,
        ...(expected.edge && { "streamflix:database:PrimaryMoves": 1 }),
        "streamflix:files:Files": 1,
        "streamflix:audit:Audit": 1,
        "streamflix:audit:Detection": 1,
        "streamflix:audit:Findings": 1,
        "streamflix:audit:Trail": 1,
        "streamflix:function:EventRule": expected.rules + INSPECTED.length,
        "streamflix:function:FailureQueue": expected.edge ? 9 : 7,
        "streamflix:function:LambdaFunction": expected.edge ? 3 : 2,
        "streamflix:function:Schedule": 3,
        "streamflix:function:VpcFunction": expected.edge ? 6 : 4,
        "streamflix:keys:Keys": 1,
        "streamflix:monitoring:Canary": 1,
        "streamflix:monitoring:Costs": 1,
        "streamflix:monitoring:Inspection": 1,
        "streamflix:monitoring:Monitoring": 1,
        "streamflix:network:Endpoints": 1,
        "streamflix:network:FlowLogs": 1,
        "streamflix:network:NatGateways": 1,
        "streamflix:network:Network": 1,
        "streamflix:network:TierSecurityGroups": 1,
        "streamflix:parameters:Parameters": 2,
        "streamflix:remediation:Remediation": 1,
        "streamflix:rotation:Rotation": 1,
        "streamflix:retention:DataRetention": 1,
        "streamflix:retention:LogSweeper": 1,
        "streamflix:secret:SeededSecret": 3,
        "streamflix:service:DeploymentAlarms": 1,
        "streamflix:service:FargateService": 1,
        "streamflix:service:LoadBalancer": 1,
        "streamflix:service:Service": 1,
        "streamflix:service:ServiceAutoscaling": 1,
        "streamflix:service:ServiceCluster": 1,
        "streamflix:service:ServiceRoles": 1,
        "streamflix:service:TaskDefinition": 1,
        "streamflix:streaming:Delivery": 1,
        "streamflix:streaming:Streaming": 1,
        ...(expected.edge ? EDGE : EXPERIMENTS),
        ...(expected.edge && { ...TABLE, ...COPIES }),
        ...(expected.edge && HISTORY),
      });
    });

    it("exports exactly these outputs", () => {
      assert.deepEqual(recording.result, {
        vpcId: "vpc",
        privateSubnetIds: ["private-1", "private-2", "private-3"].slice(0, expected.zones),
        isolatedSubnetIds: ["isolated-1", "isolated-2", "isolated-3"].slice(0, expected.zones),
        securityGroupIds: {
          app: "SecurityGroup/network-tiers-app#id",
          data: "SecurityGroup/network-tiers-data#id",
        },
        keyArns: {
          viewerData: "Key/keys-viewer-data#arn",
          secrets: "Key/keys-secrets#arn",
          logs: "Key/keys-logs#arn",
          messaging: "Key/keys-messaging#arn",
          audit: "Key/keys-audit#arn",
          backup: "Key/keys-backup#arn",
        },
        alertsTopicArn: "Topic/alerts#arn",
        dashboardNames: [`streamflix-operations-${stack}`, `streamflix-data-${stack}`],
        databaseEndpoints: {
          writer: "Cluster/database#endpoint",
          reader: "Cluster/database#readerEndpoint",
        },
        databaseSecretArns: {
          master: "SecretVersion/database-secrets-master#secretArn",
          service: "SecretVersion/database-secrets-service#secretArn",
        },
        breakGlassRoleArn: "Role/database-break-glass#arn",
        cacheEndpoints: {
          primary: "ReplicationGroup/cache#primaryEndpointAddress",
          reader: "ReplicationGroup/cache#readerEndpointAddress",
        },
        fileSystemId: "FileSystem/files#id",
        backupVaultName: `streamflix-vault-${stack}`,
        eventStreamName: `streamflix-events-${stack}`,
        archiveBucketName: `streamflix-events-${stack}-${expected.accountId}-eu-central-1`,
        serviceNames: {
          cluster: `streamflix-services-${stack}`,
          service: `streamflix-service-${stack}`,
        },
        loadBalancer: {
          arn: "LoadBalancer/service#arn",
          dnsName: "LoadBalancer/service#dnsName",
          securityGroupId: "SecurityGroup/service#id",
          listenerPort: expected.edge ? 443 : 8080,
        },
        gameDayTemplateIds: expected.edge
          ? undefined
          : Object.fromEntries(
              ["cache-power", "database-failover", "spot-interruption", "task-kill", "zone-network"].map(
                (what) => [what, `ExperimentTemplate/game-days-${what}#id`],
              ),
            ),
        auditTrailName: `streamflix-audit-${stack}`,
        detectorId: "Detector/audit-detection#id",
        taskRoleArn: "Role/service-task#arn",
        remediationNames: {
          function: `streamflix-remediation-${stack}`,
          failures: `streamflix-remediation-failures-${stack}`,
        },
        apiUrl: expected.edge ? "https://api.streamflix.example" : "Stage/api#invokeUrl",
      });
    });

    it("gives every resource the one explicit provider", () => {
      const users = recording.registrations.filter(({ type }) => /^awsx?:/.test(type));
      const others = users.filter(({ provider }) => provider !== "home");
      // The others: the provider itself, 72 components (90 with firewall, domain, columns, history, restore tests, copies and a global database, 73 with experiments), one a rule of remediation, and 4 passwords.
      const outside = 77 + expected.rules + (expected.edge ? 18 : 1);
      assert.equal(users.length, recording.registrations.length - outside);
      assert.deepEqual(others, []);
    });

    it("hangs every resource on a component", () => {
      const parents = recording.registrations.map((it) => it.parent ?? `none: ${it.name}`);
      const counts: Record<string, number> = {};
      for (const parent of parents.sort()) counts[parent] = (counts[parent] ?? 0) + 1;
      assert.deepEqual(counts, {
        "Alerts alerts": 5 + expected.subscriptions,
        "Api api": 8 + (expected.edge ? 1 : 0),
        "Audit audit": expected.edge ? 5 : 4,
        "Backup backup": 8 + (expected.edge ? 2 : 0),
        "BackupRole backup": 2,
        ...(expected.edge && {
          "RestoreRole backup-tests": 2,
          "RestoreTests backup-tests": 7,
          "RestoreVerification backup-tests-verification": 5,
          "FileChecks backup-tests-verification-files": 2,
          "VpcFunction backup-tests-verification-files": 7,
          "FailureQueue backup-tests-verification-failures": 2,
          "LambdaFunction backup-tests-verification": 4,
          "VpcFunction backup-tests-verification-checks": 9,
          "VerificationMachine backup-tests-verification-flow": 8,
        }),
        "BreakGlass database-break-glass": 6,
        "Bucket access-logs": 7,
        "Bucket audit-trail": expected.edge ? 9 : 8,
        "Bucket canary": 8,
        "Bucket erasures": 8 + (expected.edge ? 1 : 0),
        "Bucket streaming-archive": 8,
        ...(expected.edge && { "BucketCopies copies": 6 }),
        "Cache cache": 9,
        "Canary canary": 5,
        "Cluster database": 5,
        "DataRetention data-retention": 5,
        "Database database": expected.edge ? 6 : 5,
        "Costs monitoring-costs": 3,
        "DatabaseLogs database-logs": 2,
        ...(expected.edge && {
          "PrimaryMoves database-primary-moves": 3,
          "FailureQueue database-primary-moves": 2,
          "none: database-primary-moves": 1,
        }),
        "DatabaseRoles database-roles": 2,
        "DatabaseSecrets database-secrets": 3,
        "Delivery streaming-delivery": 7 + (expected.edge ? 1 : 0),
        "DeploymentAlarms service": 2,
        "Detection audit-detection": 7,
        "Endpoints network-endpoints": 1 + expected.endpoints,
        "EventWriter api-events": 2,
        "FailureQueue alerts-failures": 2,
        ...Object.fromEntries(
          RULES.slice(0, expected.rules).map((rule) => [`EventRule remediation-${rule}`, 3]),
        ),
        "FailureQueue audit-findings": 2,
        ...Object.fromEntries(INSPECTED.map((rule) => [`EventRule inspection-${rule}`, 3])),
        "FailureQueue inspection-failures": 2,
        "Inspection inspection": 3 + INSPECTED.length,
        "LambdaFunction inspection": 5,
        "Schedule inspection-schedule": 3,
        "none: inspection": 1,
        "FailureQueue remediation-failures": 2,
        "FailureQueue data-retention-failures": 2,
        "FailureQueue log-sweeper-failures": 2,
        "FailureQueue rotation-failures": 2,
        "FargateService service": 1,
        "Files files": 4 + expected.zones,
        "Findings audit-findings": expected.edge ? 9 : 7,
        "FlowLogs network-flow-logs": 4,
        "Instances database": 2 + expected.instances,
        "Keys keys": 12,
        "LoadBalancer service": 6,
        "Monitoring monitoring": expected.alarms + 20 + (expected.edge ? 1 : 0),
        "LogSweeper log-sweeper": 3,
        "NatGateways network-nat": 2 * expected.gateways + expected.zones,
        "Network network": 7,
        "ParameterGroups database-parameters": 2,
        "Parameters parameters": 27,
        "Parameters service-parameters": 6,
        "LambdaFunction remediation": 5,
        "Remediation remediation": 5 + expected.rules,
        "Rotation rotation": 6,
        "Schedule data-retention-schedule": 3,
        "Schedule log-sweeper-schedule": 3,
        "SeededSecret data-retention-digest-key": 3,
        "SeededSecret database-secrets-master": 3,
        "SeededSecret database-secrets-service": 3,
        "Service service": 10,
        "ServiceLink api-link": 4,
        "ServiceAutoscaling service": 3,
        "ServiceCluster service": 4,
        "ServiceRoles service": 8,
        "Streaming streaming": 2,
        "TaskDefinition service": 1,
        "TierSecurityGroups network-tiers": 12,
        "Trail audit-trail": 19,
        "VpcFunction data-retention": 12,
        "VpcFunction database-roles": 9,
        "VpcFunction log-sweeper": 8,
        "VpcFunction rotation": 10,
        ...(!expected.edge && { "GameDays game-days": 17, "none: game-days": 1 }),
        ...(expected.edge && { "none: copies": 1 }),
        "none: access-logs": 1,
        "none: alerts": 1,
        "none: api": 1,
        "none: audit": 1,
        "none: backup": 1,
        "none: cache": 1,
        "none: canary": 1,
        "none: data-retention": 1,
        "none: database": 1,
        "none: erasures": 1,
        "none: files": 1,
        "none: home": 1,
        "none: keys": 1,
        "none: log-sweeper": 1,
        "none: monitoring": 1,
        "none: network": 1,
        "none: parameters": 1,
        "none: remediation": 1,
        "none: rotation": 1,
        "none: service": 1,
        "none: service-parameters": 1,
        "none: streaming": 1,
        "none: streaming-archive": 1,
        ...(expected.edge && {
          "Bucket audit-configuration": 8,
          "Certificate certificate": 4,
          "ConfigurationHistory audit-configuration": 38,
          "Dns dns": 8,
          "EventTable streaming-delivery-table": 2,
          "Firewall api-firewall": 5,
          "none: certificate": 1,
          "none: dns": 1,
        }),
      });
    });

    it("ties the provider to account, region and tags", () => {
      const { name, inputs } = only(recording.registrations, "pulumi:providers:aws");
      assert.deepEqual(
        {
          name,
          region: inputs["region"],
          accounts: inputs["allowedAccountIds"],
          tags: inputs["defaultTags"],
        },
        {
          name: "home",
          region: "eu-central-1",
          accounts: JSON.stringify([expected.accountId]),
          tags: JSON.stringify({
            tags: {
              project: "streamflix",
              environment: stack,
              owner: "platform-team",
              "cost-center": `platform-${stack}`,
              "data-classification": "internal",
              "retention-class": "operational",
              "managed-by": "pulumi",
            },
          }),
        },
      );
    });

    it("keeps every log as long as the class on its tag says", () => {
      const table = stackFile(stack as keyof typeof STACKS)["streamflix:retention"] as Record<
        string,
        { maximumDays: number }
      >;
      const logs = ofType(recording.registrations, "LogGroup").map(({ name, inputs }) => {
        const tags = inputs["tags"] as Record<string, string>;
        return { name, days: inputs["retentionInDays"], class: tags["retention-class"] ?? "" };
      });
      assert.deepEqual(
        logs.filter((log) => log.days !== table[log.class]?.maximumDays),
        [],
      );
      const classes = logs.map((log) => log.class);
      assert.deepEqual(
        [classes.length, classes.filter((it) => it === "access-log").length],
        expected.edge ? [24, 7] : [20, 6],
      );
    });

    it("protects exactly keys and what holds data, in the stack that asks for it", () => {
      const protectedOnes = recording.registrations.filter((it) => it.protect);
      const counts = {
        "aws:cloudtrail/trail:Trail": 1,
        "aws:backup/vault:Vault": 1,
        "aws:efs/fileSystem:FileSystem": 1,
        "aws:elasticache/replicationGroup:ReplicationGroup": 1,
        "aws:kinesis/stream:Stream": 1,
        "aws:kms/key:Key": 6,
        "aws:rds/cluster:Cluster": 1,
        "aws:rds/clusterInstance:ClusterInstance": expected.instances,
        "aws:rds/globalCluster:GlobalCluster": 1,
        "aws:s3/bucket:Bucket": 6,
        "aws:secretsmanager/secret:Secret": 3,
      };
      assert.deepEqual(countByType(protectedOnes), stack === "prod" ? counts : {});
    });

    it("has room in every name for the longest suffix", async function () {
      this.timeout(180_000);
      const { registrations } = await runProgram(stack as keyof typeof STACKS, CONTACTS, "abcdefghijkl");
      assert.deepEqual(countByType(registrations), countByType(recording.registrations));
    });

    it("leaves to others exactly what docs/ownership.md says", () => {
      const left = recording.registrations
        .flatMap(({ type, name, ignoreChanges }) =>
          ignoreChanges.map((property) => `${type.split(":").at(-1) ?? ""} ${name} ${property}`),
        )
        .sort();
      assert.deepEqual(left, leftToOthers(stack === "dev" ? "act" : "dryRun", stack === "prod"));
      assert.equal(left.length, stack === "prod" ? 18 : 17);
    });

    it("reads nothing from AWS", () => {
      assert.deepEqual(recording.calls, []);
    });

    it("shows personal data in secret subscription endpoints only", () => {
      const endpoints = ofType(recording.registrations, "TopicSubscription").map(
        (it) => it.inputs["endpoint"],
      );
      assert.deepEqual(
        endpoints.map(pulumi.runtime.isRpcSecret),
        endpoints.map(() => true),
      );
      assert.ok(endpoints.every((it) => PERSONAL.includes(String(pulumi.runtime.unwrapRpcSecret(it)))));

      const rest = recording.registrations.map(({ type, name, inputs }) => [
        type,
        name,
        type.endsWith(":TopicSubscription") ? { ...inputs, endpoint: undefined } : inputs,
      ]);
      const shown = JSON.stringify([rest, recording.result]);
      assert.deepEqual(
        PERSONAL.filter((it) => shown.includes(it)),
        [],
      );
    });
  });
}

describe("the program without contacts", () => {
  // The SDK's log, when there is no engine.
  const { warn } = console;
  const warnings: string[] = [];
  before(() => {
    console.warn = (text: string) => warnings.push(text);
  });
  after(() => {
    console.warn = warn;
  });

  it("keeps the topics, subscribes nobody and says so", async function () {
    this.timeout(180_000);
    const { registrations } = await runProgram("prod");
    const counts = countByType(registrations);
    assert.equal(counts["aws:sns/topic:Topic"], 2);
    assert.equal(counts["aws:sns/topicSubscription:TopicSubscription"], undefined);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /streamflix:contacts is not set: nobody is notified/);
  });
});
