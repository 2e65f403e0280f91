import assert from "node:assert/strict";

import { ACCOUNT, type Case, DataAccount, refusal, REGION, T } from "./data-models-account";
import { behind, cluster, container, service, targets, task, withoutEnds } from "./service-models-account";

const TASKS: readonly Case[] = [
  [
    "a pair of sizes that Fargate lacks",
    "ClientException: No Fargate configuration exists for given values.",
    (data) => task(data, { cpu: "256", memory: "4096" }),
  ],
  [
    "the wrong kind of network",
    "ClientException: Fargate only supports network mode 'awsvpc'.",
    (data) => task(data, { networkMode: "bridge" }),
  ],
  [
    "containers that are no list",
    "containerDefinitions: ECS Task Definition container_definitions is invalid",
    (data) => task(data, { containerDefinitions: "{}" }),
  ],
  [
    "no essential container",
    "ClientException: A task definition must have at least one essential container.",
    (data) => task(data, {}, [container({ essential: false })]),
  ],
  [
    "two containers of one name",
    "ClientException: Container names must be unique within a task definition.",
    (data) => task(data, {}, [container(), container()]),
  ],
  [
    "a container without an image",
    "ClientException: Container.image should not be null or empty.",
    (data) => task(data, {}, [container({ image: "" })]),
  ],
  [
    "a start after a container that is not there",
    "ClientException: Container dependency proxy does not exist in the task definition.",
    (data) => task(data, {}, [container({ dependsOn: [{ containerName: "proxy", condition: "START" }] })]),
  ],
  [
    "more than two minutes to stop",
    "containerDefinitions[0].stopTimeout: expected to be in the range (0 - 120), got 121",
    (data) => task(data, {}, [container({ stopTimeout: 121 })]),
  ],
  [
    "restarts in quick succession",
    "containerDefinitions[1].restartAttemptPeriod: expected to be in the range (60 - 1800), got 10",
    (data) =>
      task(data, {}, [
        container(),
        container({ name: "b", restartPolicy: { enabled: true, restartAttemptPeriod: 10 } }),
      ]),
  ],
  [
    "a privileged container",
    "ClientException: Fargate does not support privileged containers.",
    (data) => task(data, {}, [container({ privileged: true })]),
  ],
  [
    "tmpfs",
    "ClientException: Fargate supports neither tmpfs nor devices in linuxParameters.",
    (data) => task(data, {}, [container({ linuxParameters: { tmpfs: [{ containerPath: "/tmp" }] } })]),
  ],
  [
    "a capability",
    "ClientException: Fargate adds no capability but SYS_PTRACE: NET_ADMIN",
    (data) =>
      task(data, {}, [
        container({ linuxParameters: { capabilities: { add: ["NET_ADMIN", "SYS_PTRACE"] } } }),
      ]),
  ],
  [
    "more memory for containers than for the task",
    "ClientException: Total memory of the containers is greater than the memory of the task.",
    (data) => task(data, {}, [container({ memory: 1024 })]),
  ],
  [
    "logs without a role to write them",
    "ClientException: Fargate requires task definition to have execution role ARN to support log driver awslogs and secrets.",
    (data) =>
      task(data, { executionRoleArn: undefined }, [
        container({ logConfiguration: { logDriver: "awslogs", options: {} } }),
      ]),
  ],
  [
    "a role of another service",
    `AccessDenied: ecs-tasks.amazonaws.com may not assume arn:aws:iam::${ACCOUNT}:role/lambda: its trust policy does not name it`,
    async (data) => task(data, { taskRoleArn: await data.role("lambda.amazonaws.com") }),
  ],
  [
    "a mount of no volume",
    "ClientException: Unknown volume 'files'.",
    (data) => task(data, {}, [container({ mountPoints: [{ sourceVolume: "files" }] })]),
  ],
  [
    "shared files that are not there",
    `FileSystem.NotFound: FileSystem "fs-1" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => task(data, { volumes: [{ name: "files", efsVolumeConfiguration: { fileSystemId: "fs-1" } }] }),
  ],
  [
    "an access point in clear",
    "ClientException: EFS transit encryption must be enabled to use an access point or IAM authorization.",
    async (data) => {
      const fileSystemId = (await data.make(T.FileSystem)).id;
      const accessPointId = (await data.make(T.AccessPoint, { fileSystemId })).id;
      const efsVolumeConfiguration = { fileSystemId, authorizationConfig: { accessPointId } };
      await task(data, { volumes: [{ name: "files", efsVolumeConfiguration }] });
    },
  ],
  [
    "an access point of other files",
    "ClientException: Access point fsap-# does not belong to fs-#.",
    async (data) => {
      const fileSystemId = (await data.make(T.FileSystem, { creationToken: "a" })).id;
      const other = (await data.make(T.FileSystem, { creationToken: "b" })).id;
      const accessPointId = (await data.make(T.AccessPoint, { fileSystemId })).id;
      const efsVolumeConfiguration = {
        fileSystemId: other,
        transitEncryption: "ENABLED",
        authorizationConfig: { accessPointId },
      };
      await task(data, { volumes: [{ name: "files", efsVolumeConfiguration }] });
    },
  ],
];

const SERVICES: readonly Case[] = [
  [
    "a cluster that is not there",
    `Cluster.NotFound: Cluster "main" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => service(data, { cluster: "main" }),
  ],
  [
    "a revision that is not there",
    "ClientException: TaskDefinition is inactive",
    (data) => service(data, { taskDefinition: `arn:aws:ecs:${REGION}:${ACCOUNT}:task-definition/app:9` }),
  ],
  [
    "a capacity provider that the cluster lacks",
    "InvalidParameterException: The capacity provider FARGATE_SPOT is not associated with the cluster.",
    (data) =>
      service(data, { capacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }] }),
  ],
  [
    "a launch type beside a strategy",
    "InvalidParameterException: Specifying both a launch type and capacity provider strategy is not supported.",
    (data) =>
      service(data, {
        launchType: "FARGATE",
        capacityProviderStrategies: [{ capacityProvider: "FARGATE", weight: 1 }],
      }),
  ],
  [
    "two bases",
    "InvalidParameterException: Only one capacity provider in a capacity provider strategy can have a base.",
    async (data) =>
      service(data, {
        cluster: (await cluster(data, "FARGATE", "FARGATE_SPOT")).id,
        capacityProviderStrategies: ["FARGATE", "FARGATE_SPOT"].map((capacityProvider) => ({
          capacityProvider,
          base: 1,
          weight: 1,
        })),
      }),
  ],
  [
    "a strategy without weight",
    "InvalidParameterException: At least one capacity provider in a strategy has to have a weight greater than zero.",
    (data) => service(data, { capacityProviderStrategies: [{ capacityProvider: "FARGATE", base: 1 }] }),
  ],
  [
    "no network",
    "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    (data) => service(data, { networkConfiguration: undefined }),
  ],
  [
    "a security group of another VPC",
    "InvalidVPCNetworkStateFault: Security group sg-# is not in vpc-#.",
    async (data) => {
      const { subnetIds, foreignGroupId } = await data.network();
      await service(data, {
        networkConfiguration: { subnets: subnetIds, securityGroups: [foreignGroupId] },
      });
    },
  ],
  [
    "shells in tasks without a role",
    "InvalidParameterException: The service couldn't be created because a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again.",
    (data) => service(data, { enableExecuteCommand: true }),
  ],
  [
    "a grace period without a load balancer",
    "InvalidParameterException: Health check grace period is only valid for services configured to use load balancers",
    (data) => service(data, { healthCheckGracePeriodSeconds: 60 }),
  ],
  [
    "alarms that are not there",
    `MetricAlarm.NotFound: MetricAlarm "errors" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) => service(data, { alarms: { alarmNames: ["errors"], enable: true, rollback: true } }),
  ],
  [
    "a target group that no listener sends to",
    `InvalidParameterException: The target group with targetGroupArn arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:targetgroup/app/… does not have an associated load balancer.`,
    async (data) => service(data, behind(await targets(data))),
  ],
  [
    "a target group for instances",
    `InvalidParameterException: The provided target group arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:targetgroup/app/… has target type instance, which is incompatible with the awsvpc network mode specified in the task definition.`,
    async (data) => service(data, behind(await targets(data, { targetType: undefined }))),
  ],
  [
    "a container that the revision lacks",
    "InvalidParameterException: The container web does not exist in the task definition.",
    async (data) => service(data, behind(await targets(data), { containerName: "web" })),
  ],
  [
    "a port that the container lacks",
    "InvalidParameterException: The container app did not have a container port 80 defined.",
    async (data) => service(data, behind(await targets(data), { containerPort: 80 })),
  ],
  [
    "a second service of a name",
    "InvalidParameterException: Creation of service was not idempotent.",
    async (data) => {
      const { inputs } = await service(data);
      await data.make(T.EcsService, inputs);
    },
  ],
  [
    "another strategy without a new deployment",
    "force_new_deployment should be true when capacity_provider_strategy is being updated",
    async (data) => {
      const made = await service(data, {
        cluster: (await cluster(data, "FARGATE", "FARGATE_SPOT")).id,
        capacityProviderStrategies: [{ capacityProvider: "FARGATE", weight: 1 }],
      });
      await data.change(made, {
        capacityProviderStrategies: [{ capacityProvider: "FARGATE_SPOT", weight: 1 }],
      });
    },
  ],
  [
    "the end of a cluster with a service",
    "ClusterContainsServicesException: The Cluster cannot be deleted while Services are active.",
    async (data) => {
      const place = await cluster(data, "FARGATE");
      await service(data, { cluster: place.id });
      await data.delete(place);
    },
  ],
  [
    "the end of a capacity provider that is used",
    "ResourceInUseException: The specified capacity provider is in use and cannot be removed.",
    async (data) => {
      const place = await data.make(T.EcsCluster, { name: "main" });
      const providers = await data.make(T.CapacityProviders, {
        clusterName: "main",
        capacityProviders: ["FARGATE"],
      });
      const capacityProviderStrategies = [{ capacityProvider: "FARGATE", weight: 1 }];
      await service(data, { cluster: place.id, capacityProviderStrategies });
      await data.delete(providers);
    },
  ],
  [
    "a capacity provider that nobody offers",
    "InvalidParameterException: The specified capacity provider 'FARGATE_ARM' was not found. Specify a valid name or ARN and try again.",
    (data) => cluster(data, "FARGATE_ARM"),
  ],
  [
    "session logs to a group that is not there",
    `LogGroup.NotFound: LogGroup "/sessions" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) =>
      data.make(T.EcsCluster, {
        name: "main",
        configuration: {
          executeCommandConfiguration: {
            logging: "OVERRIDE",
            logConfiguration: { cloudWatchLogGroupName: "/sessions" },
          },
        },
      }),
  ],
  [
    "a key for disks whose policy leaves Fargate out",
    `InvalidParameterException: The specified KMS key arn:aws:kms:${REGION}:${ACCOUNT}:key/# does not exist or is not allowed to be used by fargate.amazonaws.com (kms:GenerateDataKeyWithoutPlaintext, kms:CreateGrant)`,
    async (data) =>
      data.make(T.EcsCluster, {
        name: "main",
        configuration: {
          managedStorageConfiguration: { fargateEphemeralStorageKmsKeyId: await data.key([]) },
        },
      }),
  ],
];

for (const [what, cases] of [
  ["tasks", TASKS],
  ["services and clusters", SERVICES],
] as const) {
  describe(`service models: what AWS refuses of ${what}`, () => {
    for (const [name, answer, attempt] of cases) {
      it(name, async () => {
        assert.equal(withoutEnds(await refusal(() => attempt(new DataAccount()))), answer);
      });
    }
  });
}
