import {
  type CapacityProviderStrategyItem,
  DescribeServicesCommand,
  type ECSClient,
  type Service,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { z } from "zod";

import { OperatorError } from "../../shared/errors";
import { type Action, type Decision, isOurs, type RemediationCase } from "../case";
import { isTick, parseDetail, type RemediationEvent } from "../event";
import { Flag } from "../flag";
import type { CapacityItem, Settings } from "../settings";
import { type StoppedTask, stoppedTasks } from "./stopped-tasks";

/** A shift to on-demand capacity that is in force. */
const shift = z.strictObject({ since: z.iso.datetime(), until: z.iso.datetime(), reason: z.string() });

const interrupted = z.object({ clusterArn: z.string(), stopCode: z.literal("SpotInterruption") });
const unplaced = z.object({
  clusterArn: z.string(),
  eventName: z.literal("SERVICE_TASK_PLACEMENT_FAILURE"),
  capacityProviderArns: z.array(z.string()),
});
const failed = z.object({ eventName: z.literal("SERVICE_DEPLOYMENT_FAILED") });

export type CapacitySettings = NonNullable<Settings["cases"]["capacity"]> & {
  readonly tags: Readonly<Record<string, string>>;
};

interface Tools {
  readonly ecs: ECSClient;
  readonly flag: Flag<typeof shift>;
  readonly settings: CapacitySettings;
  readonly now: () => number;
}

/**
 * Moves the service from Spot to on-demand capacity when AWS takes its Spot tasks away or has none to give, and back when
 * the time is over. While this case acts, what the service runs on is this function's: a deployment says what is wanted,
 * and every tick brings the service there unless a shift is in force.
 */
export function capacity(
  clients: { readonly ecs: ECSClient; readonly parameters: SSMClient },
  settings: CapacitySettings,
  now: () => number,
): RemediationCase {
  const flag = new Flag(clients.parameters, settings.parameter, shift);
  return {
    name: "capacity",
    mode: settings.mode,
    matches: (event) => event.source === "aws.ecs" || isTick(event),
    decide: (event) => decide({ ecs: clients.ecs, flag, settings, now }, event),
  };
}

async function decide(tools: Tools, event: RemediationEvent): Promise<Decision> {
  const { settings, flag, now } = tools;
  const resource = settings.serviceArn;
  const trouble = isTick(event) ? undefined : troubleOf(event, settings);
  if (trouble === "elsewhere") {
    return { kind: "outOfScope", resource: event.resources[0] ?? "", why: "another cluster or service" };
  }
  const service = await serviceOf(tools);
  const tags = (service.tags ?? []).map(({ key, value }) => ({ key, value }));
  if (!isOurs(tags, settings.tags)) {
    return { kind: "outOfScope", resource, why: "the service has no tags of this stack" };
  }
  const known = await flag.read();
  const inForce = known !== undefined && Date.parse(known.until) > now() ? known : undefined;
  if (inForce !== undefined) {
    const target = onDemand(settings.wanted);
    const why = `the shift to on-demand capacity is in force until ${inForce.until}`;
    if (runsOn(service, target)) return { kind: "nothing", resource, why };
    // Announced before, and not done: its call failed.
    return { kind: "mend", resource, why, severity: "warning", actions: [move(tools, target)] };
  }
  if (trouble !== undefined) return judge(tools, trouble, event);
  return back(tools, service, known !== undefined);
}

/** What goes wrong, or `elsewhere` for what isn't the service's. */
function troubleOf(event: RemediationEvent, settings: CapacitySettings) {
  const ofService = event.resources.includes(settings.serviceArn);
  switch (event.detailType) {
    case "ECS Task State Change":
      return parseDetail(interrupted, event).clusterArn === settings.clusterArn
        ? "interruption"
        : "elsewhere";
    case "ECS Service Action": {
      const { capacityProviderArns } = parseDetail(unplaced, event);
      const isSpot = capacityProviderArns.some((arn) => arn.endsWith(":capacity-provider/FARGATE_SPOT"));
      return ofService && isSpot ? "placement" : "elsewhere";
    }
    case "ECS Deployment State Change":
      parseDetail(failed, event);
      return ofService ? "deployment" : "elsewhere";
    default:
      return "elsewhere";
  }
}

/** What is to be done about it. */
async function judge(
  tools: Tools,
  trouble: "interruption" | "placement" | "deployment",
  event: RemediationEvent,
): Promise<Decision> {
  const { settings } = tools;
  const resource = settings.serviceArn;
  if (trouble === "placement") return away(tools, "AWS has no Spot capacity for its tasks");
  const since = event.time.getTime() - settings.withinMinutes * 60_000;
  const lost = (await stoppedTasks(tools.ecs, settings)).filter(
    ({ stoppedAt, reason }) => stoppedAt >= since && (trouble === "deployment" || reason === "interrupted"),
  );
  if (trouble === "deployment" && lost.length === 0) {
    const why =
      "a deployment failed, and not for want of Spot capacity: see the service's events and its log; more on-demand capacity would not help";
    return { kind: "announce", resource, why, severity: "critical" };
  }
  const counted = `${describe(lost)} within ${settings.withinMinutes} minutes`;
  if (trouble === "deployment") return away(tools, `a deployment failed, with ${counted}`);
  if (lost.length >= settings.interruptions) return away(tools, counted);
  return {
    kind: "nothing",
    resource,
    why: `${counted}: fewer than ${settings.interruptions} are what Spot is like`,
  };
}

function describe(lost: readonly StoppedTask[]): string {
  return `${lost.length} Spot ${lost.length === 1 ? "task" : "tasks"} lost`;
}

function away(tools: Tools, reason: string): Decision {
  const { flag, settings, now } = tools;
  const since = now();
  const until = new Date(since + settings.shiftMinutes * 60_000).toISOString();
  return {
    kind: "mend",
    resource: settings.serviceArn,
    why: `${reason}: on-demand capacity until ${until}`,
    severity: "warning",
    actions: [
      // The flag first: a shift that nobody knows of would never end.
      {
        call: "ssm:PutParameter",
        run: () => flag.write({ since: new Date(since).toISOString(), until, reason }),
      },
      move(tools, onDemand(settings.wanted)),
    ],
  };
}

/** Brings the service to what is wanted when all is well. */
function back(tools: Tools, service: Service, isFlagged: boolean): Decision {
  const { flag, settings } = tools;
  const resource = settings.serviceArn;
  // Last: as long as the service isn't back, the next tick tries again.
  const clear = { call: "ssm:PutParameter", run: () => flag.write(undefined) };
  const actions: Action[] = [
    ...(runsOn(service, settings.wanted) ? [] : [move(tools, settings.wanted)]),
    ...(isFlagged ? [clear] : []),
  ];
  if (actions.length === 0) {
    return { kind: "nothing", resource, why: "the service runs on what is wanted" };
  }
  const why = isFlagged
    ? "the shift to on-demand capacity is over"
    : "the service ran on something else than the deployment wants";
  return { kind: "mend", resource, why, severity: "warning", actions };
}

function move({ ecs, settings }: Tools, target: readonly CapacityItem[]): Action {
  return {
    call: "ecs:UpdateService",
    run: () =>
      ecs.send(
        new UpdateServiceCommand({
          cluster: settings.clusterArn,
          service: settings.serviceArn,
          capacityProviderStrategy: [...target],
          // Without it ECS would use the strategy for later tasks only.
          forceNewDeployment: true,
        }),
      ),
  };
}

/** The same without Spot: its share goes to Fargate. */
function onDemand(wanted: readonly CapacityItem[]): CapacityItem[] {
  const base = wanted.find(({ capacityProvider }) => capacityProvider === "FARGATE")?.base ?? 0;
  return [{ capacityProvider: "FARGATE", base, weight: 1 }];
}

function runsOn({ capacityProviderStrategy }: Service, target: readonly CapacityItem[]): boolean {
  const lines = (items: readonly CapacityProviderStrategyItem[]) =>
    items
      .map(({ capacityProvider, base, weight }) => `${capacityProvider ?? ""} ${base ?? 0} ${weight ?? 0}`)
      .sort()
      .join();
  return lines(capacityProviderStrategy ?? []) === lines(target);
}

async function serviceOf({ ecs, settings }: Tools): Promise<Service> {
  const { services } = await ecs.send(
    new DescribeServicesCommand({
      cluster: settings.clusterArn,
      services: [settings.serviceArn],
      include: ["TAGS"],
    }),
  );
  const found = services?.find(({ status }) => status === "ACTIVE");
  if (found !== undefined) return found;
  throw new OperatorError(
    "ServiceMissing",
    `There is no active service ${settings.serviceArn}.`,
    "deploy the stack again; nothing was changed.",
  );
}
