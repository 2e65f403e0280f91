import { randomBytes } from "node:crypto";
import { openAccounts, outputsOf, type Accounts, type Props, type StoredObject } from "../../account/store";
import { isDeepStrictEqual } from "node:util";
import {
  PartialFailure,
  UNKNOWN,
  type Difference,
  type SimulatedProvider,
  type State,
  type Subject,
} from "../frame";
import { changingCall, requireLight, type RunSettings } from "../run";
import { modelOf, referrersOf } from "./catalog";
import { AwsError, type Model } from "./model";
import { verifyDocuments } from "./policy-documents";
import { compare, decoded, documentText, hashed, isMap, uniqueName, withoutNulls } from "./properties";
import { scheduled } from "./windows";
import { shortType, strings, stringsAt, World } from "./world";

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
    // The real provider asks who it is before anything else.
    requireLight(this.#run, args["region"]);
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
    const { name, prefix } = naming(model);
    if (name !== undefined && inputs[name] === undefined && inputs[prefix] === undefined) {
      inputs[name] = olds[name] ?? `${subject.name}-${randomBytes(4).toString("hex").slice(0, 7)}`;
    }
    return { inputs, failures: model.check?.(inputs) ?? [] };
  }

  diff(subject: Subject, oldInputs: Props, news: Props, olds: Props = {}): Difference {
    const model = modelOf(subject.type);
    const readBack = (model.readBack ?? []).filter((property) => olds[property] !== undefined);
    const told = Object.fromEntries(readBack.map((property) => [property, olds[property]]));
    const [from, to] = [hashed({ ...oldInputs, ...told }), hashed(news)];
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
    const changed = keys
      .filter((key) => to[key] !== undefined || !model.kept?.includes(key))
      .flatMap((key) => compare(key, from[key], to[key]));
    const fixed = model.scope === "global" ? model.forceNew : [...model.forceNew, "region"];
    const isFixed = (property: string) =>
      fixed.includes(property) || model.forceNewIf?.[property]?.(from, to) === true;
    return {
      changed,
      replaces: changed.map(({ path }) => path).filter((path) => isFixed(path.split(/[.[]/)[0] ?? path)),
    };
  }

  previewCreate(subject: Subject, inputs: Props): Props {
    const model = modelOf(subject.type);
    const unknown = Object.fromEntries(model.computed.map((key) => [key, UNKNOWN]));
    return { ...unknown, ...outputs(model, hashed(inputs)) };
  }

  previewUpdate(subject: Subject, olds: Props, inputs: Props): Props {
    return { ...olds, ...outputs(modelOf(subject.type), hashed(inputs)) };
  }

  async create(subject: Subject, inputs: Props) {
    const model = modelOf(subject.type);
    const object = await changingCall(this.#run, "create", subject, model.seconds, () =>
      this.#make(model, subject, hashed(inputs)),
    );
    return { id: object.id, outputs: outputs(model, outputsOf(object)) };
  }

  async update(
    subject: Subject,
    id: string,
    olds: Props,
    inputs: Props,
    ignored: readonly string[] = [],
  ): Promise<Props> {
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
      const kept = (model.kept ?? []).filter((property) => current.inputs[property] !== undefined);
      const asBefore = Object.fromEntries(kept.map((property) => [property, current.inputs[property]]));
      const untouched =
        model.sendsChangesOnly === true ? unchanged(current.inputs, olds, inputs, ignored) : {};
      const asked = { ...asBefore, ...hashed(inputs), ...untouched };
      const importId = model.importId?.({ ...current.computed, ...asked }, id) ?? id;
      const computed = withoutUnwanted(model, current.computed, olds, inputs, ignored);
      const wanted = { ...current, inputs: asked, computed, importId };
      verify(model, outputs(model, outputsOf(wanted)), world.without(current));
      model.verifyChange?.(outputs(model, outputsOf(current)), outputs(model, outputsOf(wanted)));
      this.#moveClaim(model, current, wanted);
      const changed = scheduled(model, current, wanted);
      const updated = model.change?.(current, changed, world) ?? changed;
      this.#accounts.replace(updated);
      const sendsNothing = model.sendsChangesOnly === true && isDeepStrictEqual(asked, current.inputs);
      return sendsNothing ? updated : this.#settled(model, current, updated, world);
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
    const { name: nameOf, prefix } = naming(model);
    const generated =
      nameOf !== undefined && typeof inputs[prefix] === "string"
        ? { [nameOf]: uniqueName(inputs[prefix]) }
        : {};
    const effective = { ...generated, ...outputs(model, inputs) };
    verify(model, effective, world);
    const made = model.make(effective, world, subject.name);
    const object: StoredObject = {
      ...world.place,
      type: model.type,
      id: made.id,
      importId: model.importId?.({ ...made.computed, ...effective }, made.id) ?? made.id,
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
    return this.#settled(model, undefined, object, world);
  }

  #settled(model: Model, from: StoredObject | undefined, to: StoredObject, world: World): StoredObject {
    const settled = model.settle?.(from, to, world);
    if (settled === undefined) {
      return to;
    }
    this.#accounts.replace(settled.object);
    if (settled.failure !== undefined) {
      throw new PartialFailure(to.id, outputs(model, outputsOf(to)), settled.failure);
    }
    return settled.object;
  }

  #remove(model: Model, object: StoredObject): void {
    const world = this.#world(model, object.inputs);
    const dependents = [
      ...(model.keptWhileReferenced === true ? this.#dependentsOf(object) : []),
      ...(model.heldBy?.(object, world) ?? []),
    ];
    if (dependents.length > 0) {
      throw new AwsError(
        "DependencyViolation",
        `${shortType(object.type)} ${object.id} has dependent objects and cannot be deleted: ${dependents.join(", ")}`,
      );
    }
    model.beforeDelete?.(object, world);
    if (model.bury && model.buries?.(object) !== false) {
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
        .filter((other) => other.state === "available")
        .filter(({ inputs }) =>
          properties.some((property) => stringsAt(inputs, property).includes(object.id)),
        )
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
    requireLight(this.#run, region);
    return new World(this.#accounts, { account: this.#account, region });
  }
}

/** All that AWS checks before it makes or changes something. */
function verify(model: Model, inputs: Props, world: World): void {
  for (const [property, reference] of Object.entries(model.references ?? {})) {
    for (const value of stringsAt(inputs, property)) {
      if (!reference.builtIn?.test(value)) {
        world.need(reference, value);
      }
    }
  }
  verifyDocuments(model, inputs, world);
  model.verify?.(inputs, world);
}

/** Values that the account keeps because the state has not changed, or because they are somebody else's business. */
function unchanged(current: Props, olds: Props, news: Props, ignored: readonly string[]): Props {
  const same = Object.keys(news).filter(
    (property) => ignored.includes(property) || isDeepStrictEqual(olds[property], news[property]),
  );
  const there = same.filter((property) => current[property] !== undefined);
  return Object.fromEntries(there.map((property) => [property, current[property]]));
}

/** What AWS made, but for what the state has read back and the program doesn't want. */
function withoutUnwanted(
  model: Model,
  computed: Props,
  olds: Props,
  news: Props,
  ignored: readonly string[],
): Props {
  const unwanted = (model.readBack ?? []).filter(
    (property) => olds[property] !== undefined && news[property] === undefined && !ignored.includes(property),
  );
  return Object.fromEntries(Object.entries(computed).filter(([property]) => !unwanted.includes(property)));
}

function uniqueNameOf(model: Model, object: StoredObject) {
  return model.unique?.(outputs(model, outputsOf(object)), object);
}

/** The property that a name is made for when the program gives none, and the one that asks for a prefix instead. */
function naming({ autoName, forceNew }: Model): { name: string | undefined; prefix: string } {
  const name = autoName ?? (forceNew.includes("namePrefix") ? "name" : undefined);
  return { name, prefix: `${name ?? "name"}Prefix` };
}

function outputs(model: Model, properties: Props): Props {
  const tagsAll = model.taggable ? { tagsAll: properties["tags"] ?? {} } : {};
  return { ...model.defaults, ...properties, ...tagsAll };
}
