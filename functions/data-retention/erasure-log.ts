import { createHmac } from "node:crypto";

import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { z } from "zod";

import { awsFailure, OperatorError } from "../shared/errors";
import { digestOfKey, ERASURE_LOG_PREFIX, keyOf } from "./log-keys";

/** One erasure, without a word about who it was. */
export interface ErasureEntry {
  readonly digest: string;
  readonly reference: string;
  readonly requestedAt: string;
}

/** Who has been erased, kept where a restore of the database does not reach. */
export interface ErasureLog {
  /** Keeps an entry; of two for the same subject the first one stays. */
  add(entry: ErasureEntry): Promise<void>;
  /** Digests of all entries. */
  digests(): Promise<Set<string>>;
  get(digest: string): Promise<ErasureEntry>;
}

/**
 * Stands for a subject in the log. Only who has the key can tell whether it is a given subject's, so that the log names
 * nobody; and nobody can work it back, however few ids there are to try.
 */
export function digestOf(key: string, subjectId: string): string {
  return createHmac("sha256", key).update(`erasure:${subjectId}`).digest("hex");
}

const entry = z.strictObject({
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  reference: z.string(),
  requestedAt: z.iso.datetime(),
});

/** The log in a bucket, an object for each erasure. */
export class S3ErasureLog implements ErasureLog {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async add(added: ErasureEntry): Promise<void> {
    try {
      await this.#client.send(
        new PutObjectCommand({
          Bucket: this.#bucket,
          Key: keyOf(added.digest),
          Body: JSON.stringify(added),
          ContentType: "application/json",
          // Under a lock every version stays: a repeated request makes no second one.
          IfNoneMatch: "*",
        }),
      );
    } catch (error) {
      if (error instanceof S3ServiceException && error.name === "PreconditionFailed") return;
      throw unusable("written", error);
    }
  }

  async digests(): Promise<Set<string>> {
    const found = new Set<string>();
    let token: string | undefined;
    try {
      do {
        const page = await this.#client.send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: ERASURE_LOG_PREFIX,
            ContinuationToken: token,
          }),
        );
        for (const { Key: key = "" } of page.Contents ?? []) {
          const digest = digestOfKey(key);
          if (digest !== undefined) found.add(digest);
        }
        token = page.NextContinuationToken;
      } while (token !== undefined);
    } catch (error) {
      throw unusable("listed", error);
    }
    return found;
  }

  async get(digest: string): Promise<ErasureEntry> {
    try {
      const { Body: body } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: keyOf(digest) }),
      );
      return parseEntry((await body?.transformToString()) ?? "");
    } catch (error) {
      throw unusable("read", error);
    }
  }
}

/** Stands where there is no bucket: what can't be logged is not erased. */
export const NO_ERASURE_LOG: ErasureLog = {
  add: refused,
  digests: refused,
  get: refused,
};

function refused(): Promise<never> {
  return Promise.reject(
    new OperatorError(
      "ErasureLogUnusable",
      "The stack has no bucket for the erasure log.",
      "give the function one and send the event again: nothing is erased before it is in the log.",
    ),
  );
}

/** @throws SyntaxError or ZodError for a text that is no entry */
export function parseEntry(text: string): ErasureEntry {
  return entry.parse(JSON.parse(text));
}

function unusable(what: string, error: unknown): OperatorError {
  return new OperatorError(
    "ErasureLogUnusable",
    `The erasure log can't be ${what}: ${awsFailure(error)}.`,
    "see that the function's role, the bucket's policy, its key and the VPC endpoint let the function reach it; then " +
      "send the event again: nothing is erased before it is in the log.",
  );
}
