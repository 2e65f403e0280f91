import { randomInt } from "node:crypto";

import { Clock } from "./clock";
import { alreadyExists, invalidRequest, notFound } from "./errors";
import { type Content, Secret, type Version } from "./secret";

const ARN_PREFIX = "arn:aws:secretsmanager:eu-central-1:111111111111:secret:";
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** The secrets of one account in one region. */
export class SecretsState {
  readonly clock = new Clock();
  readonly #secrets = new Map<string, Secret>();
  /** Reads that don't see yet what was stored after a moment. */
  #stale = { reads: 0, after: 0 };

  /** CreateSecret: a secret, with a first version unless there is no content. */
  create(
    name: string,
    token: string,
    content: Content | undefined,
    owningService?: string,
  ): { readonly secret: Secret; readonly versionId: string | undefined } {
    const present = [...this.#secrets.values()].find((secret) => secret.name === name);
    if (present !== undefined) {
      if (present.deletedAt !== undefined) {
        throw invalidRequest(`A secret named ${name} is scheduled for deletion.`);
      }
      // The same request once more.
      if (content !== undefined && present.versions.some((version) => version.id === token)) {
        present.put(token, content);
        return { secret: present, versionId: token };
      }
      throw alreadyExists(`There is a secret named ${name} already.`);
    }
    const suffix = Array.from({ length: 6 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
    const secret = new Secret(this.clock, { name, arn: `${ARN_PREFIX}${name}-${suffix}`, owningService });
    // Whoever owns it rotates it.
    if (owningService !== undefined) secret.rotation = { enabled: true };
    if (content !== undefined) secret.put(token, content);
    this.#secrets.set(secret.arn, secret);
    return { secret, versionId: content && token };
  }

  /** The secret with an ARN, an ARN without its random end, or a name. */
  find(id: string): Secret {
    const found = [...this.#secrets.values()].find(
      ({ arn, name }) => id === arn || id === name || id === `${ARN_PREFIX}${name}`,
    );
    if (found === undefined) throw notFound("There is no such secret.");
    return found;
  }

  /** A secret whose values may be read. */
  findUsable(id: string): Secret {
    const secret = this.find(id);
    if (secret.deletedAt !== undefined) throw invalidRequest("The secret is scheduled for deletion.");
    return secret;
  }

  /** A secret that its customer may change. */
  findOwn(id: string): Secret {
    const secret = this.findUsable(id);
    if (secret.owningService !== undefined) {
      throw invalidRequest(`The secret is managed by ${secret.owningService}, and only changed through it.`);
    }
    return secret;
  }

  remove(secret: Secret): void {
    this.#secrets.delete(secret.arn);
  }

  /** Makes the next reads of values that are stored from now on fail, so many of them. */
  hideNewVersions(reads: number): void {
    this.#stale = { reads, after: this.clock.now() };
  }

  /** Lets a read of a version's value fail while it is not seen everywhere. */
  checkVisible(version: Version): void {
    if (this.#stale.reads === 0 || (version.filledAt ?? 0) < this.#stale.after) return;
    this.#stale.reads -= 1;
    throw notFound(`Version ${version.id} is not seen everywhere yet.`);
  }
}
