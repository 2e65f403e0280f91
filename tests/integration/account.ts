import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { CreateStreamCommand, KinesisClient, PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";

import type { Outputs } from "../../tools/integration/target";
import { HOST } from "../functions/support/postgres-server";
import { type Account, FakeAws, type Reply, xml } from "../preflight/fake-aws";
import { MotoServer } from "../rotation/support/moto";
import { RotationWorld, type Subject } from "../rotation/support/world";
import { ServiceProcess } from "../service/support/service-process";
import { type AdmittedRequest, ApiDouble } from "../support/api-double";

const REGION = "eu-central-1";
/** That of Pulumi.dev.yaml. */
const ACCOUNT_ID = "111122223333";
const STREAM = "streamflix-events-test";
const LOG_GROUP = "/streamflix/test/service/output";
/** What callers and operators of the account sign with. */
export const KEYS = {
  accessKeyId: "AKIDEXAMPLE",
  secretAccessKey: "secret-of-the-test",
  sessionToken: "session-of-the-test",
};

/** How a double is broken. */
export interface Faults {
  /** What ECS says of the service. */
  readonly service: object;
  /** What ECS answers to who would start a task. @default it starts */
  readonly runTask?: object;
  /** Whether what a task wrote gets into its log. */
  readonly logs: boolean;
  /** Whether the stream keeps what the API took. */
  readonly streams: boolean;
  /** Whether the function of a rotation does its work. */
  readonly rotates: boolean;
  /** What AWS Backup lists. */
  readonly restoreJobs: readonly object[];
}

/** A service whose last deployment has come to its end. */
export const STEADY = {
  status: "ACTIVE",
  taskDefinition: `arn:aws:ecs:${REGION}:${ACCOUNT_ID}:task-definition/streamflix-service:7`,
  runningCount: 2,
  desiredCount: 2,
  deployments: [{ status: "PRIMARY", rolloutState: "COMPLETED" }],
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: ["subnet-1", "subnet-2"],
      securityGroups: ["sg-1"],
      assignPublicIp: "DISABLED",
    },
  },
};

const DAY_SECONDS = 86_400;

/** A restore test of this many days ago. */
export const restored = (daysAgo: number, changes: object = {}) => ({
  ResourceType: "Aurora",
  Status: "COMPLETED",
  ValidationStatus: "SUCCESSFUL",
  CreationDate: Date.now() / 1000 - daysAgo * DAY_SECONDS,
  ...changes,
});

const HEALTHY: Faults = {
  service: STEADY,
  logs: true,
  streams: true,
  rotates: true,
  restoreJobs: [restored(1)],
};

const TASK_DEFINITION = {
  containerDefinitions: [
    { name: "collector" },
    {
      name: "application",
      logConfiguration: {
        logDriver: "awslogs",
        options: { "awslogs-group": LOG_GROUP, "awslogs-stream-prefix": "service" },
      },
    },
  ],
};

/**
 * A deployed stack on this machine: a real PostgreSQL that refuses clients without TLS, rotation's own code, the service's
 * bundle for tasks, moto for the stream, and fakes of the rest of AWS.
 */
export class DeployedStack {
  readonly world: RotationWorld;
  readonly api: ApiDouble;
  readonly outputs: Required<Omit<Outputs, "gameDayTemplateIds">>;
  /** Environment of who has the rights of an operator. */
  readonly environment: Readonly<Record<string, string>>;
  faults = HEALTHY;
  /** The account whose credentials these are. */
  accountId = ACCOUNT_ID;
  readonly #aws: FakeAws;
  readonly #moto: MotoServer;
  readonly #kinesis: KinesisClient;
  readonly #directory = mkdtempSync(path.join(tmpdir(), "streamflix-integration-"));
  readonly #tasks = new Map<string, ServiceProcess>();

  private constructor(
    world: RotationWorld,
    subjects: { readonly master: Subject; readonly service: Subject },
    servers: {
      readonly aws: FakeAws;
      readonly moto: MotoServer;
      readonly api: ApiDouble;
      readonly apiUrl: string;
    },
  ) {
    this.world = world;
    const { aws, moto, api, apiUrl } = servers;
    this.#aws = aws;
    this.#moto = moto;
    this.api = api;
    writeFileSync(this.#caFile, world.server.ca);
    this.environment = {
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      AWS_SESSION_TOKEN: KEYS.sessionToken,
      AWS_MAX_ATTEMPTS: "1",
      AWS_ENDPOINT_URL: aws.url,
      AWS_ENDPOINT_URL_KINESIS: moto.url,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: world.secrets.url,
    };
    const requestHandler = new NodeHttpHandler();
    this.#kinesis = new KinesisClient({
      region: REGION,
      endpoint: moto.url,
      credentials: KEYS,
      requestHandler,
    });
    this.outputs = {
      apiUrl,
      eventStreamName: STREAM,
      databaseEndpoints: { writer: HOST, reader: HOST },
      databaseSecretArns: { master: subjects.master.arn, service: subjects.service.arn },
      serviceNames: { cluster: "streamflix-test", service: "service" },
    };
    world.secrets.onCall = ({ operation, phase }) => {
      if (operation !== "RotateSecret" || phase !== "after" || !this.faults.rotates) return;
      const { SecretId, ClientRequestToken } = world.secrets.journal.at(-1)?.input ?? {};
      // As Lambda does it: later, and by itself.
      void world.steps(String(SecretId), String(ClientRequestToken));
    };
    this.mend();
  }

  static async start(): Promise<DeployedStack> {
    const world = await RotationWorld.start(17);
    const subjects = { master: await world.subject("single"), service: await world.subject("pair") };
    await world.rotate(subjects.master.arn);
    await world.rotate(subjects.service.arn);
    const api = new ApiDouble(KEYS, () => Promise.resolve(500));
    const [aws, moto, apiUrl] = await Promise.all([FakeAws.start(), MotoServer.start(), api.start()]);
    const stack = new DeployedStack(world, subjects, { aws, moto, api, apiUrl });
    await stack.#kinesis.send(new CreateStreamCommand({ StreamName: STREAM, ShardCount: 2 }));
    await stack.admitPlain(false);
    return stack;
  }

  /** Ends everything, after a look for passwords in what was written. */
  async end(): Promise<void> {
    await Promise.all([...this.#tasks.values()].map((task) => task.kill()));
    this.#kinesis.destroy();
    await this.api.stop();
    await this.#moto.stop();
    await this.#aws.stop();
    await this.world.end();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** All is well again. */
  mend(): void {
    this.faults = HEALTHY;
    this.accountId = ACCOUNT_ID;
    this.api.health = 200;
    this.api.admitted = KEYS;
    this.api.answer = (request) => this.#behindApi(request);
    this.#aws.account = this.#account();
  }

  /** Lets something be broken until it is mended. */
  break(faults: Partial<Faults>): void {
    this.faults = { ...this.faults, ...faults };
  }

  /** Lets AWS refuse an operation for want of rights. */
  refuse(operation: string): void {
    this.#aws.account = Object.fromEntries(
      Object.entries(this.#aws.account).filter(([name]) => name !== operation),
    );
  }

  /** Whether the database admits clients that don't encrypt. */
  async admitPlain(admits: boolean): Promise<void> {
    const { admin } = this.world;
    const { rows } = await admin.query<{ file: string }>("SELECT current_setting('hba_file') AS file");
    const kind = admits ? "host" : "hostssl";
    const lines = ["127.0.0.1/32", "::1/128"].map((place) => `${kind} all all ${place} scram-sha-256\n`);
    writeFileSync(rows[0]?.file ?? "", lines.join(""));
    await admin.query("SELECT pg_reload_conf()");
  }

  /** What all tasks wrote. */
  get taskOutput(): string {
    return [...this.#tasks.values()].map(({ output }) => output).join("\n");
  }

  get #caFile(): string {
    return path.join(this.#directory, "ca.pem");
  }

  async #behindApi({ path: route, body }: AdmittedRequest): Promise<number> {
    if (route !== "/v1/events") return 404;
    const { events } = JSON.parse(body) as { events: { sessionId: string }[] };
    if (events.length === 0) return 400;
    if (!this.faults.streams) return 202;
    const Records = events.map((event) => ({
      Data: Buffer.from(JSON.stringify(event)),
      PartitionKey: event.sessionId,
    }));
    await this.#kinesis.send(new PutRecordsCommand({ StreamName: STREAM, Records }));
    return 202;
  }

  #account(): Account {
    return {
      GetCallerIdentity: () => xml("GetCallerIdentity", `<Account>${this.accountId}</Account>`),
      DescribeServices: () => ({ body: { services: [this.faults.service] } }),
      DescribeTaskDefinition: () => ({ body: { taskDefinition: TASK_DEFINITION } }),
      RunTask: (parameters) => ({ body: this.faults.runTask ?? this.#startTask(parameters) }),
      DescribeTasks: ({ tasks }) => ({ body: { tasks: [this.#describeTask(String(tasks))] } }),
      GetLogEvents: ({ logGroupName, logStreamName }) =>
        this.#logOf(String(logGroupName), String(logStreamName)),
      ListRestoreJobs: () => ({ body: { RestoreJobs: this.faults.restoreJobs } }),
    };
  }

  /** Starts what Fargate would: the image's program with the command that overrides its own. */
  #startTask({ overrides, networkConfiguration }: Readonly<Record<string, unknown>>): object {
    const { containerOverrides } = overrides as { containerOverrides: { name: string; command: string[] }[] };
    const [{ name, command } = { name: "", command: [] }] = containerOverrides;
    if (name !== "application" || command[0] !== "node" || command[1] !== "service.js")
      throw new Error("another command");
    if (JSON.stringify(networkConfiguration) !== JSON.stringify(STEADY.networkConfiguration))
      throw new Error("another network");
    const taskId = randomUUID().replaceAll("-", "");
    const environment = {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: this.world.secrets.url,
      DATABASE_SECRET_ARN: this.outputs.databaseSecretArns.service,
      DATABASE_CA_FILE: this.#caFile,
      CACHE_HOST: "localhost",
      CACHE_REPLICATION_GROUP: "streamflix-cache-test",
      CACHE_USER: "streamflix-app",
      EVENTS_STREAM: STREAM,
      FILES_DIRECTORY: this.#directory,
    };
    this.#tasks.set(taskId, ServiceProcess.spawn(environment, command.slice(2)));
    return { tasks: [{ taskArn: `arn:aws:ecs:${REGION}:${ACCOUNT_ID}:task/streamflix-test/${taskId}` }] };
  }

  #describeTask(arn: string): object {
    const exitCode = this.#tasks.get(arn.split("/").at(-1) ?? "")?.exitCode;
    if (exitCode === undefined || exitCode === null) return { lastStatus: "RUNNING" };
    return {
      lastStatus: "STOPPED",
      stopCode: "EssentialContainerExited",
      containers: [
        { name: "collector", exitCode: 0 },
        { name: "application", exitCode },
      ],
    };
  }

  #logOf(group: string, stream: string): Reply {
    const task = this.#tasks.get(/^service\/application\/(\w+)$/.exec(stream)?.[1] ?? "");
    if (group !== LOG_GROUP || task === undefined || !this.faults.logs)
      return { status: 400, body: { __type: "ResourceNotFoundException", message: "no stream" } };
    const messages = ["not JSON", ...task.output.split("\n").filter(Boolean)];
    return { body: { events: messages.map((message) => ({ timestamp: 0, message })) } };
  }
}
