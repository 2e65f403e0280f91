import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Names, ServiceConfig } from "../../config";
import { COLLECTOR_MEMORY } from "./collector";

export interface TaskDefinitionArgs {
  readonly names: Names;
  readonly region: string;
  readonly service: ServiceConfig;
  readonly taskRoleArn: pulumi.Input<string>;
  readonly executionRoleArn: pulumi.Input<string>;
  /** Group that both containers' output goes to. */
  readonly logGroupName: string;
  /** Collector of traces and metrics, and the parameter with its configuration. @default none runs */
  readonly collector?: { readonly image: string; readonly parameterArn: string };
  /** Environment of the application, known when the task is defined. */
  readonly environment: Readonly<Record<string, string>>;
  /** Environment of the application that ECS reads from parameters when a task starts: parameter ARNs. */
  readonly startValues: Readonly<Record<string, string>>;
  /** Shared files to mount. @default none */
  readonly files:
    { readonly fileSystemId: pulumi.Input<string>; readonly accessPointId: pulumi.Input<string> } | undefined;
}

/** Container that requests go to, and its port. */
export const APPLICATION = { container: "application", port: 8080 } as const;

/** Where shared files are in the application's file system. */
export const FILES_DIRECTORY = "/mnt/files";

/**
 * Seconds from SIGTERM to SIGKILL: the most that Fargate takes, and all that Spot leaves a task. Within it open
 * requests end and connections are closed.
 */
export const STOP_TIMEOUT_SECONDS = 120;

/** User and group in both containers; the application's files belong to the same in the file system. */
const USER = "1000:1000";

/** Output that waits in memory while CloudWatch is slow; beyond it the oldest lines are lost, not the service. */
const LOG_BUFFER = "8m";

/**
 * Folders that the agent behind shell sessions writes to; everything else of a container is read-only. They are empty
 * volumes on the task's encrypted disk: Fargate has no tmpfs.
 */
const AGENT_FOLDERS = { "agent-state": "/var/lib/amazon", "agent-logs": "/var/log/amazon" } as const;

const FILES_VOLUME = "files";

/** One task: the application, and beside it the collector of its traces and metrics, which can't take it down. */
export class TaskDefinition extends pulumi.ComponentResource {
  /** The current revision. */
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: TaskDefinitionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:service:TaskDefinition", name, {}, opts);
    const { names, service, files } = args;

    this.arn = new aws.ecs.TaskDefinition(
      name,
      {
        family: names.fixed("ecsTaskFamily", "service"),
        requiresCompatibilities: ["FARGATE"],
        networkMode: "awsvpc",
        runtimePlatform: { cpuArchitecture: "ARM64", operatingSystemFamily: "LINUX" },
        cpu: String(service.cpu),
        memory: String(service.memory),
        taskRoleArn: args.taskRoleArn,
        executionRoleArn: args.executionRoleArn,
        // Of known values only, so that a preview shows all of it.
        containerDefinitions: JSON.stringify([
          application(args),
          ...(args.collector === undefined ? [] : [collector(args, args.collector)]),
        ]),
        volumes: [
          ...Object.keys(AGENT_FOLDERS).map((volume) => ({ name: volume })),
          ...(files === undefined ? [] : [filesVolume(files)]),
        ],
      },
      { parent: this },
    ).arn;
    this.registerOutputs({ arn: this.arn });
  }
}

function filesVolume({ fileSystemId, accessPointId }: NonNullable<TaskDefinitionArgs["files"]>) {
  return {
    name: FILES_VOLUME,
    efsVolumeConfiguration: {
      fileSystemId,
      transitEncryption: "ENABLED",
      authorizationConfig: { accessPointId, iam: "ENABLED" },
    },
  };
}

/** What both containers have in common. */
function container(args: TaskDefinitionArgs, name: string, image: string) {
  return {
    name,
    image,
    user: USER,
    privileged: false,
    readonlyRootFilesystem: true,
    linuxParameters: { capabilities: { drop: ["ALL"] }, initProcessEnabled: true },
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": args.logGroupName,
        "awslogs-region": args.region,
        "awslogs-stream-prefix": "service",
        mode: "non-blocking",
        "max-buffer-size": LOG_BUFFER,
      },
    },
  };
}

function application(args: TaskDefinitionArgs) {
  return {
    ...container(args, APPLICATION.container, args.service.image),
    essential: true,
    stopTimeout: STOP_TIMEOUT_SECONDS,
    portMappings: [{ containerPort: APPLICATION.port, hostPort: APPLICATION.port, protocol: "tcp" }],
    environment: pairs(args.environment, "value"),
    secrets: pairs(args.startValues, "valueFrom"),
    mountPoints: [
      ...Object.entries(AGENT_FOLDERS).map(([sourceVolume, containerPath]) => ({
        sourceVolume,
        containerPath,
        readOnly: false,
      })),
      ...(args.files === undefined
        ? []
        : [{ sourceVolume: FILES_VOLUME, containerPath: FILES_DIRECTORY, readOnly: false }]),
    ],
    // Started, not healthy: a collector that never gets healthy must not keep the application from starting. The
    // other way round, the application ends first, and what it sends at its end still goes out.
    ...(args.collector && { dependsOn: [{ containerName: COLLECTOR, condition: "START" }] }),
    healthCheck: {
      // Whether it takes connections. Whether it can serve is for the load balancer to say: a database that is away
      // is no reason to start every task anew.
      command: ["CMD", "node", "-e", connects(APPLICATION.port)],
      interval: 10,
      timeout: 5,
      retries: 3,
      startPeriod: 60,
    },
  };
}

const COLLECTOR = "collector";

function collector(
  args: TaskDefinitionArgs,
  { image, parameterArn }: NonNullable<TaskDefinitionArgs["collector"]>,
) {
  return {
    ...container(args, COLLECTOR, image),
    // It can't take the application down: neither by ending, nor by taking all of the memory.
    essential: false,
    restartPolicy: { enabled: true, restartAttemptPeriod: 60 },
    memory: COLLECTOR_MEMORY,
    secrets: pairs({ AOT_CONFIG_CONTENT: parameterArn }, "valueFrom"),
    healthCheck: { command: ["CMD", "/healthcheck"], interval: 10, timeout: 5, retries: 3, startPeriod: 10 },
  };
}

function connects(port: number): string {
  return `require("net").connect(${port},"127.0.0.1").on("connect",()=>process.exit(0)).on("error",()=>process.exit(1))`;
}

/** The list that ECS wants, in the order of the names, as ECS gives it back: another order would be a difference. */
function pairs(values: Readonly<Record<string, string>>, as: "value" | "valueFrom") {
  return Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, [as]: value }));
}
