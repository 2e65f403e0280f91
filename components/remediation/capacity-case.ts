import type { RemediationConfig, ServiceConfig } from "../../config";
import { clusterName, serviceName } from "../service/cluster-name";
import { strategy } from "../service/strategy";
import { type CaseParts, type CasePlace, flagStatement } from "./case-parts";

/** How often a shift is looked at: so late it ends at most. */
const TICK = "rate(5 minutes)";

/** Spot capacity that goes away, and deployments that fail for want of it. */
export function capacityCase(
  place: CasePlace,
  config: NonNullable<RemediationConfig["cases"]["capacity"]>,
  wanted: ServiceConfig["capacity"],
): CaseParts {
  const { names, accountId, region } = place;
  const { mode } = config;
  const ecs = `arn:aws:ecs:${region}:${accountId}`;
  const cluster = clusterName(names);
  const clusterArn = `${ecs}:cluster/${cluster}`;
  const serviceArn = `${ecs}:service/${cluster}/${serviceName(names)}`;
  const flag = "remediation/capacity-shift";
  const on = (detailType: string, detail: Readonly<Record<string, unknown>>, ofService = true) => ({
    pattern: {
      source: ["aws.ecs"],
      "detail-type": [detailType],
      ...(ofService && { resources: [serviceArn] }),
      detail,
    },
  });
  return {
    rules: [
      {
        what: "spot-interruption",
        description: "AWS takes a Spot task of the service back",
        trigger: on(
          "ECS Task State Change",
          {
            clusterArn: [clusterArn],
            desiredStatus: ["STOPPED"],
            // The warning, two minutes before the end; later changes of the same task say the same.
            lastStatus: ["RUNNING"],
            stopCode: ["SpotInterruption"],
          },
          false,
        ),
      },
      {
        what: "spot-placement",
        description: "AWS has no Spot capacity for a task of the service",
        trigger: on("ECS Service Action", {
          eventName: ["SERVICE_TASK_PLACEMENT_FAILURE"],
          capacityProviderArns: [`${ecs}:capacity-provider/FARGATE_SPOT`],
        }),
      },
      {
        what: "deployment-failed",
        description: "A deployment of the service failed",
        trigger: on("ECS Deployment State Change", { eventName: ["SERVICE_DEPLOYMENT_FAILED"] }),
      },
      // In a dry run nothing is shifted, so nothing has to end.
      ...(mode === "dryRun"
        ? []
        : [
            {
              what: "shift-end",
              description: "Looks whether a shift to on-demand capacity is over",
              trigger: { schedule: TICK },
            },
          ]),
    ],
    statements: [
      {
        Sid: "SeeService",
        Effect: "Allow",
        Action: "ecs:DescribeServices",
        Resource: serviceArn,
      },
      {
        Sid: "SeeTasks",
        Effect: "Allow",
        Action: ["ecs:ListTasks", "ecs:DescribeTasks"],
        // ListTasks knows no tasks as resources, only the cluster as a condition.
        Resource: "*",
        Condition: { ArnEquals: { "ecs:cluster": clusterArn } },
      },
      ...(mode === "dryRun"
        ? []
        : [
            {
              Sid: "ShiftService",
              Effect: "Allow" as const,
              Action: "ecs:UpdateService",
              Resource: serviceArn,
            },
          ]),
      flagStatement("CapacityShift", place, flag, mode),
    ],
    settings: {
      capacity: {
        ...config,
        clusterArn,
        serviceArn,
        wanted: strategy(wanted),
        parameter: names.fixed("ssmParameter", flag),
      },
    },
    flag,
  };
}
