import type * as pulumi from "@pulumi/pulumi";
import { type DataBucketArgs, Bucket } from "../bucket";
import { ARCHIVE_TIERS } from "../bucket/lifecycle";

/** What the archive is called in its name. */
export const ARCHIVE = "events";

/** The archive of viewing events: it gets cheaper and slower with age, and ends with its data class. */
export function eventArchive(
  name: string,
  args: Omit<DataBucketArgs, "kind" | "what" | "classification" | "retentionClass" | "tiers">,
  opts: pulumi.ComponentResourceOptions,
): Bucket {
  return new Bucket(
    name,
    {
      ...args,
      kind: "data",
      what: ARCHIVE,
      classification: "personal",
      retentionClass: "viewer-events",
      tiers: ARCHIVE_TIERS,
    },
    opts,
  );
}
