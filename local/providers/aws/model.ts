import type { Props, StoredObject } from "../../account/store";
import type { Place, World } from "./world";

/** How a property names another object. */
export interface Reference {
  /** Pulumi type tokens that the property may name. */
  readonly types: readonly string[];
  /** Which of the target's values it holds. */
  readonly by: "id" | "arn" | "name";
  /** Values that name something AWS made itself, such as a default parameter group: always there. */
  readonly builtIn?: RegExp;
}

/** A change that AWS keeps back until the maintenance window unless `applyImmediately` is set. */
export interface Windowed {
  /**
   * Computed property that shows what is in effect, where the property itself shows at once what is wanted.
   * @default the property itself shows what is in effect until the window has passed
   */
  readonly actual?: string;
}

/** A policy document among the properties. */
export interface DocumentProperty {
  readonly property: string;
  /** Resource policies and trust policies have principals; identity policies have none. */
  readonly kind: "identity" | "resource" | "trust";
}

/** What exists once an object has been made. */
export interface Made {
  readonly id: string;
  /** Properties that AWS made; every key is listed in the model's `computed`. */
  readonly computed: Props;
}

/**
 * What the simulation knows about one resource type. A type without a model can't be deployed here.
 *
 * `forceNew` follows the Terraform provider, which is what the real Pulumi provider runs on, not
 * CloudFormation: the file of hashicorp/terraform-provider-aws is named in `source`.
 */
export interface Model {
  /** Pulumi type token. */
  readonly type: string;
  /** Terraform provider source file that `forceNew` was taken from. */
  readonly source: string;
  /** IAM has no regions. @default "region" */
  readonly scope?: "region" | "global";
  /** Properties that can't change on an existing object. `region` is added for every regional type. */
  readonly forceNew: readonly string[];
  /** Properties that can't change in some cases: whether a change of all inputs is such a case. */
  readonly forceNewIf?: Readonly<Record<string, (from: Props, to: Props) => boolean>>;
  /** Properties that stay as they are when the program gives none any more ("optional, computed" in the provider). */
  readonly kept?: readonly string[];
  /** Property that is made of the resource's name when none is given. @default `name` of a type with `namePrefix` */
  readonly autoName?: string;
  /** Typical duration of a create on AWS, in seconds. */
  readonly seconds: number;
  readonly taggable: boolean;
  /** Properties known only after creation. */
  readonly computed: readonly string[];
  /** Values the provider fills in where the program gave none. */
  readonly defaults?: Props;
  /** By property path, such as `vpcConfig.subnetIds`; a list on the way stands for each of its items. */
  readonly references?: Readonly<Record<string, Reference>>;
  readonly documents?: readonly DocumentProperty[];
  /** Problems the provider finds before it calls AWS: `{ property, reason }`. */
  readonly check?: (inputs: Props) => readonly { property: string; reason: string }[];
  /** Name that must be unique in the account's region; `taken` is AWS's answer when it isn't. */
  readonly unique?: (inputs: Props, place: Place) => { claim: string; taken: string } | undefined;
  /** What AWS refuses at create or update; throws AwsError. */
  readonly verify?: (inputs: Props, world: World) => void;
  /** What AWS refuses of a change because of what was there before; throws AwsError. */
  readonly verifyChange?: (from: Props, to: Props) => void;
  readonly make: (inputs: Props, world: World, name: string) => Made;
  /** Changes that wait for the maintenance window, by property. */
  readonly windowed?: Readonly<Record<string, Windowed>>;
  /** What a change does besides setting properties: the object as it is afterwards. Also called by a passing window. */
  readonly change?: (from: StoredObject, to: StoredObject, world: World) => StoredObject;
  /** Properties whose difference the provider sees by what AWS last said they are, not by what was last asked for. */
  readonly readBack?: readonly string[];
  /** The provider sends only what differs from the state: what others have changed meanwhile stays. @default all */
  readonly sendsChangesOnly?: boolean;
  /** What becomes of a create or change while the provider waits. Left out of changes that send nothing. */
  readonly settle?: (from: StoredObject | undefined, to: StoredObject, world: World) => Settled;
  /** Id that `pulumi import` takes. @default the id */
  readonly importId?: (inputs: Props, id: string) => string;
  /** AWS refuses to delete it while another object refers to it. @default false */
  readonly keptWhileReferenced?: boolean;
  /** Ids of further objects that keep it from being deleted. */
  readonly heldBy?: (object: StoredObject, world: World) => readonly string[];
  /** What AWS refuses to delete, by AwsError; also what a delete makes, such as a final snapshot. */
  readonly beforeDelete?: (object: StoredObject, world: World) => void;
  /** Turns a delete into a later one, or into none: the object that stays behind. @default deleted at once */
  readonly bury?: (object: StoredObject) => StoredObject;
  /** Whether an object of the type is buried rather than deleted at once. @default every one */
  readonly buries?: (object: StoredObject) => boolean;
}

/** How a wait ended. */
export interface Settled {
  /** The object as it is in the end. */
  readonly object: StoredObject;
  /** Why the wait failed; the engine keeps the resource as it was asked for, and this. @default it did not fail */
  readonly failure?: string;
}

/** An error as AWS words it: code, then text. */
export class AwsError extends Error {
  constructor(code: string, text: string) {
    super(`${code}: ${text}`);
  }
}
