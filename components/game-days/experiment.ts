import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Where experiments are. */
export interface ExperimentPlace {
  readonly accountId: string;
  readonly region: string;
  /** The zone that is tried to be lost. */
  readonly zone: string;
}

/** One failure that is tried out: what is done to what, and the rights that it takes. */
export interface Experiment {
  /** Part of its names, and its name for `npm run test:dr`. */
  readonly what: "database-failover" | "zone-network" | "cache-power" | "spot-interruption" | "task-kill";
  /** For whoever looks at the templates in the console. */
  readonly description: string;
  /** As in the actions reference of AWS Fault Injection Service. */
  readonly actionId: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** What the action calls what it acts on, such as `Clusters`. */
  readonly targetKey: string;
  readonly target: Target;
  /** What the statements are about, where they name it by text, which makes no dependency. */
  readonly about?: pulumi.Resource;
  /** What the service may do while it runs the experiment, besides writing its log. */
  readonly statements: readonly aws.iam.PolicyStatement[];
}

/** What is acted on: named one by one, or found by tags and parameters. */
export interface Target {
  readonly resourceType: string;
  readonly selectionMode: "ALL" | "COUNT(1)";
  readonly resourceArns?: pulumi.Input<pulumi.Input<string>[]>;
  readonly resourceTags?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly filters?: readonly { readonly path: string; readonly values: string[] }[];
}

/**
 * How long a fault lasts that ends by itself. Longer than the ten minutes in which everything has to be back, so that
 * what only comes back with the end of the fault is seen to be late.
 */
export const FAULT_DURATION = "PT15M";
