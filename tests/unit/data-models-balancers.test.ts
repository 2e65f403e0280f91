import assert from "node:assert/strict";

import type { Props } from "../../local/account/store";
import { ACCOUNT, type Case, DataAccount, refusal, REGION, T } from "./data-models-account";
import { balancer, listen, service, targets, withoutEnds } from "./service-models-account";

const BALANCERS: readonly Case[] = [
  [
    "one zone",
    "ValidationError: At least two subnets in two different Availability Zones must be specified",
    async (data) => balancer(data, { subnets: (await data.network()).oneZone }),
  ],
  [
    "a name that is too long",
    'name: expected at most 32 characters, got "' + "x".repeat(33) + '"',
    (data) => balancer(data, { name: "x".repeat(33) }),
  ],
  [
    "a name that AWS keeps for itself",
    'name: expected letters, digits and single inner hyphens, not internal- in front, got "internal-main"',
    (data) => balancer(data, { name: "internal-main" }),
  ],
  [
    "a security group of another VPC",
    "InvalidVPCNetworkStateFault: Security group sg-# is not in vpc-#.",
    async (data) => balancer(data, { securityGroups: [(await data.network()).foreignGroupId] }),
  ],
  [
    "a second load balancer of a name",
    "ELBv2 Load Balancer (main) already exists",
    async (data) => {
      await balancer(data);
      await balancer(data);
    },
  ],
  [
    "the end of a protected load balancer",
    `OperationNotPermitted: Load balancer 'arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:loadbalancer/app/main/…' cannot be deleted because deletion protection is enabled`,
    async (data) => data.delete(await balancer(data, { enableDeletionProtection: true })),
  ],
  [
    "a prefix that leaves no room for a tail",
    'namePrefix: expected at most 6 characters, got "service-"',
    (data) => targets(data, { name: undefined, namePrefix: "service-" }),
  ],
  [
    "a check that lasts longer than its interval",
    "ValidationError: Health check interval must be greater than the timeout.",
    (data) => targets(data, { healthCheck: { interval: 5, timeout: 5 } }),
  ],
  [
    "a slow start of ten seconds",
    "slowStart: expected to be in the range (30 - 900), got 10",
    (data) => targets(data, { slowStart: 10 }),
  ],
  [
    "a target group of another VPC",
    `InvalidConfigurationRequest: The load balancer 'arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:loadbalancer/app/main/…' and the target group 'arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:targetgroup/app/…' are in different VPCs`,
    async (data) => {
      const { foreignSubnetId } = await data.network();
      const vpcId = data.stored({ type: T.Subnet, id: foreignSubnetId })?.inputs["vpcId"];
      await listen(data, await balancer(data), await targets(data, { vpcId }));
    },
  ],
  [
    "HTTPS without a certificate",
    "ValidationError: A certificate must be specified for HTTPS listeners",
    async (data) => listen(data, await balancer(data), await targets(data), { protocol: "HTTPS" }),
  ],
  [
    "two listeners on a port",
    "DuplicateListener: A listener already exists on this port for this load balancer",
    async (data) => {
      const [to, group] = [await balancer(data), await targets(data)];
      await listen(data, to, group);
      await listen(data, to, group);
    },
  ],
  [
    "the end of a target group that is listened for",
    `ResourceInUse: Target group 'arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:targetgroup/app/…' is currently in use by a listener or a rule`,
    async (data) => {
      const group = await targets(data);
      await listen(data, await balancer(data), group);
      await data.delete(group);
    },
  ],
];

const scaled = (changes: Props = {}) => ({
  serviceNamespace: "ecs",
  scalableDimension: "ecs:service:DesiredCount",
  resourceId: "service/main/app",
  ...changes,
});
const target = async (data: DataAccount, changes: Props = {}) => {
  await service(data);
  return data.make(T.ScalingTarget, scaled({ minCapacity: 1, maxCapacity: 3, ...changes }));
};
const policy = (metric: string, more: Props = {}) =>
  scaled({
    name: "it",
    policyType: "TargetTrackingScaling",
    targetTrackingScalingPolicyConfiguration: {
      targetValue: 50,
      predefinedMetricSpecification: { predefinedMetricType: metric, ...more },
    },
  });

const SCALING: readonly Case[] = [
  [
    "a service that is not there",
    "ValidationException: ECS service doesn't exist: service/main/app",
    (data) => data.make(T.ScalingTarget, scaled({ minCapacity: 1, maxCapacity: 3 })),
  ],
  [
    "a service by its ARN",
    "ValidationException: Unsupported service namespace, resource type or scalable dimension: service/<cluster>/<service> and ecs:service:DesiredCount are asked for",
    (data) => target(data, { resourceId: `arn:aws:ecs:${REGION}:${ACCOUNT}:service/main/app` }),
  ],
  [
    "a metric of databases",
    "ValidationException: Metric RDSReaderAverageCPUUtilization is not valid for ecs:service:DesiredCount",
    async (data) => {
      await target(data);
      await data.make(T.ScalingPolicy, policy("RDSReaderAverageCPUUtilization"));
    },
  ],
  [
    "requests without what they are counted at",
    "ValidationException: Invalid resource label: it has to be the ends of the ARNs of load balancer and target group, app/…/targetgroup/…",
    async (data) => {
      await target(data);
      await data.make(T.ScalingPolicy, policy("ALBRequestCountPerTarget", { resourceLabel: "app/main" }));
    },
  ],
  [
    "a schedule in words",
    'schedule: expected at(…), cron(…) or rate(…), got "every Friday"',
    async (data) => {
      await target(data);
      await data.make(
        T.ScheduledAction,
        scaled({ name: "it", schedule: "every Friday", scalableTargetAction: { minCapacity: 2 } }),
      );
    },
  ],
  [
    "a schedule of nothing",
    "ValidationException: A scheduled action sets a minimum or a maximum at least.",
    async (data) => {
      await target(data);
      await data.make(
        T.ScheduledAction,
        scaled({ name: "it", schedule: "at(2026-12-18T19:30:00)", scalableTargetAction: {} }),
      );
    },
  ],
  [
    "a schedule without a target",
    "ObjectNotFoundException: No scalable target registered for service namespace: ecs service/main/app ecs:service:DesiredCount",
    (data) =>
      data.make(
        T.ScheduledAction,
        scaled({ name: "it", schedule: "rate(1 day)", scalableTargetAction: { minCapacity: 2 } }),
      ),
  ],
];

for (const [what, cases] of [
  ["load balancers", BALANCERS],
  ["scaling of services", SCALING],
] as const) {
  describe(`service models: what AWS refuses of ${what}`, () => {
    for (const [name, answer, attempt] of cases) {
      it(name, async () => {
        assert.equal(withoutEnds(await refusal(() => attempt(new DataAccount()))), answer);
      });
    }
  });
}

describe("service models: a load balancer", () => {
  it("has a name inside the VPC and hands out the ends of its ARN", async () => {
    const data = new DataAccount();
    const { outputs } = await balancer(data);
    assert.match(String(outputs["dnsName"]), /^internal-main-\d+\.eu-central-1\.elb\.amazonaws\.com$/);
    assert.match(String(outputs["arnSuffix"]), /^app\/main\/[0-9a-f]{16}$/);
    const group = await targets(data, { name: undefined, namePrefix: "sflix-" });
    assert.match(String(group.outputs["arnSuffix"]), /^targetgroup\/sflix-[0-9a-z]{26}\/[0-9a-f]{16}$/);
  });
});
