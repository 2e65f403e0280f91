import {
  ChecksumType,
  GetObjectCommand,
  type GetObjectCommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";

import { type ContentFault, entryFault, eventsFault } from "./content";
import type { Listed } from "./sample";
import type { Copy } from "./settings";

/** Why an object is of no use: S3 gives no or another content than it took, or the content is not what it should be. */
export type Fault = "refused" | "broken-off" | "wrong-checksum" | ContentFault;

/** What reading an object showed. */
export type Reading =
  | { readonly kind: "good"; readonly hasChecksum: boolean }
  | { readonly kind: "bad"; readonly fault: Fault }
  /** Gone or put into the archive since it was listed: the lifecycle's doing. */
  | { readonly kind: "gone" };

/** Errors of S3 about an object that a lifecycle rule has reached meanwhile. */
const GONE = ["NoSuchKey", "InvalidObjectState"];

/** A second try tells a fault of the network from one of the object. */
const TRIES = 2;

/** Reads an object in full, under the copy's key and against the checksum that S3 has of it, and looks at what it is. */
export async function read(
  client: Pick<S3Client, "send">,
  { copy, bucket, object }: { readonly copy: Copy; readonly bucket: string; readonly object: Listed },
): Promise<Reading> {
  let fault: Fault = "refused";
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    let answer: GetObjectCommandOutput;
    try {
      answer = await client.send(
        // With it the client compares what it reads with the checksum.
        new GetObjectCommand({ Bucket: bucket, Key: object.key, ChecksumMode: "ENABLED" }),
      );
    } catch (error) {
      if (error instanceof Error && GONE.includes(error.name)) return { kind: "gone" };
      fault = "refused";
      continue;
    }
    try {
      const body = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
      const content = copy === "events" ? await eventsFault(body) : entryFault(object.key, body);
      return content === undefined
        ? { kind: "good", hasChecksum: hasChecksum(answer) }
        : { kind: "bad", fault: content };
    } catch (error) {
      const isChecksum = error instanceof Error && /checksum mismatch/i.test(error.message);
      fault = isChecksum ? "wrong-checksum" : "broken-off";
    }
  }
  return { kind: "bad", fault };
}

/** Whether there was a checksum of the whole object to compare with; one made of checksums of parts can't be. */
function hasChecksum(answer: GetObjectCommandOutput): boolean {
  const { ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256 } = answer;
  const known = [ChecksumCRC32, ChecksumCRC32C, ChecksumCRC64NVME, ChecksumSHA1, ChecksumSHA256];
  return answer.ChecksumType !== ChecksumType.COMPOSITE && known.some((it) => it !== undefined);
}
