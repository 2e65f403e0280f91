import assert from "node:assert/strict";

import { collectorConfig, type CollectorConfig, collectorText } from "../../components/service/collector";
import { ofType, only, type Registered } from "./data-mocks";
import { service } from "./service-stack";

/** A service without data, which none of these parts has to do with. */
const alone = (...[name, changes, more]: Parameters<typeof service>) => service(name, changes, more, "alone");

describe("load balancer of the service", () => {
  let all: readonly Registered[];
  before(async () => {
    all = await alone("dev");
  });

  it("is internal and strict about requests", () => {
    assert.deepEqual(only(all, "LoadBalancer", "service").inputs, {
      name: "streamflix-service-dev",
      internal: true,
      loadBalancerType: "application",
      securityGroups: ["SecurityGroup/service#id"],
      subnets: ["private-1", "private-2"],
      dropInvalidHeaderFields: true,
      desyncMitigationMode: "strictest",
      enableDeletionProtection: false,
      tags: { Name: "streamflix-service-dev" },
    });
  });

  it("sends requests to tasks that are well, and lets them end what they have begun", () => {
    assert.deepEqual(only(all, "TargetGroup").inputs, {
      namePrefix: "sflix-",
      vpcId: "vpc",
      targetType: "ip",
      protocol: "HTTP",
      port: 8080,
      deregistrationDelay: 60,
      slowStart: 30,
      healthCheck: {
        protocol: "HTTP",
        path: "/health",
        interval: 5,
        timeout: 4,
        healthyThreshold: 2,
        unhealthyThreshold: 3,
        matcher: "200",
      },
      tags: { Name: "streamflix-service-dev" },
    });
  });

  it("reaches the tasks and nothing else, and nobody reaches it yet", () => {
    const ports = {
      ipProtocol: "tcp",
      fromPort: 8080,
      toPort: 8080,
      description: "Requests from the load balancer to tasks",
    };
    const [own, tasks] = ["SecurityGroup/service#id", "group-app"];
    assert.deepEqual(only(all, "SecurityGroupEgressRule").inputs, {
      ...ports,
      securityGroupId: own,
      referencedSecurityGroupId: tasks,
    });
    assert.deepEqual(only(all, "SecurityGroupIngressRule").inputs, {
      ...ports,
      securityGroupId: tasks,
      referencedSecurityGroupId: own,
    });
  });

  it("speaks HTTP without a certificate, and TLS 1.2 or later with one", async () => {
    const listener = only(all, "Listener").inputs;
    assert.deepEqual(
      [listener["protocol"], listener["port"], listener["certificateArn"]],
      ["HTTP", 8080, undefined],
    );
    const secured = only(await alone("dev", {}, { certificateArn: "certificate" }), "Listener").inputs;
    assert.deepEqual(
      [secured["protocol"], secured["port"], secured["certificateArn"], secured["sslPolicy"]],
      ["HTTPS", 443, "certificate", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"],
    );
  });

  it("can't be deleted in prod, and logs where there is a bucket", async () => {
    const { inputs } = only(await alone("prod", {}, { accessLogsBucket: "logs" }), "LoadBalancer", "service");
    assert.equal(inputs["enableDeletionProtection"], true);
    assert.deepEqual(inputs["accessLogs"], { bucket: "logs", prefix: "load-balancer", enabled: true });
  });
});

describe("alarms that take a deployment back", () => {
  it("look at the load balancer's errors and unhealthy tasks, and tell people", async () => {
    const [errors, unhealthy] = ofType(await alone("dev"), "MetricAlarm").map(({ inputs }) => inputs);
    const dimensions = {
      LoadBalancer: "LoadBalancer/service#arnSuffix",
      TargetGroup: "TargetGroup/service#arnSuffix",
    };
    const metric = (metricName: string) => ({
      namespace: "AWS/ApplicationELB",
      metricName,
      stat: "Sum",
      period: 60,
      dimensions,
    });
    assert.deepEqual(errors?.["metricQueries"], [
      {
        id: "result",
        expression: "IF(requests > 0, 100 * errors / requests, 0)",
        label: "Errors in percent of requests",
        returnData: true,
      },
      { id: "errors", metric: metric("HTTPCode_Target_5XX_Count") },
      { id: "requests", metric: metric("RequestCount") },
    ]);
    assert.deepEqual(
      [
        unhealthy?.["metricName"],
        unhealthy?.["statistic"],
        unhealthy?.["evaluationPeriods"],
        unhealthy?.["dimensions"],
      ],
      ["UnHealthyHostCount", "Maximum", 3, dimensions],
    );
    for (const alarm of [errors, unhealthy]) {
      assert.deepEqual([alarm?.["alarmActions"], alarm?.["treatMissingData"]], [["topic"], "notBreaching"]);
    }
    const quiet = ofType(await alone("dev", {}, { alertTopics: undefined }), "MetricAlarm");
    assert.deepEqual(
      quiet.map(({ inputs }) => inputs["alarmActions"]),
      [[], []],
    );
  });
});

describe("scaling of the service", () => {
  const TARGET = {
    serviceNamespace: "ecs",
    scalableDimension: "ecs:service:DesiredCount",
    resourceId: "service/streamflix-services-prod/streamflix-service-prod",
  };

  it("moves between two and ten tasks by CPU and memory", async () => {
    const all = await alone("prod");
    assert.deepEqual(only(all, "Target").inputs, { ...TARGET, minCapacity: 2, maxCapacity: 10 });
    const tracked = (predefinedMetricType: string, targetValue: number) => ({
      predefinedMetricSpecification: { predefinedMetricType },
      targetValue,
      scaleInCooldown: 300,
      scaleOutCooldown: 60,
    });
    assert.deepEqual(
      ofType(all, "Policy").map(({ inputs }) => inputs),
      [
        {
          name: "service-cpu",
          policyType: "TargetTrackingScaling",
          ...TARGET,
          targetTrackingScalingPolicyConfiguration: tracked("ECSServiceAverageCPUUtilization", 70),
        },
        {
          name: "service-memory",
          policyType: "TargetTrackingScaling",
          ...TARGET,
          targetTrackingScalingPolicyConfiguration: tracked("ECSServiceAverageMemoryUtilization", 80),
        },
      ],
    );
    assert.deepEqual(ofType(all, "ScheduledAction"), []);
  });

  it("looks at requests where a target is given", async () => {
    const all = await alone("prod", { "streamflix:service.scaling.requestsPerTaskAndMinute": 600 });
    const { targetTrackingScalingPolicyConfiguration } = only(all, "Policy", "service-requests").inputs;
    assert.deepEqual(targetTrackingScalingPolicyConfiguration, {
      predefinedMetricSpecification: {
        predefinedMetricType: "ALBRequestCountPerTarget",
        resourceLabel: "LoadBalancer/service#arnSuffix/TargetGroup/service#arnSuffix",
      },
      targetValue: 600,
      scaleInCooldown: 300,
      scaleOutCooldown: 60,
    });
  });

  it("goes up before a premiere and back after it", async () => {
    const premiere = {
      name: "season-start",
      start: "at(2026-12-18T19:30:00)",
      end: "at(2026-12-18T23:00:00)",
      timezone: "Europe/Berlin",
      minTasks: 8,
    };
    const all = await alone("prod", { "streamflix:service.scaling.premieres": [premiere] });
    const action = (name: string, schedule: string, minCapacity: number) => ({
      name,
      ...TARGET,
      schedule,
      timezone: "Europe/Berlin",
      scalableTargetAction: { minCapacity, maxCapacity: 10 },
    });
    assert.deepEqual(
      ofType(all, "ScheduledAction").map(({ inputs }) => inputs),
      [action("season-start-end", premiere.end, 2), action("season-start-start", premiere.start, 8)],
    );
  });
});

describe("configuration of the collector", () => {
  const valid = collectorConfig("eu-central-1", "/streamflix/dev/service/metrics");
  const broken = (changes: Partial<CollectorConfig>) => () => collectorText({ ...valid, ...changes });

  it("listens on this host only", () => {
    const { otlp, awsxray } = valid.receivers;
    assert.deepEqual(otlp, {
      protocols: { grpc: { endpoint: "127.0.0.1:4317" }, http: { endpoint: "127.0.0.1:4318" } },
    });
    assert.deepEqual(awsxray, { endpoint: "127.0.0.1:2000", transport: "udp" });
  });

  it("fits into a parameter, and is what the stack has there", async () => {
    const text = collectorText(valid);
    assert.ok(Buffer.byteLength(text) < 2048, `${Buffer.byteLength(text)} bytes`);
    assert.deepEqual(only(await alone("dev"), "Parameter").inputs, {
      name: "/streamflix/dev/service/collector-config",
      type: "String",
      insecureValue: text,
    });
  });

  it("names every problem at once", () => {
    const { service: settings, ...parts } = valid;
    const traces = { receivers: [], processors: ["batch"], exporters: ["otlphttp"] };
    assert.throws(
      () =>
        collectorText({
          ...parts,
          service: { extensions: [], pipelines: { ...settings.pipelines, traces } },
        }),
      {
        message: `The configuration of the collector can't be used:
- pipeline traces names otlphttp, which is not among the exporters
- pipeline traces has no receivers
- pipeline traces has to begin with memory_limiter: what comes before it is never refused
- no pipeline uses awsxray of the receivers
- no pipeline uses awsxray of the exporters
- service.extensions leaves out health_check`,
      },
    );
  });

  it("is refused when it is longer than a parameter", () => {
    const long = { ...valid.processors, batch: { note: "x".repeat(4096) } };
    assert.throws(broken({ processors: long }), /bytes; a standard parameter holds 4096/);
  });
});
