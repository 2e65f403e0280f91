import { z } from "zod";

import { invalidEvent } from "../shared/invalid-event";

/** The schedule's: look at secrets and keys. */
const look = z.strictObject({ action: z.literal("look") });

/** A task that stopped; AWS says more than this of it. */
const stopped = z.object({
  source: z.literal("aws.ecs"),
  "detail-type": z.literal("ECS Task State Change"),
  detail: z.object({
    lastStatus: z.literal("STOPPED"),
    taskArn: z.string(),
    availabilityZone: z.string().default("unknown"),
    capacityProviderName: z.string().default("none"),
    // A task that stopped by itself a moment ago may come without.
    stopCode: z.string().default("none"),
    stoppedReason: z.string().default("none"),
    containers: z
      .array(
        z.object({
          name: z.string(),
          exitCode: z.int().exactOptional(),
          reason: z.string().exactOptional(),
        }),
      )
      .default([]),
  }),
});

/** A deployment that failed. */
const deploymentFailed = z.object({
  source: z.literal("aws.ecs"),
  "detail-type": z.literal("ECS Deployment State Change"),
  detail: z.object({
    eventName: z.literal("SERVICE_DEPLOYMENT_FAILED"),
    deploymentId: z.string(),
    reason: z.string().default("none"),
  }),
});

/** What AWS tells of a task that stopped. */
export type StoppedTask = z.output<typeof stopped>["detail"];
/** What AWS tells of a deployment that failed. */
export type FailedDeployment = z.output<typeof deploymentFailed>["detail"];

/** What there is to do. */
export type InspectionEvent =
  | { readonly kind: "look" }
  | { readonly kind: "stopped"; readonly task: StoppedTask }
  | { readonly kind: "deploymentFailed"; readonly deployment: FailedDeployment };

/**
 * Checks an event.
 *
 * @throws OperatorError that lists every problem, but no value
 */
export function parseEvent(event: unknown): InspectionEvent {
  const detailType = (event as { readonly "detail-type"?: unknown } | null)?.["detail-type"];
  switch (detailType) {
    case "ECS Task State Change":
      return { kind: "stopped", task: checked(stopped, event).detail };
    case "ECS Deployment State Change":
      return { kind: "deploymentFailed", deployment: checked(deploymentFailed, event).detail };
    default:
      checked(look, event);
      return { kind: "look" };
  }
}

function checked<Schema extends z.ZodType>(schema: Schema, event: unknown): z.output<Schema> {
  const result = schema.safeParse(event);
  if (result.success) return result.data;
  throw invalidEvent(result.error, "let only the stack's own schedule and rules invoke this function.");
}
