import type { S3Client } from "@aws-sdk/client-s3";

import { awsFailure, OperatorError } from "../shared/errors";
import { metricLine } from "../shared/metric-line";
import { AGE_METRICS, SAMPLE_METRICS } from "./metrics";
import { read } from "./read";
import { sampleOf } from "./sample";
import type { Copy, CopyCheckSettings } from "./settings";

/** What a run works with. */
export interface Dependencies {
  readonly settings: CopyCheckSettings;
  readonly client: Pick<S3Client, "send">;
  readonly functionName: string;
  readonly now: () => Date;
  readonly random: () => number;
  /** Writes a line to the log. */
  readonly write: (line: string) => void;
}

/** Objects of each copy that a run reads. */
export const SAMPLE_SIZE = 20;

const HOUR_MS = 3600 * 1000;

/**
 * Reads a sample of each copy, and writes how many objects are of use. A copy that can't be listed leaves its own figures
 * out, and no other's: no figure is ever taken for a good one.
 *
 * @throws OperatorError that names every copy that could not be looked at
 */
export async function run({
  settings,
  client,
  functionName: FunctionName,
  now,
  random,
  write,
}: Dependencies): Promise<void> {
  const unseen: string[] = [];
  for (const copy of Object.keys(settings.copies) as Copy[]) {
    const { bucket } = settings.copies[copy];
    const of = { FunctionName, Copy: copy };
    const sample = await sampleOf(client, settings.copies[copy], SAMPLE_SIZE, random).catch(
      (error: unknown) => {
        unseen.push(`${copy}: ${awsFailure(error)}`);
      },
    );
    if (sample === undefined) continue;
    const readings = [];
    for (const object of sample.objects) {
      readings.push({ tag: object.tag, ...(await read(client, { copy, bucket, object })) });
    }
    const good = readings.filter((it) => it.kind === "good");
    const bad = readings.filter((it) => it.kind === "bad");
    write(
      metricLine(
        SAMPLE_METRICS,
        of,
        { ObjectsRead: good.length + bad.length, ObjectsFailed: bad.length },
        now(),
        {
          readable: String(sample.readable),
          archived: String(sample.archived),
          withChecksum: String(good.filter(({ hasChecksum }) => hasChecksum).length),
          // An entity tag finds the object again, and says nothing of what is in it or whose it is.
          faults: bad.map(({ tag, fault }) => `${fault} ${tag}`).join(", "),
        },
      ),
    );
    if (sample.newestAt) {
      const age = (now().getTime() - sample.newestAt.getTime()) / HOUR_MS;
      write(metricLine(AGE_METRICS, of, { NewestAgeHours: Math.max(0, age) }, now()));
    }
  }
  if (unseen.length > 0) {
    throw new OperatorError(
      "CopiesUnseen",
      `${unseen.length} of ${Object.keys(settings.copies).length} copies can't be listed: ${unseen.join("; ")}.`,
      "see that the bucket is there, and that the function's role, the bucket's policy and the VPC endpoint let it in.",
    );
  }
}
