import { ECSClient } from "@aws-sdk/client-ecs";

import type { CapacityItem } from "../../../functions/remediation/settings";
import { AwsError } from "../../rotation/support/secrets-manager/errors";
import { JsonServer } from "../../rotation/support/secrets-manager/server";

type Input = Readonly<Record<string, unknown>>;

/** A task that has stopped, as DescribeTasks tells of it. */
export interface Stopped {
  readonly stopCode: "SpotInterruption" | "TaskFailedToStart" | "ServiceSchedulerInitiated";
  readonly stoppedReason: string;
  readonly at: Date;
}

/** The part of ECS that the function calls, with one service in one cluster: moto knows no reasons for stopped tasks. */
export class EcsFake {
  strategy: readonly CapacityItem[] = [];
  tags: Readonly<Record<string, string>> = {};
  stopped: readonly Stopped[] = [];
  readonly #server = new JsonServer(
    (operation, input) => Promise.resolve(this.#answer(operation, input)),
    "AmazonEC2ContainerServiceV20141113",
  );
  readonly #place: { readonly clusterArn: string; readonly serviceArn: string };

  constructor(place: { readonly clusterArn: string; readonly serviceArn: string }) {
    this.#place = place;
  }

  async start(): Promise<void> {
    await this.#server.start();
  }

  async stop(): Promise<void> {
    await this.#server.stop();
  }

  client(): ECSClient {
    return new ECSClient({
      region: "eu-central-1",
      endpoint: this.#server.url,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
  }

  #answer(operation: string, input: Input): object {
    if (input["cluster"] !== this.#place.clusterArn) {
      throw new AwsError("ClusterNotFoundException", "Cluster not found.");
    }
    switch (operation) {
      case "DescribeServices":
        return this.#describeServices(input);
      case "UpdateService":
        return this.#updateService(input);
      case "ListTasks":
        return this.#listTasks(input);
      case "DescribeTasks":
        return this.#describeTasks(input);
      default:
        throw new AwsError("UnknownOperationException", `There is no operation ${operation} here.`);
    }
  }

  #describeServices({ services, include }: Input): object {
    this.#need((services as string[])[0]);
    const withTags = (include as string[] | undefined)?.includes("TAGS") === true;
    return {
      services: [
        {
          serviceArn: this.#place.serviceArn,
          status: "ACTIVE",
          capacityProviderStrategy: this.strategy,
          ...(withTags && { tags: Object.entries(this.tags).map(([key, value]) => ({ key, value })) }),
        },
      ],
      failures: [],
    };
  }

  #updateService({ service, capacityProviderStrategy, forceNewDeployment, ...rest }: Input): object {
    this.#need(service);
    const { cluster, ...others } = rest;
    if (Object.keys(others).length > 0) {
      throw new AwsError("InvalidParameterException", `Not expected here: ${Object.keys(others).join()}`);
    }
    if (forceNewDeployment !== true) {
      throw new AwsError(
        "InvalidParameterException",
        "A change of capacity providers needs a new deployment.",
      );
    }
    this.strategy = capacityProviderStrategy as CapacityItem[];
    return { service: { serviceArn: this.#place.serviceArn, clusterArn: cluster } };
  }

  #listTasks({ serviceName, desiredStatus }: Input): object {
    this.#need(`${this.#place.serviceArn.replace(/[^/]+$/, "")}${String(serviceName)}`);
    if (desiredStatus !== "STOPPED") {
      throw new AwsError("InvalidParameterException", "Only stopped tasks are known here.");
    }
    return { taskArns: this.stopped.map((_, index) => this.#taskArn(index)) };
  }

  #describeTasks({ tasks }: Input): object {
    return {
      tasks: (tasks as string[]).map((arn) => {
        const index = Number(arn.split("-").at(-1));
        const task = this.stopped[index];
        if (task === undefined) throw new AwsError("InvalidParameterException", `There is no task ${arn}.`);
        const { at, ...facts } = task;
        return { taskArn: arn, ...facts, stoppingAt: at.getTime() / 1000 };
      }),
      failures: [],
    };
  }

  #taskArn(index: number): string {
    return `${this.#place.clusterArn.replace(":cluster/", ":task/")}/task-${index}`;
  }

  #need(service: unknown): void {
    if (service !== this.#place.serviceArn)
      throw new AwsError("ServiceNotFoundException", "Service not found.");
  }
}
