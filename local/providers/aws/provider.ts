import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { openAccounts, outputsOf, type Accounts, type Props, type StoredObject } from "../../account/store";
import { UNKNOWN, type Difference, type SimulatedProvider, type State, type Subject } from "../frame";
import { changingCall, type RunSettings } from "../run";
import { modelOf, referrersOf } from "./catalog";
import { AwsError, type Model } from "./model";
import { verifyDocuments } from "./policy-documents";
import { shortType, strings, World } from "./world";

/** Seconds an update or a delete takes, for want of better figures: AWS answers these quickly. */
const CHANGE_SECONDS = 1;

/** The `aws` provider over simulated accounts. One instance serves one `aws.Provider` of the program. */
export class SimulatedAws implements SimulatedProvider {
  // What the program's SDK asks for; the engine refuses an older plugin.
  readonly version = "7.48.0";
  readonly #run: RunSettings;
  readonly #accounts: Accounts;
  #account = "";
  #region = "";
  #defaultTags: Readonly<Record<string, string>> = {};

  constructor(run: RunSettings) {
    this.#run = run;
    this.#accounts = openAccounts(run.accounts);
  }

  configure(args: Props): void {
    const allowed = strings(decoded(args["allowedAccountIds"]));
    const signedIn = this.#run.signedInAccount ?? allowed[0];
    if (signedIn === undefined) {
      throw new Error(
        "the provider has no allowedAccountIds: the simulation can't tell which account is meant",
      );
    }
    if (allowed.length > 0 && !allowed.includes(signedIn)) {
      throw new Error(`AWS account ID not allowed: ${signedIn} (allowedAccountIds: ${allowed.join(", ")})`);
    }
    if (typeof args["region"] !== "string") {
      throw new Error("the provider has no region");
    }
    this.#account = signedIn;
    this.#region = args["region"];
    const defaultTags = decoded(args["defaultTags"]) as { tags?: Record<string, string> } | undefined;
    this.#defaultTags = defaultTags?.tags ?? {};
  }

  check(subject: Subject, olds: Props, news: Props) {
    const model = modelOf(subject.type);
    const inputs: Props = { ...withoutNulls(news) };
    if (model.scope !== "global") {
      inputs["region"] ??= this.#region;
    }
    if (model.taggable && inputs["tags"] !== UNKNOWN) {
      inputs["tags"] = { ...this.#defaultTags, ...(inputs["tags"] as Props | undefined) };
    }
    for (const { property } of model.documents ?? []) {
      const document = inputs[property];
      if (isMap(document)) {
        inputs[property] = documentText(document);
      }
    }
    if (
      model.forceNew.includes("namePrefix") &&
      inputs["name"] === undefined &&
      inputs["namePrefix"] === undefined
    ) {
      inputs["name"] = olds["name"] ?? `${subject.name}-${randomBytes(4).toString("hex").slice(0, 7)}`;
    }
    return { inputs, failures: model.check?.(inputs) ?? [] };
  }

  diff(subject: Subject, oldInputs: Props, news: Props): Difference {
    const model = modelOf(subject.type);
    const keys = [...new Set([...Object.keys(oldInputs), ...Object.keys(news)])].sort();
    const changed = keys.flatMap((key) => compare(key, oldInputs[key], news[key]));
    const fixed = model.scope === "global" ? model.forceNew : [...model.forceNew, "region"];
    return {
      changed,
      replaces: changed
        .map(({ path }) => path)
        .filter((path) => fixed.includes(path.split(/[.[]/)[0] ?? path)),
    };
  }

  previewCreate(subject: Subject, inputs: Props): Props {
    const model = modelOf(subject.type);
    const unknown = Object.fromEntries(model.computed.map((key) => [key, UNKNOWN]));
    return { ...unknown, ...outputs(model, inputs) };
  }

  previewUpdate(subject: Subject, olds: Props, inputs: Props): Props {
    return { ...olds, ...outputs(modelOf(subject.type), inputs) };
  }

  async create(subject: Subject, inputs: Props) {
    const model = modelOf(subject.type);
    const object = await changingCall(this.#run, "create", subject, model.seconds, () =>
      this.#make(model, subject, inputs),
    );
    return { id: object.id, outputs: outputs(model, outputsOf(object)) };
  }

  async update(subject: Subject, id: string, olds: Props, inputs: Props): Promise<Props> {
    const model = modelOf(subject.type);
    const object = await changingCall(this.#run, "update", subject, CHANGE_SECONDS, () => {
      const world = this.#world(model, olds);
      const current = this.#accounts.find(world.place.account, world.place.region, model.type, id);
      if (current?.state !== "available") {
        throw new AwsError(
          `${shortType(model.type)}.NotFound`,
          `${shortType(model.type)} "${id}" does not exist`,
        );
      }
      const updated = { ...current, inputs, importId: model.importId?.(inputs) ?? id };
      verify(model, outputsOf(updated), world.without(current));
      this.#moveClaim(model, current, updated);
      this.#accounts.replace(updated);
      return updated;
    });
    return outputs(model, outputsOf(object));
  }

  async delete(subject: Subject, id: string, olds: Props): Promise<void> {
    const model = modelOf(subject.type);
    await changingCall(this.#run, "delete", subject, CHANGE_SECONDS, () => {
      // Already gone is what was wanted.
      const object = this.#find(model, id, olds);
      if (object) {
        this.#remove(model, object);
      }
    });
  }

  read(subject: Subject, id: string, state: State) {
    const model = modelOf(subject.type);
    const object = this.#find(model, id, state.inputs) ?? this.#findByImportId(model, id);
    return object && { id: object.id, inputs: object.inputs, outputs: outputs(model, outputsOf(object)) };
  }

  #make(model: Model, subject: Subject, inputs: Props): StoredObject {
    const world = this.#world(model, inputs);
    const generated =
      typeof inputs["namePrefix"] === "string" ? { name: uniqueName(inputs["namePrefix"]) } : {};
    const effective = { ...generated, ...outputs(model, inputs) };
    verify(model, effective, world);
    const made = model.make(effective, world, subject.name);
    const object: StoredObject = {
      ...world.place,
      type: model.type,
      id: made.id,
      importId: model.importId?.(effective) ?? made.id,
      inputs,
      computed: { ...made.computed, ...generated },
      createdBy: this.#run.stack,
      state: "available",
    };
    const name = model.unique?.(effective, world.place);
    if (name && this.#accounts.claim(object, name.claim) !== undefined) {
      throw new Error(name.taken);
    }
    if (!this.#accounts.add(object)) {
      throw new AwsError(
        "EntityAlreadyExists",
        `${shortType(model.type)} ${object.id} already exists in account ${object.account}, ${object.region}`,
      );
    }
    return object;
  }

  #remove(model: Model, object: StoredObject): void {
    const dependents = [
      ...(model.keptWhileReferenced === true ? this.#dependentsOf(object) : []),
      ...(model.heldBy?.(object, this.#world(model, object.inputs)) ?? []),
    ];
    if (dependents.length > 0) {
      throw new AwsError(
        "DependencyViolation",
        `${shortType(object.type)} ${object.id} has dependent objects and cannot be deleted: ${dependents.join(", ")}`,
      );
    }
    if (model.bury) {
      this.#accounts.replace(model.bury(object));
    } else {
      this.#accounts.remove(object);
    }
    const name = uniqueNameOf(model, object);
    if (name) {
      this.#accounts.release(object, name.claim);
    }
  }

  #moveClaim(model: Model, from: StoredObject, to: StoredObject): void {
    const [old, now] = [uniqueNameOf(model, from), uniqueNameOf(model, to)];
    if (old && now && now.claim !== old.claim) {
      if (this.#accounts.claim(to, now.claim) !== undefined) {
        throw new Error(now.taken);
      }
      this.#accounts.release(from, old.claim);
    }
  }

  #dependentsOf(object: StoredObject): string[] {
    return referrersOf(object.type).flatMap(({ type, properties }) => {
      const place = this.#world(modelOf(type), object.inputs).place;
      return this.#accounts
        .listType(place.account, place.region, type)
        .filter(({ inputs }) => properties.some((property) => strings(inputs[property]).includes(object.id)))
        .map(({ id }) => id);
    });
  }

  #find(model: Model, id: string, properties: Props): StoredObject | undefined {
    const { account, region } = this.#world(model, properties).place;
    const object = this.#accounts.find(account, region, model.type, id);
    return object?.state === "available" ? object : undefined;
  }

  #findByImportId(model: Model, importId: string): StoredObject | undefined {
    return this.#world(model, {})
      .all(model.type)
      .find((object) => object.importId === importId);
  }

  #world(model: Model, inputs: Props): World {
    const own = typeof inputs["region"] === "string" ? inputs["region"] : this.#region;
    const region = model.scope === "global" ? "global" : own;
    return new World(this.#accounts, { account: this.#account, region });
  }
}

/** All that AWS checks before it makes or changes something. */
function verify(model: Model, inputs: Props, world: World): void {
  for (const [property, reference] of Object.entries(model.references ?? {})) {
    for (const value of strings(inputs[property])) {
      world.need(reference, value);
    }
  }
  verifyDocuments(model, inputs, world);
  model.verify?.(inputs, world);
}

function uniqueNameOf(model: Model, object: StoredObject) {
  return model.unique?.(outputs(model, outputsOf(object)), object);
}

function outputs(model: Model, properties: Props): Props {
  const tagsAll = model.taggable ? { tagsAll: properties["tags"] ?? {} } : {};
  return { ...model.defaults, ...properties, ...tagsAll };
}

/** Differences between two values, as property paths; maps are compared key by key, lists as a whole. */
function compare(path: string, old: unknown, now: unknown): Difference["changed"][number][] {
  if (isDeepStrictEqual(old, now)) {
    return [];
  }
  if (isMap(old) && isMap(now)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
    return keys.flatMap((key) =>
      compare(/^\w+$/.test(key) ? `${path}.${key}` : `${path}["${key}"]`, old[key], now[key]),
    );
  }
  return [{ path, kind: old === undefined ? "add" : now === undefined ? "delete" : "update" }];
}

/** The provider turns a document into text; a single unknown in it makes the whole text unknown. */
function documentText(document: Props): string {
  const rendered = JSON.stringify(document);
  return rendered.includes(UNKNOWN) ? UNKNOWN : rendered;
}

function isMap(value: unknown): value is Props {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Provider arguments that are not strings arrive as JSON text. */
function decoded(value: unknown): unknown {
  return typeof value === "string" && /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value;
}

function withoutNulls(properties: Props): Props {
  return Object.fromEntries(
    Object.entries(properties).filter(([key, value]) => value !== null && key !== "__defaults"),
  );
}

/** The provider's tail for a name prefix: 26 characters that sort by time. */
function uniqueName(prefix: string): string {
  const time = new Date().toISOString().replaceAll(/\D/g, "");
  return `${prefix}${time}${randomBytes(5)
    .toString("hex")
    .slice(0, 26 - time.length)}`;
}
