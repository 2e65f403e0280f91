import assert from "node:assert/strict";

import { clusterName } from "../../components/service/cluster-name";
import { countByType, ofType, only, type Registered, stack, statementsOf } from "./data-mocks";
import { service } from "./service-stack";

const ACCOUNT = "arn:aws:%:eu-central-1:111122223333";
const arn = (serviceName: string, rest: string) => `${ACCOUNT.replace("%", serviceName)}:${rest}`;

/** The containers of the task definition, by name. */
function containersOf(all: readonly Registered[]): Record<string, Record<string, unknown>> {
  const { containerDefinitions } = only(all, "TaskDefinition").inputs;
  const list = JSON.parse(String(containerDefinitions)) as Record<string, unknown>[];
  return Object.fromEntries(list.map((it) => [String(it["name"]), it]));
}

describe("Service", () => {
  let all: readonly Registered[];
  before(async () => {
    all = await service("dev");
  });

  it("registers exactly these resources", () => {
    assert.deepEqual(countByType(all), {
      "aws:appautoscaling/policy:Policy": 2,
      "aws:appautoscaling/target:Target": 1,
      "aws:cloudwatch/logGroup:LogGroup": 4,
      "aws:cloudwatch/metricAlarm:MetricAlarm": 2,
      "aws:ec2/securityGroup:SecurityGroup": 1,
      "aws:ecs/cluster:Cluster": 1,
      "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": 1,
      "aws:ecs/service:Service": 1,
      "aws:ecs/taskDefinition:TaskDefinition": 1,
      "aws:iam/role:Role": 2,
      "aws:iam/rolePolicy:RolePolicy": 5,
      "aws:lb/listener:Listener": 1,
      "aws:lb/loadBalancer:LoadBalancer": 1,
      "aws:lb/targetGroup:TargetGroup": 1,
      "aws:ssm/parameter:Parameter": 1,
      "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 1,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 1,
    });
  });

  it("runs on Fargate and Spot, takes bad deployments back and leaves the number of tasks to scaling", () => {
    const { inputs, ignoreChanges, dependsOn } = only(all, "Service", "service");
    assert.deepEqual(inputs, {
      name: "streamflix-service-dev",
      cluster: "Cluster/service#arn",
      taskDefinition: "TaskDefinition/service#arn",
      desiredCount: 1,
      capacityProviderStrategies: [
        { capacityProvider: "FARGATE", base: 1, weight: 1 },
        { capacityProvider: "FARGATE_SPOT", base: 0, weight: 1 },
      ],
      forceNewDeployment: true,
      networkConfiguration: {
        subnets: ["private-1", "private-2"],
        securityGroups: ["group-app"],
        assignPublicIp: false,
      },
      loadBalancers: [
        { targetGroupArn: "TargetGroup/service#arn", containerName: "application", containerPort: 8080 },
      ],
      healthCheckGracePeriodSeconds: 60,
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      alarms: {
        alarmNames: ["streamflix-service-errors-dev", "streamflix-service-unhealthy-dev"],
        enable: true,
        rollback: true,
      },
      availabilityZoneRebalancing: "ENABLED",
      enableExecuteCommand: true,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      waitForSteadyState: true,
    });
    assert.deepEqual(ignoreChanges, ["desiredCount"]);
    assert.deepEqual(dependsOn, ["Invocation database-roles"]);
  });

  it("leaves out what can take no tasks", async () => {
    const capacity = { onDemandBase: 0, onDemandWeight: 0, spotWeight: 3 };
    const spot = await service("dev", { "streamflix:service.capacity": capacity });
    assert.deepEqual(only(spot, "Service", "service").inputs["capacityProviderStrategies"], [
      { capacityProvider: "FARGATE_SPOT", base: 0, weight: 3 },
    ]);
  });

  it("has a cluster whose disks, sessions and measurements are under keys of the platform", () => {
    assert.deepEqual(only(all, "Cluster").inputs, {
      name: "streamflix-services-dev",
      settings: [{ name: "containerInsights", value: "enhanced" }],
      configuration: {
        executeCommandConfiguration: {
          logging: "OVERRIDE",
          logConfiguration: {
            cloudWatchEncryptionEnabled: true,
            cloudWatchLogGroupName: "/streamflix/dev/service/sessions",
          },
        },
        managedStorageConfiguration: { fargateEphemeralStorageKmsKeyId: "key-viewer-data" },
      },
    });
    assert.equal(clusterName(stack("dev").names), "streamflix-services-dev");
    assert.deepEqual(
      ofType(all, "LogGroup").map(({ inputs }) => [
        inputs["name"],
        inputs["kmsKeyId"],
        inputs["retentionInDays"],
      ]),
      [
        ["/aws/ecs/containerinsights/streamflix-services-dev/performance", "key-logs", 7],
        ["/streamflix/dev/service/metrics", "key-logs", 7],
        ["/streamflix/dev/service/output", "key-logs", 7],
        ["/streamflix/dev/service/sessions", "key-logs", 7],
      ],
    );
  });

  it("defines a task for ARM64 with files over TLS, through the access point, with IAM", () => {
    const { inputs } = only(all, "TaskDefinition");
    const { containerDefinitions, ...rest } = inputs;
    assert.equal(typeof containerDefinitions, "string");
    assert.deepEqual(rest, {
      family: "streamflix-service-dev",
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
      cpu: "512",
      memory: "1024",
      taskRoleArn: "Role/service-task#arn",
      executionRoleArn: "Role/service-execution#arn",
      volumes: [
        { name: "agent-state" },
        { name: "agent-logs" },
        {
          name: "files",
          efsVolumeConfiguration: {
            fileSystemId: "FileSystem/files#id",
            transitEncryption: "ENABLED",
            authorizationConfig: { accessPointId: "AccessPoint/files#id", iam: "ENABLED" },
          },
        },
      ],
    });
  });

  it("gives the application no rights, a read-only root, two minutes to end and what it needs to know", () => {
    const { application } = containersOf(all);
    const { healthCheck, ...rest } = application ?? {};
    assert.deepEqual((healthCheck as { command: string[] }).command.slice(0, 3), ["CMD", "node", "-e"]);
    assert.deepEqual(rest, {
      name: "application",
      image: `111122223333.dkr.ecr.eu-central-1.amazonaws.com/streamflix/service@sha256:${"0".repeat(63)}1`,
      user: "1000:1000",
      privileged: false,
      readonlyRootFilesystem: true,
      linuxParameters: { capabilities: { drop: ["ALL"] }, initProcessEnabled: true },
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": "/streamflix/dev/service/output",
          "awslogs-region": "eu-central-1",
          "awslogs-stream-prefix": "service",
          mode: "non-blocking",
          "max-buffer-size": "8m",
        },
      },
      essential: true,
      stopTimeout: 120,
      portMappings: [{ containerPort: 8080, hostPort: 8080, protocol: "tcp" }],
      environment: [
        { name: "AWS_REGION", value: "eu-central-1" },
        { name: "CACHE_PORT", value: "6379" },
        { name: "CACHE_REPLICATION_GROUP", value: "streamflix-cache-dev" },
        { name: "CACHE_USER", value: "streamflix-service-dev" },
        { name: "FILES_DIRECTORY", value: "/mnt/files" },
        { name: "PORT", value: "8080" },
        { name: "STOP_TIMEOUT_SECONDS", value: "120" },
        { name: "WITHOUT", value: "stream" },
      ],
      secrets: [
        { name: "CACHE_HOST", valueFrom: arn("ssm", "parameter/streamflix/dev/cache/primary-endpoint") },
        {
          name: "DATABASE_SECRET_ARN",
          valueFrom: arn("ssm", "parameter/streamflix/dev/database/service-secret-arn"),
        },
      ],
      mountPoints: [
        { sourceVolume: "agent-state", containerPath: "/var/lib/amazon", readOnly: false },
        { sourceVolume: "agent-logs", containerPath: "/var/log/amazon", readOnly: false },
        { sourceVolume: "files", containerPath: "/mnt/files", readOnly: false },
      ],
      dependsOn: [{ containerName: "collector", condition: "START" }],
    });
  });

  it("has a collector that can't take the application down", () => {
    const { collector } = containersOf(all);
    assert.deepEqual(
      [
        collector?.["essential"],
        collector?.["restartPolicy"],
        collector?.["memory"],
        collector?.["portMappings"],
      ],
      [false, { enabled: true, restartAttemptPeriod: 60 }, 256, undefined],
    );
    assert.deepEqual(collector?.["secrets"], [
      {
        name: "AOT_CONFIG_CONTENT",
        valueFrom: arn("ssm", "parameter/streamflix/dev/service/collector-config"),
      },
    ]);
    assert.deepEqual(
      [collector["user"], collector["readonlyRootFilesystem"], collector["linuxParameters"]],
      ["1000:1000", true, { capabilities: { drop: ["ALL"] }, initProcessEnabled: true }],
    );
  });

  it("runs without a collector, and then has nothing for one", async () => {
    const plain = await service("dev", { "streamflix:service.collectorImage": undefined });
    const { application, ...others } = containersOf(plain);
    assert.deepEqual(others, {});
    assert.equal(application?.["dependsOn"], undefined);
    const gone = (type: string) => {
      const names = ofType(plain, type).map(({ name }) => name);
      return ofType(all, type)
        .map(({ name }) => name)
        .filter((name) => !names.includes(name));
    };
    assert.deepEqual(
      [gone("Parameter"), gone("LogGroup"), gone("RolePolicy")],
      [["service-collector"], ["service-metrics"], []],
    );
    const text = JSON.stringify(ofType(plain, "RolePolicy").map(({ inputs }) => inputs));
    assert.doesNotMatch(text, /SendTraces|WriteMetrics|collector/);
    assert.match(text, /RecordSessions/);
  });

  it("needs neither data nor files", async () => {
    const alone = await service("dev", {}, {}, "alone");
    const { application } = containersOf(alone);
    assert.deepEqual(application?.["secrets"], []);
    assert.deepEqual(only(alone, "Service", "service").dependsOn, []);
    assert.deepEqual(
      ofType(alone, "RolePolicy").map(({ name }) => name),
      ["service-execution", "service-task"],
    );
  });

  it("sends viewing events where there is a stream", async () => {
    const streaming = await service("dev", {}, { stream: { name: "events", arn: "stream-arn" } });
    const { application } = containersOf(streaming);
    const environment = application?.["environment"] as { name: string; value: string }[] | undefined;
    const names = environment?.filter(({ name }) => name === "EVENTS_STREAM");
    assert.deepEqual(names, [{ name: "EVENTS_STREAM", value: "events" }]);
    const { SendEvents, EncryptEvents, ...rest } = statementsOf(
      only(streaming, "RolePolicy", "service-task-stream").inputs["policy"],
    );
    assert.deepEqual(rest, {});
    assert.deepEqual(
      [SendEvents?.["Action"], SendEvents?.["Resource"]],
      [["kinesis:PutRecord", "kinesis:PutRecords"], "stream-arn"],
    );
    assert.deepEqual(EncryptEvents?.["Condition"], {
      StringEquals: {
        "kms:ViaService": "kinesis.eu-central-1.amazonaws.com",
        "kms:EncryptionContext:aws:kinesis:arn": "stream-arn",
      },
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/streamflix-viewer-data-dev" },
    });
    // Named by texts that make no dependency.
    assert.ok(only(streaming, "RolePolicy", "service-task-stream").dependsOn.includes("Stream events"));
  });
});

describe("roles of the service", () => {
  let all: readonly Registered[];
  before(async () => {
    all = await service("dev");
  });
  const statements = (name: string) => statementsOf(only(all, "RolePolicy", name).inputs["policy"]);

  it("are for tasks of this account and region", () => {
    for (const { inputs } of ofType(all, "Role")) {
      assert.deepEqual(statementsOf(inputs["assumeRolePolicy"])["0"], {
        Effect: "Allow",
        Principal: { Service: "ecs-tasks.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: {
          StringEquals: { "aws:SourceAccount": "111122223333" },
          ArnLike: { "aws:SourceArn": "arn:aws:ecs:eu-central-1:111122223333:*" },
        },
      });
    }
  });

  it("start tasks from two repositories, three parameters and one log group", () => {
    const { SignInToRegistry, PullImages, WriteOutput, ReadStartValues, ...rest } =
      statements("service-execution");
    assert.deepEqual(rest, {});
    assert.deepEqual(
      [SignInToRegistry?.["Action"], SignInToRegistry?.["Resource"]],
      ["ecr:GetAuthorizationToken", "*"],
    );
    assert.deepEqual(PullImages?.["Resource"], [
      arn("ecr", "repository/streamflix/service"),
      arn("ecr", "repository/ecr-public/aws-observability/aws-otel-collector"),
    ]);
    assert.equal(WriteOutput?.["Resource"], arn("logs", "log-group:/streamflix/dev/service/output:*"));
    assert.deepEqual(ReadStartValues?.["Resource"], [
      arn("ssm", "parameter/streamflix/dev/service/collector-config"),
      arn("ssm", "parameter/streamflix/dev/database/service-secret-arn"),
      arn("ssm", "parameter/streamflix/dev/cache/primary-endpoint"),
    ]);
  });

  it("let the code read one secret and where things are, measure, and nothing else", () => {
    const { ReadParameters, SendTraces, WriteMetrics, RecordSessions, OpenSessions, ...rest } =
      statements("service-task");
    assert.deepEqual(rest, {});
    assert.deepEqual(ReadParameters?.["Resource"], [
      arn("ssm", "parameter/streamflix/dev/cache/*"),
      arn("ssm", "parameter/streamflix/dev/database/*"),
      arn("ssm", "parameter/streamflix/dev/files/*"),
      arn("ssm", "parameter/streamflix/dev/service/*"),
    ]);
    assert.equal(WriteMetrics?.["Resource"], arn("logs", "log-group:/streamflix/dev/service/metrics:*"));
    assert.equal(RecordSessions?.["Resource"], arn("logs", "log-group:/streamflix/dev/service/sessions:*"));
    for (const statement of [SendTraces, OpenSessions]) {
      assert.equal(statement?.["Resource"], "*");
      assert.ok((statement["Action"] as string[]).every((it) => !it.includes("*")));
    }
    assert.deepEqual(statements("service-task-database")["ReadSecrets"]?.["Resource"], [
      arn("secretsmanager", "secret:streamflix/dev/database/service-*"),
    ]);
  });

  it("let the code sign in to the cache and mount the files through the access point", () => {
    assert.deepEqual(statements("service-task-cache")["SignInToCache"]?.["Resource"], [
      "ReplicationGroup/cache#arn",
      "User/cache-service#arn",
    ]);
    assert.deepEqual(statements("service-task-files")["MountFiles"]?.["Condition"], {
      StringEquals: { "elasticfilesystem:AccessPointArn": "AccessPoint/files#arn" },
    });
  });
});
