import {
  CloudWatchLogsClient,
  GetLogEventsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  type ContainerDefinition,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  RunTaskCommand,
} from "@aws-sdk/client-ecs";
import { z } from "zod";

import { APPLICATION } from "../../../components/service/task-definition";
import { Broken, type Check, NotRun, until } from "../check";
import type { Target } from "../target";
import { describeService } from "./service";

const finding = z.object({
  endpoint: z.enum(["writer", "reader"]),
  role: z.enum(["writer", "reader"]),
  tls: z.string().regex(/^TLSv1\.\d$|^none$/),
  plain: z.enum(["refused", "admitted"]),
});
const line = z.object({ event: z.literal("database checked"), findings: z.array(finding) });

/**
 * The database is in subnets that only tasks reach. So a task of the service's own definition, in its subnets, with its
 * role, runs the image's `check-database` once, and says what it found in the service's log.
 */
export function databaseCheck(target: Target, pauseMs = 3000): Check {
  return {
    name: "database",
    proves:
      "a task reaches writer and reader over verified TLS, with the current password, and not without TLS",
    // A task starts within a minute or two; an Aurora that was paused takes a quarter of one more.
    seconds: 300,
    look: async (signal) => {
      const { databaseEndpoints } = target.outputs;
      if (databaseEndpoints === undefined) throw new NotRun("the stack has no database");
      const { region } = target;
      const ecs = new ECSClient({ region });
      const service = await describeService(ecs, target);
      const { cluster } = target.outputs.serviceNames ?? {};
      const { taskDefinition, networkConfiguration, platformVersion } = service;
      const { tasks = [], failures = [] } = await ecs.send(
        new RunTaskCommand({
          cluster,
          taskDefinition,
          networkConfiguration,
          ...(platformVersion !== undefined && { platformVersion }),
          launchType: "FARGATE",
          startedBy: "integration-test",
          overrides: {
            containerOverrides: [
              {
                name: APPLICATION.container,
                command: ["node", "service.js", "check-database", databaseEndpoints.reader],
              },
            ],
          },
        }),
      );
      const taskArn = tasks[0]?.taskArn;
      if (taskArn === undefined)
        throw new Broken(`no task started: ${failures[0]?.reason ?? "no reason given"}`);
      const exitCode = await until(signal, pauseMs, async () => {
        const { tasks: [task] = [] } = await ecs.send(
          new DescribeTasksCommand({ cluster, tasks: [taskArn] }),
        );
        if (task?.lastStatus !== "STOPPED") return undefined;
        const container = task.containers?.find(({ name }) => name === APPLICATION.container);
        return container?.exitCode ?? `stopped, ${task.stopCode ?? "without a reason"}`;
      });
      if (exitCode !== 0) throw new Broken(`the task ended with ${exitCode}: its log says why`);
      const definition = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
      const application = definition.taskDefinition?.containerDefinitions?.find(
        ({ name }) => name === APPLICATION.container,
      );
      const logs = new CloudWatchLogsClient({ region });
      const place = logPlace(application, taskArn);
      const findings = await until(signal, pauseMs, () => findingsIn(logs, place));
      return judged(findings);
    },
  };
}

type Findings = readonly z.output<typeof finding>[];

function judged(findings: Findings): string {
  for (const endpoint of ["writer", "reader"] as const) {
    const found = findings.find((it) => it.endpoint === endpoint);
    if (found === undefined) throw new Broken(`the task says nothing of the ${endpoint}`);
    // A cluster without readers answers at its reader endpoint with the writer.
    if (endpoint === "writer" && found.role !== "writer")
      throw new Broken("the writer endpoint leads to a reader");
    if (!/^TLSv1\.[23]$/.test(found.tls)) throw new Broken(`the ${endpoint} spoke ${found.tls}`);
    if (found.plain !== "refused") throw new Broken(`the ${endpoint} admits clients without TLS`);
  }
  return findings
    .map(({ endpoint, tls, role }) => `${endpoint} (a ${role}) ${tls}, refuses without`)
    .join("; ");
}

interface LogPlace {
  readonly logGroupName: string;
  readonly logStreamName: string;
}

function logPlace(container: ContainerDefinition | undefined, taskArn: string): LogPlace {
  const { "awslogs-group": group, "awslogs-stream-prefix": prefix } =
    container?.logConfiguration?.options ?? {};
  if (group === undefined || prefix === undefined) throw new Broken("the application has no log to look in");
  const taskId = taskArn.split("/").at(-1) ?? "";
  return { logGroupName: group, logStreamName: `${prefix}/${APPLICATION.container}/${taskId}` };
}

async function findingsIn(logs: CloudWatchLogsClient, place: LogPlace): Promise<Findings | undefined> {
  const events = await logs.send(new GetLogEventsCommand({ ...place, startFromHead: true })).then(
    (answer) => answer.events ?? [],
    (error: unknown) => {
      // What a task wrote at its end arrives a little later.
      if (error instanceof ResourceNotFoundException) return [];
      throw error;
    },
  );
  for (const { message = "" } of events) {
    const parsed = line.safeParse(jsonOf(message));
    if (parsed.success) return parsed.data.findings;
  }
  return undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
