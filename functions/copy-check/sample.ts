import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";

/** Classes that an object has to be restored from before it can be read, which takes hours and costs money. */
const ARCHIVED = ["GLACIER", "DEEP_ARCHIVE"];

/** An object of a listing. */
export interface Listed {
  readonly key: string;
  /** Names the object in a log without saying what it is. */
  readonly tag: string;
  readonly writtenAt: Date;
}

/** What a listing of a copy shows. */
export interface Sample {
  /** Objects that can be read at once, and those that can't. */
  readonly readable: number;
  readonly archived: number;
  /** When the newest of all was written. @default the copy is empty */
  readonly newestAt?: Date;
  /** Objects that can be read at once: the newest one, and others of any age. */
  readonly objects: readonly Listed[];
}

/**
 * Lists all of a copy, and chooses objects to read: the newest, and of the others each with the same chance. So every run
 * reads others, of every age that can be read at once.
 *
 * @param size how many at most
 * @param random as `Math.random`
 */
export async function sampleOf(
  client: Pick<S3Client, "send">,
  { bucket, prefix }: { readonly bucket: string; readonly prefix: string },
  size: number,
  random: () => number,
): Promise<Sample> {
  const chosen: Listed[] = [];
  let [newest, newestReadable]: (Listed | undefined)[] = [];
  let [readable, archived] = [0, 0];
  for await (const { object, storageClass } of objectsOf(client, bucket, prefix)) {
    newest = later(newest, object);
    if (ARCHIVED.includes(storageClass)) {
      archived += 1;
      continue;
    }
    readable += 1;
    newestReadable = later(newestReadable, object);
    // A reservoir beside the newest: however many there turn out to be, each is in it with the same chance.
    const place = chosen.length < size - 1 ? chosen.length : Math.floor(random() * readable);
    if (place < size - 1) chosen[place] = object;
  }
  return {
    readable,
    archived,
    ...(newest && { newestAt: newest.writtenAt }),
    objects: [...new Set(newestReadable ? [newestReadable, ...chosen] : [])],
  };
}

function later(one: Listed | undefined, other: Listed): Listed {
  return one !== undefined && one.writtenAt >= other.writtenAt ? one : other;
}

async function* objectsOf(
  client: Pick<S3Client, "send">,
  bucket: string,
  prefix: string,
): AsyncGenerator<{ readonly object: Listed; readonly storageClass: string }> {
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
    );
    for (const { Key: key, ETag: tag = "", LastModified: writtenAt, StorageClass } of page.Contents ?? []) {
      if (key === undefined || writtenAt === undefined) continue;
      yield { object: { key, tag, writtenAt }, storageClass: StorageClass ?? "STANDARD" };
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}
