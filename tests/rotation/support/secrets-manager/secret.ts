import { isDeepStrictEqual } from "node:util";

import type { Clock } from "./clock";
import { alreadyExists, invalidParameter, invalidRequest, limitExceeded, notFound } from "./errors";

export const CURRENT = "AWSCURRENT";
export const PENDING = "AWSPENDING";
export const PREVIOUS = "AWSPREVIOUS";

/** A secret keeps its newest versions, and all of the last day; one more is refused when none of them may go. */
const VERSIONS = 100;
const DAY = 24 * 60 * 60 * 1000;
/** Staging labels on all versions of one secret together. */
const LABELS = 20;

/** What a version holds; bytes are base64 text, as on the wire. */
export type Content = { readonly SecretString: string } | { readonly SecretBinary: string };

export interface Version {
  readonly id: string;
  readonly createdAt: number;
  /** Absent in the version that a rotation starts with. */
  readonly content?: Content;
  /** When the content came. */
  readonly filledAt?: number;
}

/** What RotateSecret has set up. */
export interface Rotation {
  readonly enabled: boolean;
  readonly lambdaArn?: string | undefined;
  readonly rules?: object | undefined;
}

/** One secret: its versions, and which of them has which staging label. */
export class Secret {
  readonly name: string;
  readonly arn: string;
  readonly owningService: string | undefined;
  readonly createdAt: number;
  /** Absent until rotation is set up for the first time. */
  rotation: Rotation | undefined;
  tags: Readonly<Record<string, string>> = {};
  lastRotatedAt: number | undefined;
  /** The end of the recovery window; absent unless the secret is scheduled for deletion. */
  deletedAt: number | undefined;
  readonly #clock: Clock;
  readonly #versions = new Map<string, Version>();
  /** The version with a label, by label: a label is on one version at most. */
  readonly #labels = new Map<string, string>();

  constructor(
    clock: Clock,
    identity: { readonly name: string; readonly arn: string; readonly owningService?: string | undefined },
  ) {
    this.#clock = clock;
    this.name = identity.name;
    this.arn = identity.arn;
    this.owningService = identity.owningService;
    this.createdAt = clock.now();
  }

  /** In no useful order: AWS promises none. */
  get versions(): readonly Version[] {
    return [...this.#versions.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** The version with a label. */
  labelled(label: string): Version | undefined {
    return this.#versions.get(this.#labels.get(label) ?? "");
  }

  labelsOf(id: string): string[] {
    return [...this.#labels].filter(([, holder]) => holder === id).map(([label]) => label);
  }

  /** The version that GetSecretValue asks for, with its content. */
  read(id: string | undefined, label: string | undefined): Version & { readonly content: Content } {
    const version = id === undefined ? this.labelled(label ?? CURRENT) : this.#versions.get(id);
    if (version === undefined) throw notFound(`The secret has no version ${id ?? label ?? CURRENT}.`);
    if (label !== undefined && this.#labels.get(label) !== version.id) {
      throw invalidRequest(`Version ${version.id} does not have staging label ${label}.`);
    }
    const { content } = version;
    if (content === undefined) throw notFound(`Version ${version.id} has no value.`);
    return { ...version, content };
  }

  /**
   * PutSecretValue: makes version `id`, or fills it when a rotation left it empty. A version that has a value never
   * changes: the same value again does nothing, not even to labels.
   */
  put(id: string, content: Content, labels: readonly string[] = [CURRENT]): void {
    const present = this.#versions.get(id);
    if (present?.content !== undefined) {
      if (isDeepStrictEqual(present.content, content)) return;
      throw alreadyExists(`Version ${id} has another value already, and versions never change.`);
    }
    // The first version is the current one, whatever the caller asks for.
    const attached = this.#versions.size === 0 ? [...labels, CURRENT] : labels;
    this.#checkLabels(attached);
    this.#fill(present ?? this.#add(id), content);
    for (const label of attached) this.#attach(label, id);
  }

  /** UpdateSecretVersionStage: moves a label between versions, puts it on one, or takes it off. */
  move(label: string, from: string | undefined, to: string | undefined): void {
    if (from === undefined && to === undefined) {
      throw invalidParameter("MoveToVersionId, RemoveFromVersionId or both must be given.");
    }
    for (const id of [from, to]) {
      if (id !== undefined && !this.#versions.has(id)) throw invalidParameter(`There is no version ${id}.`);
    }
    const holder = this.#labels.get(label);
    if (from !== undefined && from !== holder) {
      throw invalidParameter(`RemoveFromVersionId is not the version that has staging label ${label}.`);
    }
    if (from === undefined && holder !== undefined && holder !== to) {
      throw invalidParameter(`RemoveFromVersionId must name ${holder}, which has staging label ${label}.`);
    }
    if (to === undefined) {
      if (label === CURRENT) throw invalidParameter(`${CURRENT} can only move, it can't be taken off.`);
      this.#labels.delete(label);
      return;
    }
    this.#checkLabels([label]);
    // A version without a value is taken: what AWS does is not documented, and refusing it would hide a faulty caller.
    this.#attach(label, to);
  }

  /**
   * What RotateSecret does before it calls the rotation function.
   *
   * @param start what the pending version holds: nothing, or, when only the function is tested, the current value
   */
  beginRotation(id: string, start: "empty" | "currentValue"): void {
    const pending = this.#labels.get(PENDING);
    if (pending !== undefined && pending !== this.#labels.get(CURRENT)) {
      // The rotation that is under way is tried once more, whoever asks; only its own token hears no complaint.
      if (pending === id) return;
      throw invalidRequest(`An earlier rotation, to version ${pending}, has not ended; it is tried again.`);
    }
    if (this.#versions.has(id)) {
      // The same request once more, after its rotation has ended.
      if (this.#labels.get(CURRENT) === id) return;
      throw invalidRequest(`Version ${id} is there already and not pending.`);
    }
    this.#checkLabels([PENDING]);
    const content = start === "currentValue" ? this.labelled(CURRENT)?.content : undefined;
    this.#fill(this.#add(id), content);
    this.#attach(PENDING, id);
  }

  /** What AWS does once finishSecret has succeeded. */
  endRotation(): void {
    const pending = this.#labels.get(PENDING);
    if (pending !== undefined && pending !== this.#labels.get(CURRENT)) {
      throw new Error(
        `The rotation of ${this.name} has not ended: ${PENDING} is not on the current version.`,
      );
    }
    this.#labels.delete(PENDING);
    this.lastRotatedAt = this.#clock.now();
  }

  #attach(label: string, id: string): void {
    const holder = this.#labels.get(label);
    if (holder === id) return;
    this.#labels.set(label, id);
    if (label === CURRENT && holder !== undefined) this.#labels.set(PREVIOUS, holder);
  }

  #add(id: string): Version {
    const now = this.#clock.now();
    const oldestFirst = [...this.#versions.values()].sort((a, b) => a.createdAt - b.createdAt);
    for (const { id: old, createdAt } of oldestFirst) {
      if (this.#versions.size < VERSIONS) break;
      if (this.labelsOf(old).length === 0 && now - createdAt >= DAY) this.#versions.delete(old);
    }
    if (this.#versions.size >= VERSIONS) {
      throw limitExceeded(
        `A secret has at most ${VERSIONS} versions, and none is deleted in its first 24 hours.`,
      );
    }
    const version = { id, createdAt: now };
    this.#versions.set(id, version);
    return version;
  }

  #fill(version: Version, content: Content | undefined): void {
    if (content === undefined) return;
    this.#versions.set(version.id, { ...version, content, filledAt: this.#clock.now() });
  }

  #checkLabels(attached: readonly string[]): void {
    if (new Set([...this.#labels.keys(), ...attached]).size > LABELS) {
      throw limitExceeded(`The versions of a secret have at most ${LABELS} staging labels together.`);
    }
  }
}
