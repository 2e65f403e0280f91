import type { Names } from "../../config";

/** Words for what a region has of the state, as they stand in names. */
const WORDS = { bucket: "state", key: "state", logs: "state-logs", copy: "state-copy" } as const;

/** Names of what a region has of the state, known before it exists. */
export function stateNames(names: Names) {
  return {
    words: WORDS,
    bucketName: names.fixed("bucket", WORDS.bucket),
    logsName: names.fixed("bucket", WORDS.logs),
    copyName: names.fixed("bucket", WORDS.copy),
    keyAlias: names.fixed("kmsAlias", WORDS.key),
  };
}

/** The places of a stack's objects in a bucket of states, as the Pulumi CLI forms them. */
export function stateObjects(project: string, stack: string) {
  return {
    /** Says which form the bucket has. */
    meta: ".pulumi/meta.yaml",
    /** The state, and the one before it. */
    states: `.pulumi/stacks/${project}/${stack}.json*`,
    /** What is noted of the stack itself. */
    tags: `.pulumi/stacks/${project}/${stack}.pulumi-tags`,
    history: `.pulumi/history/${project}/${stack}/*`,
    backups: `.pulumi/backups/${project}/${stack}/*`,
    locks: `.pulumi/locks/organization/${project}/${stack}/*`,
  };
}
