import assert from "node:assert/strict";

import { Audit, type AuditArgs } from "../../components/audit";
import { Bucket } from "../../components/bucket";
import { type Inputs, made, record, type Registration } from "./mocks";
import { countByType, ofType, only, PLACE, statementsOf, TOPICS } from "./registrations";

const ACCOUNT = "111122223333";
const TRAIL_ARN = `arn:aws:cloudtrail:eu-central-1:${ACCOUNT}:trail/streamflix-audit-unit`;
const TRAIL_BUCKET = `streamflix-trail-unit-${ACCOUNT}-eu-central-1`;
const HISTORY_BUCKET = `streamflix-configuration-unit-${ACCOUNT}-eu-central-1`;
const LOGS_BUCKET = `streamflix-access-logs-unit-${ACCOUNT}-eu-central-1`;

const EVERYTHING: AuditArgs["audit"] = {
  trail: "create",
  lock: "GOVERNANCE",
  detector: "create",
  recorder: "create",
  recording: "continuous",
  analyzer: "create",
};
const NOTHING: AuditArgs["audit"] = { trail: "off", detector: "off", recorder: "off", analyzer: "off" };

async function audit(
  settings: AuditArgs["audit"] = EVERYTHING,
  {
    told = true,
    protect = false,
    role = "home",
  }: { readonly told?: boolean; readonly protect?: boolean; readonly role?: AuditArgs["role"] } = {},
): Promise<readonly Registration[]> {
  const { registrations } = await record(() => {
    const { names, accountId, retention } = PLACE;
    const accessLogs = new Bucket("logs", {
      names,
      accountId,
      retention,
      kind: "access-log",
      what: "access-logs",
      protect: false,
    });
    new Audit("audit", {
      ...PLACE,
      role,
      audit: settings,
      keyArns: { audit: "key-audit", logs: "key-logs", messaging: "key-messaging" },
      accessLogs,
      alerts: told ? { topics: TOPICS } : undefined,
      protect,
    });
  });
  return registrations.filter(({ name }) => name.startsWith("audit"));
}

const bucket = (count: number) => ({
  "aws:s3/bucket:Bucket": count,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": count,
  "aws:s3/bucketLogging:BucketLogging": count,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": count,
  "aws:s3/bucketPolicy:BucketPolicy": count,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": count,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": count,
  "aws:s3/bucketVersioning:BucketVersioning": count,
  "streamflix:bucket:Bucket": count,
});

describe("Audit", () => {
  let all: readonly Registration[];
  before(async () => {
    all = await audit();
  });

  it("registers exactly these resources", () => {
    assert.deepEqual(countByType(all), {
      "aws:accessanalyzer/analyzer:Analyzer": 1,
      "aws:cfg/deliveryChannel:DeliveryChannel": 1,
      "aws:cfg/recorder:Recorder": 1,
      "aws:cfg/recorderStatus:RecorderStatus": 1,
      "aws:cfg/rule:Rule": 34,
      "aws:cloudtrail/trail:Trail": 1,
      "aws:cloudwatch/eventRule:EventRule": 4,
      "aws:cloudwatch/eventTarget:EventTarget": 4,
      "aws:cloudwatch/logGroup:LogGroup": 1,
      "aws:cloudwatch/logMetricFilter:LogMetricFilter": 14,
      "aws:guardduty/detector:Detector": 1,
      "aws:guardduty/detectorFeature:DetectorFeature": 6,
      "aws:iam/role:Role": 1,
      "aws:iam/rolePolicy:RolePolicy": 1,
      ...bucket(2),
      "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": 1,
      "aws:sqs/queue:Queue": 1,
      "aws:sqs/queuePolicy:QueuePolicy": 1,
      "streamflix:audit:Audit": 1,
      "streamflix:audit:ConfigurationHistory": 1,
      "streamflix:audit:Detection": 1,
      "streamflix:audit:Findings": 1,
      "streamflix:audit:Trail": 1,
      "streamflix:function:FailureQueue": 1,
    });
  });

  it("makes nothing that is off", async () => {
    assert.deepEqual(countByType(await audit(NOTHING, { told: false })), { "streamflix:audit:Audit": 1 });
  });

  it("makes nothing that is another stack's, but tells of its findings", async () => {
    const adopted = await audit({ trail: "adopt", detector: "adopt", recorder: "adopt", analyzer: "adopt" });
    assert.deepEqual(countByType(adopted), {
      "aws:cloudwatch/eventRule:EventRule": 4,
      "aws:cloudwatch/eventTarget:EventTarget": 4,
      "aws:sqs/queue:Queue": 1,
      "aws:sqs/queuePolicy:QueuePolicy": 1,
      "streamflix:audit:Audit": 1,
      "streamflix:audit:Findings": 1,
      "streamflix:function:FailureQueue": 1,
    });
  });

  it("protects trail and evidence only where the stack is protected", async () => {
    const kept = (registrations: readonly Registration[]) =>
      registrations.filter(({ protect }) => protect).map(({ name, type }) => `${type} ${name}`);
    assert.deepEqual(kept(all), []);
    assert.deepEqual(kept(await audit(EVERYTHING, { protect: true })).sort(), [
      "aws:cloudtrail/trail:Trail audit-trail",
      "aws:s3/bucket:Bucket audit-configuration",
      "aws:s3/bucket:Bucket audit-trail",
    ]);
  });

  describe("trail", () => {
    it("records every region, signed, under the audit key, in bucket and log", () => {
      const { inputs, dependsOn } = only(all, "aws:cloudtrail/trail:Trail");
      const { advancedEventSelectors, ...rest } = inputs;
      assert.deepEqual(rest, {
        name: "streamflix-audit-unit",
        s3BucketName: TRAIL_BUCKET,
        kmsKeyId: "key-audit",
        enableLogFileValidation: true,
        isMultiRegionTrail: true,
        includeGlobalServiceEvents: true,
        cloudWatchLogsGroupArn: `${made("LogGroup", "audit-trail-log", "arn")}:*`,
        cloudWatchLogsRoleArn: made("Role", "audit-trail-log", "arn"),
      });
      assert.deepEqual(dependsOn, ["RolePolicy audit-trail-log"]);
      assert.deepEqual(advancedEventSelectors, [
        { name: "Calls", fieldSelectors: [{ field: "eventCategory", equals: ["Management"] }] },
        {
          name: "Objects of the platform's buckets",
          fieldSelectors: [
            { field: "eventCategory", equals: ["Data"] },
            { field: "resources.type", equals: ["AWS::S3::Object"] },
            {
              field: "resources.ARN",
              startsWiths: ["arn:aws:s3:::streamflix-"],
              notStartsWiths: [TRAIL_BUCKET, LOGS_BUCKET, HISTORY_BUCKET].map((it) => `arn:aws:s3:::${it}/`),
            },
          ],
        },
      ]);
    });

    it("may deliver into its bucket, and no other trail may", () => {
      const { inputs } = only(all, "BucketPolicy", "audit-trail");
      const own = `arn:aws:s3:::${TRAIL_BUCKET}`;
      const Principal = { Service: "cloudtrail.amazonaws.com" };
      const statements = statementsOf(inputs["policy"]);
      assert.deepEqual(
        statements.map(({ Sid }) => Sid),
        ["TlsOnly", "RightKeyOnly", "TrailChecksBucket", "TrailDelivers"],
      );
      assert.deepEqual(statements.slice(2), [
        {
          Sid: "TrailChecksBucket",
          Effect: "Allow",
          Principal,
          Action: "s3:GetBucketAcl",
          Resource: own,
          Condition: { StringEquals: { "aws:SourceArn": TRAIL_ARN } },
        },
        {
          Sid: "TrailDelivers",
          Effect: "Allow",
          Principal,
          Action: "s3:PutObject",
          Resource: `${own}/AWSLogs/${ACCOUNT}/*`,
          Condition: {
            StringEquals: { "aws:SourceArn": TRAIL_ARN, "s3:x-amz-acl": "bucket-owner-full-control" },
          },
        },
      ]);
    });

    it("keeps its files under the lock for the least days of class audit", async () => {
      const rule = { defaultRetention: { mode: "GOVERNANCE", days: 90 } };
      assert.deepEqual(only(all, "BucketObjectLockConfiguration").inputs, {
        bucket: TRAIL_BUCKET,
        rule,
      });
      const { lock, ...unlocked } = EVERYTHING;
      assert.equal(lock, "GOVERNANCE");
      assert.deepEqual(ofType(await audit(unlocked), "BucketObjectLockConfiguration"), []);
    });

    it("writes its log in a role for it alone", () => {
      const role = only(all, "aws:iam/role:Role").inputs;
      assert.deepEqual(statementsOf(role["assumeRolePolicy"])[0]?.Condition, {
        StringEquals: { "aws:SourceAccount": ACCOUNT },
        ArnLike: { "aws:SourceArn": TRAIL_ARN },
      });
      assert.deepEqual(statementsOf(only(all, "RolePolicy").inputs["policy"]), [
        {
          Sid: "WriteLog",
          Effect: "Allow",
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: `arn:aws:logs:eu-central-1:${ACCOUNT}:log-group:/streamflix/unit/trail:log-stream:${ACCOUNT}_CloudTrail_eu-central-1*`,
        },
      ]);
      assert.deepEqual(only(all, "LogGroup").inputs, {
        name: "/streamflix/unit/trail",
        retentionInDays: 30,
        kmsKeyId: "key-logs",
        tags: { "data-classification": "personal", "retention-class": "access-log" },
      });
    });

    it("is searched for what should not pass unseen, by patterns that CloudWatch Logs takes", () => {
      const filters = ofType(all, "LogMetricFilter").map(({ inputs }) => inputs);
      const patterns = filters.map((it) => String(it["pattern"]));
      assert.ok(patterns.every((it) => /^\{ .+ \}$/.test(it) && it.length <= 1024));
      assert.equal(new Set(patterns).size, 14);
      const keys = filters.find(({ name }) => name === "key-endangered");
      assert.deepEqual(keys, {
        name: "key-endangered",
        logGroupName: "/streamflix/unit/trail",
        pattern:
          "{ ($.eventSource = kms.amazonaws.com) && (($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion)) }",
        metricTransformation: {
          namespace: "StreamFlix/Audit",
          name: "streamflix-key-endangered-unit",
          value: "1",
          defaultValue: "0",
        },
      });
    });
  });

  describe("detection", () => {
    it("sets every feature, in the order that GuardDuty keeps", () => {
      assert.deepEqual(only(all, "Detector").inputs, {
        enable: true,
        findingPublishingFrequency: "FIFTEEN_MINUTES",
      });
      const features = ofType(all, "DetectorFeature").map(({ inputs }) => inputs);
      assert.deepEqual(Object.fromEntries(features.map((it) => [String(it["name"]), it["status"]])), {
        EBS_MALWARE_PROTECTION: "DISABLED",
        EKS_AUDIT_LOGS: "DISABLED",
        LAMBDA_NETWORK_LOGS: "ENABLED",
        RDS_LOGIN_EVENTS: "ENABLED",
        RUNTIME_MONITORING: "DISABLED",
        S3_DATA_EVENTS: "ENABLED",
      });
      assert.ok(features.every((it) => it["detectorId"] === made("Detector", "audit-detection", "id")));
      const [runtime] = features.filter((it) => it["name"] === "RUNTIME_MONITORING");
      assert.deepEqual(
        runtime?.["additionalConfigurations"],
        ["EKS_ADDON_MANAGEMENT", "EC2_AGENT_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT"].map((name) => ({
          name,
          status: "DISABLED",
        })),
      );
    });
  });

  describe("configuration history", () => {
    it("is recorded by the service's own role, in Config's order", async () => {
      const recorder = only(all, "Recorder");
      assert.deepEqual(recorder.inputs, {
        name: "streamflix-configuration-unit",
        roleArn: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig`,
        recordingGroup: { allSupported: true, includeGlobalResourceTypes: true },
        recordingMode: { recordingFrequency: "CONTINUOUS" },
      });
      const channel = only(all, "DeliveryChannel");
      assert.deepEqual(channel.inputs, {
        name: "streamflix-configuration-unit",
        s3BucketName: HISTORY_BUCKET,
        s3KmsKeyArn: "key-audit",
        snapshotDeliveryProperties: { deliveryFrequency: "TwentyFour_Hours" },
      });
      assert.deepEqual(channel.dependsOn, ["Recorder audit-configuration"]);
      const status = only(all, "RecorderStatus");
      assert.equal(status.inputs["isEnabled"], true);
      assert.deepEqual(status.dependsOn, ["DeliveryChannel audit-configuration"]);
      for (const { inputs, dependsOn } of ofType(all, "cfg/rule:Rule")) {
        assert.equal((inputs["source"] as Inputs)["owner"], "AWS");
        assert.deepEqual(dependsOn, ["RecorderStatus audit-configuration"]);
      }
      const daily = await audit({ ...EVERYTHING, recording: "daily" });
      assert.deepEqual(only(daily, "Recorder").inputs["recordingMode"], { recordingFrequency: "DAILY" });
    });

    it("goes into a bucket without a lock, which Config alone may deliver to", () => {
      const own = `arn:aws:s3:::${HISTORY_BUCKET}`;
      const Principal = { Service: "config.amazonaws.com" };
      assert.deepEqual(
        statementsOf(only(all, "BucketPolicy", "audit-configuration").inputs["policy"]).slice(2),
        [
          {
            Sid: "ConfigChecksBucket",
            Effect: "Allow",
            Principal,
            Action: ["s3:GetBucketAcl", "s3:ListBucket"],
            Resource: own,
            Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
          },
          {
            Sid: "ConfigDelivers",
            Effect: "Allow",
            Principal,
            Action: "s3:PutObject",
            Resource: `${own}/AWSLogs/${ACCOUNT}/Config/*`,
            Condition: {
              StringEquals: { "aws:SourceAccount": ACCOUNT, "s3:x-amz-acl": "bucket-owner-full-control" },
            },
          },
        ],
      );
    });
  });

  describe("findings", () => {
    it("reach people by how bad they are", () => {
      const rules = ofType(all, "EventRule").map(({ inputs }) => [
        inputs["name"],
        JSON.parse(String(inputs["eventPattern"])) as unknown,
      ]);
      const guardDuty = { source: ["aws.guardduty"], "detail-type": ["GuardDuty Finding"] };
      assert.deepEqual(Object.fromEntries(rules), {
        "streamflix-broken-rules-unit": {
          source: ["aws.config"],
          "detail-type": ["Config Rules Compliance Change"],
          detail: {
            messageType: ["ComplianceChangeNotification"],
            newEvaluationResult: { complianceType: ["NON_COMPLIANT"] },
          },
        },
        "streamflix-open-access-unit": {
          source: ["aws.access-analyzer"],
          "detail-type": ["Access Analyzer Finding"],
          detail: { status: ["ACTIVE"] },
        },
        "streamflix-suspicions-unit": {
          ...guardDuty,
          detail: { severity: [{ numeric: [">=", 4, "<", 7] }] },
        },
        "streamflix-threats-unit": { ...guardDuty, detail: { severity: [{ numeric: [">=", 7] }] } },
      });
      const targets = ofType(all, "EventTarget").map(({ inputs }) => [inputs["targetId"], inputs["arn"]]);
      assert.deepEqual(Object.fromEntries(targets), {
        "broken-rules": "warnings",
        "open-access": "warnings",
        suspicions: "warnings",
        threats: "topic",
      });
    });

    it("come as a text without addresses or people, and are kept where they can't be told", () => {
      const { inputs, dependsOn } = only(all, "EventTarget", "audit-findings-threats");
      assert.deepEqual(inputs, {
        rule: "streamflix-threats-unit",
        targetId: "threats",
        arn: "topic",
        inputTransformer: {
          inputPaths: { type: "$.detail.type", severity: "$.detail.severity", id: "$.detail.id" },
          inputTemplate:
            '"GuardDuty found <type>, severity <severity> of 10, finding <id>. Runbook: docs/runbooks/findings.md"',
        },
        deadLetterConfig: { arn: made("Queue", "audit-findings", "arn") },
        retryPolicy: { maximumRetryAttempts: 24, maximumEventAgeInSeconds: 3600 },
      });
      assert.deepEqual(dependsOn, ["FailureQueue audit-findings"]);
      const [admitted] = statementsOf(only(all, "QueuePolicy").inputs["policy"]);
      assert.deepEqual(admitted?.Condition, {
        ArnLike: {
          "aws:SourceArn": ["threats", "suspicions", "broken-rules", "open-access"].map(
            (it) => `arn:aws:events:eu-central-1:${ACCOUNT}:rule/streamflix-${it}-unit`,
          ),
        },
      });
    });

    it("of what is off are not listened for", async () => {
      const some = await audit({ ...NOTHING, detector: "create" });
      assert.deepEqual(
        ofType(some, "EventRule").map(({ name }) => name),
        ["audit-findings-suspicions", "audit-findings-threats"],
      );
    });
  });
});
