import { isDeepStrictEqual } from "node:util";
import type { Accounts, Props, StoredObject } from "../../account/store";
import { modelOf, models } from "./catalog";
import type { Model } from "./model";
import { World } from "./world";

/** An object with changes that AWS keeps back until its maintenance window. */
export interface WaitingObject extends StoredObject {
  readonly pendingModifications?: Props;
}

/** The changes of an object that wait for its maintenance window, by property. */
export function pendingModifications(object: StoredObject): Props {
  return (object as WaitingObject).pendingModifications ?? {};
}

/**
 * What a change leaves: properties that wait for the window go into `pendingModifications`, unless `applyImmediately`
 * is set, which also brings in what waited before.
 */
export function scheduled(model: Model, from: StoredObject, to: StoredObject): StoredObject {
  if (model.windowed === undefined) {
    return to;
  }
  const waits = Object.entries(model.windowed).flatMap(([property, { actual }]) => {
    const wanted = to.inputs[property];
    const effective = actual === undefined ? from.inputs[property] : from.computed[actual];
    const isOld =
      isDeepStrictEqual(wanted, from.inputs[property]) && !(property in pendingModifications(from));
    return wanted === undefined || isOld || isDeepStrictEqual(wanted, effective)
      ? []
      : [{ property, wanted }];
  });
  const pending = Object.fromEntries(waits.map(({ property, wanted }) => [property, wanted]));
  const rest = withoutPending(to);
  if (waits.length === 0) {
    return rest;
  }
  return to.inputs["applyImmediately"] === true
    ? inEffect(model, rest, pending)
    : heldBack(model, from, rest, pending);
}

/** The object as it is once its maintenance window has passed. */
export function applyPending(object: StoredObject): StoredObject {
  return inEffect(modelOf(object.type), withoutPending(object), pendingModifications(object));
}

/**
 * Lets the maintenance windows of an account pass: all waiting changes take effect. Returns the changed objects.
 *
 * @param account account id
 */
export function passMaintenanceWindows(accounts: Accounts, account: string): StoredObject[] {
  return accounts
    .list(account)
    .filter((object) => models.has(object.type) && Object.keys(pendingModifications(object)).length > 0)
    .map((object) => {
      const changed = applyPending(object);
      const after = modelOf(object.type).change?.(object, changed, new World(accounts, object)) ?? changed;
      accounts.replace(after);
      return after;
    });
}

function withoutPending(object: StoredObject): StoredObject {
  return Object.fromEntries(
    Object.entries(object).filter(([key]) => key !== "pendingModifications"),
  ) as unknown as StoredObject;
}

function inEffect(model: Model, object: StoredObject, changes: Props): StoredObject {
  const actual = Object.entries(changes).flatMap(([property, value]) => {
    const shownBy = model.windowed?.[property]?.actual;
    return shownBy === undefined ? [] : [[shownBy, value] as const];
  });
  return {
    ...object,
    inputs: { ...object.inputs, ...changes },
    computed: { ...object.computed, ...Object.fromEntries(actual) },
  };
}

/** Properties that show what is in effect keep their old value for now. */
function heldBack(model: Model, from: StoredObject, to: StoredObject, pending: Props): WaitingObject {
  const kept = Object.keys(pending)
    .filter((property) => model.windowed?.[property]?.actual === undefined)
    .map((property) => [property, from.inputs[property]] as const);
  return { ...to, inputs: { ...to.inputs, ...Object.fromEntries(kept) }, pendingModifications: pending };
}
