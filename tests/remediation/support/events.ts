/**
 * Events as AWS documents them, each with its source, moved to the account and the resources of stack dev. Synthetic: no
 * event of a real account is among them.
 */

const ACCOUNT = "111122223333";
const REGION = "eu-central-1";
const arn = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;

export const CLUSTER = arn("ecs", "cluster/streamflix-services-dev");
export const SERVICE = arn("ecs", "service/streamflix-services-dev/streamflix-service-dev");
export const DATABASE = arn("rds", "cluster:streamflix-database-dev");
export const TIME = "2026-11-25T12:00:00Z";

/** An event of EventBridge. */
export interface Event {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, unknown>>;
}

function event(
  source: string,
  detailType: string,
  detail: Event["detail"],
  resources: readonly string[] = [],
): Event {
  return {
    version: "0",
    id: "ddca6449-b258-46c0-8653-e0e3a6d0468b",
    "detail-type": detailType,
    source,
    account: ACCOUNT,
    time: TIME,
    region: REGION,
    resources,
    detail,
  };
}

/** A call as CloudTrail records it. */
function call(source: string, eventName: string, more: Event["detail"]): Event {
  return event(`aws.${source}`, "AWS API Call via CloudTrail", {
    eventVersion: "1.08",
    userIdentity: {
      type: "IAMUser",
      principalId: "EX_PRINCIPAL_ID",
      arn: `arn:aws:iam::${ACCOUNT}:user/Alice`,
      accountId: ACCOUNT,
      accessKeyId: "EXAMPLE_KEY_ID",
      userName: "Alice",
    },
    eventTime: TIME,
    eventSource: `${source}.amazonaws.com`,
    eventName,
    awsRegion: REGION,
    sourceIPAddress: "192.0.2.0",
    userAgent: "AWS Internal",
    requestID: "ee408f36-ea01-422b-ac14-b0f147c68334",
    eventID: "3c4226b0-1e81-48a8-a333-7fa5f3cbd118",
    readOnly: false,
    eventType: "AwsApiCall",
    recipientAccountId: ACCOUNT,
    ...more,
  });
}

/** AWS KMS developer guide, "ScheduleKeyDeletion" (ct-schedule-key-deletion). */
export const keyDeletion = (keyId: string): Event =>
  call("kms", "ScheduleKeyDeletion", {
    requestParameters: { pendingWindowInDays: 20, keyId },
    responseElements: {
      keyId: arn("kms", `key/${keyId}`),
      keyState: "PendingDeletion",
      deletionDate: "Apr 12, 2021 18:58:30 PM",
    },
    resources: [{ accountId: ACCOUNT, type: "AWS::KMS::Key", ARN: arn("kms", `key/${keyId}`) }],
  });

/** AWS KMS developer guide, "DisableKey" (ct-disablekey). */
export const keyDisabled = (keyId: string): Event =>
  call("kms", "DisableKey", {
    requestParameters: { keyId },
    responseElements: null,
    resources: [{ accountId: ACCOUNT, ARN: arn("kms", `key/${keyId}`) }],
  });

/** The same call refused, as "Logging failures" of the CloudTrail user guide has it: with errorCode. */
export const keyDeletionRefused = (keyId: string): Event => {
  const refused = keyDeletion(keyId);
  return { ...refused, detail: { ...refused.detail, errorCode: "AccessDenied", responseElements: null } };
};

/** AWS KMS developer guide, "EnableKey" (ct-enablekey): what the function itself does. */
export const keyEnabled = (keyId: string): Event =>
  call("kms", "EnableKey", { requestParameters: { keyId }, responseElements: null });

/** A rotation's event: AWS Secrets Manager user guide, "CloudTrail entries" (rotation), in the shape of service events. */
function rotationEvent(eventName: string, secretArn: string): Event {
  return event("aws.secretsmanager", "AWS Service Event via CloudTrail", {
    eventVersion: "1.08",
    userIdentity: { accountId: ACCOUNT, invokedBy: "secretsmanager.amazonaws.com" },
    eventTime: TIME,
    eventSource: "secretsmanager.amazonaws.com",
    eventName,
    awsRegion: REGION,
    sourceIPAddress: "secretsmanager.amazonaws.com",
    userAgent: "secretsmanager.amazonaws.com",
    requestParameters: null,
    responseElements: null,
    additionalEventData: { SecretId: secretArn },
    readOnly: false,
    eventType: "AwsServiceEvent",
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: "Management",
  });
}

export const rotationFailed = (secretArn: string): Event => rotationEvent("RotationFailed", secretArn);
export const rotationSucceeded = (secretArn: string): Event => rotationEvent("RotationSucceeded", secretArn);

/** Amazon ECS developer guide, "Fargate capacity providers": snippet of a Spot interruption; `time` is the frame's. */
export const interruption = (clusterArn = CLUSTER): Event => {
  const taskArn = arn("ecs", "task/b99d40b3-5176-4f71-9a52-9dbd6f1cebef");
  return event(
    "aws.ecs",
    "ECS Task State Change",
    {
      clusterArn,
      createdAt: "2016-12-06T16:41:05.702Z",
      desiredStatus: "STOPPED",
      lastStatus: "RUNNING",
      stoppedReason: "Your Spot Task was interrupted.",
      stopCode: "SpotInterruption",
      taskArn,
    },
    [taskArn],
  );
};

/** Amazon ECS developer guide, "Example Task state change event", with `group` and the last of its states. */
export const stopped = (group = "service:streamflix-service-dev", clusterArn = CLUSTER): Event => {
  const stopping = interruption(clusterArn);
  return { ...stopping, detail: { ...stopping.detail, group, lastStatus: "STOPPED" } };
};

/** Amazon ECS developer guide, "Example Task state change event": a task that starts. */
export const taskRunning = (): Event => {
  const stopping = interruption();
  const { clusterArn, taskArn } = stopping.detail;
  return {
    ...stopping,
    detail: { clusterArn, taskArn, desiredStatus: "RUNNING", lastStatus: "RUNNING", version: 4 },
  };
};

/** Amazon ECS developer guide, "Example Service task placement failure event". */
export const placementFailure = (serviceArn = SERVICE, provider = "FARGATE_SPOT"): Event =>
  event(
    "aws.ecs",
    "ECS Service Action",
    {
      eventType: "ERROR",
      eventName: "SERVICE_TASK_PLACEMENT_FAILURE",
      clusterArn: CLUSTER,
      capacityProviderArns: [arn("ecs", `capacity-provider/${provider}`)],
      reason: "RESOURCE:FARGATE",
      createdAt: "2019-11-06T19:09:33.087Z",
    },
    [serviceArn],
  );

/** Amazon ECS developer guide, "Example Service steady state event". */
export const steadyState = (): Event =>
  event(
    "aws.ecs",
    "ECS Service Action",
    {
      eventType: "INFO",
      eventName: "SERVICE_STEADY_STATE",
      clusterArn: CLUSTER,
      createdAt: "2019-11-19T19:27:22.695Z",
    },
    [SERVICE],
  );

/** Amazon ECS developer guide, "Example service deployment failed event", and its neighbour "completed". */
export const deployment = (
  eventName: "SERVICE_DEPLOYMENT_FAILED" | "SERVICE_DEPLOYMENT_COMPLETED",
  serviceArn = SERVICE,
): Event =>
  event(
    "aws.ecs",
    "ECS Deployment State Change",
    {
      eventType: eventName === "SERVICE_DEPLOYMENT_FAILED" ? "ERROR" : "INFO",
      eventName,
      deploymentId: "ecs-svc/123",
      updatedAt: "2020-05-23T11:11:11Z",
      reason: "ECS deployment circuit breaker: task failed to start.",
    },
    [serviceArn],
  );

/** Amazon EventBridge user guide, "Creating a rule that runs on a schedule": what a rule with a schedule sends. */
export const tick = (): Event =>
  event("aws.events", "Scheduled Event", {}, [arn("events", "rule/streamflix-remediation-shift-end-dev")]);

/**
 * Aurora user guide, "Example of a DB cluster event" (frame) and "DB cluster events" (ids and messages: 0071 is a
 * failover that is done, 0073 one that begins, 0173 a patch).
 */
export const clusterEvent = (
  EventID: string,
  EventCategories: readonly string[] = ["failover"],
  clusterArn = DATABASE,
): Event =>
  event(
    "aws.rds",
    "RDS DB Cluster Event",
    {
      EventCategories,
      SourceType: "CLUSTER",
      SourceArn: clusterArn,
      Date: "2018-10-06T12:26:13.882Z",
      Message: "Completed failover to DB instance: streamflix-database-dev-2",
      SourceIdentifier: clusterArn.split(":").at(-1),
      EventID,
    },
    [clusterArn],
  );

/**
 * Aurora user guide, "DB cluster events", category "global failover", and "DB instance events", category "notification,
 * global database": ids and messages; "Example of a DB cluster event" and "of a DB instance event": frames.
 */
export const primaryMove = (
  EventID: string,
  source: string,
  EventCategories = ["global failover"],
): Event => {
  const isCluster = source.includes(":cluster:");
  return {
    ...event("aws.rds", isCluster ? "RDS DB Cluster Event" : "RDS DB Instance Event", {
      EventCategories,
      SourceType: isCluster ? "CLUSTER" : "DB_INSTANCE",
      SourceArn: source,
      Date: "2018-10-06T12:26:13.882Z",
      Message: "Global switchover to DB cluster streamflix-database-prod-dr in Region eu-west-1 started.",
      SourceIdentifier: `rds:${source.split(":").at(-1) ?? ""}`,
      EventID,
    }),
    account: source.split(":")[4] ?? "",
    region: source.split(":")[3] ?? "",
    resources: [source],
  };
};
