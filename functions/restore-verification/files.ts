import { readdir } from "node:fs/promises";

import { readThrown } from "../shared/errors";
import { filesUnavailable, type RestoredFileSystem } from "./efs";
import type { FilesJob } from "./event";
import { findFileFaults } from "./file-checks";
import type { Restored } from "./restored";
import type { FileExpectations } from "./settings";
import { restoreTime, type Verdict, verdict } from "./verdict";

export interface RestoredFilesOptions {
  readonly expectations: FileExpectations;
  /** Folder that they are mounted at. */
  readonly mount: string;
  /** @default the current time */
  readonly now?: () => number;
}

/** Restored files, as the steps see them: they need a way from the network, and somebody who mounts them. */
export function restoredFiles(
  fileSystem: RestoredFileSystem,
  job: FilesJob,
  options: RestoredFilesOptions,
): Restored {
  return {
    what: "file system",
    prepare: () => fileSystem.addWays(),
    isReady: async () => {
      if ((await fileSystem.state()) === undefined) throw filesUnavailable("is gone");
      return await fileSystem.isMounted();
    },
    verify: () => judge(job, options),
    remove: () => fileSystem.remove(),
    isGone: async () => (await fileSystem.state()) === undefined,
  };
}

async function judge(job: FilesJob, options: RestoredFilesOptions): Promise<Verdict> {
  const { expectations, mount, now = Date.now } = options;
  await readdir(mount).catch((error: unknown) => {
    throw filesUnavailable(`can't be looked into (${readThrown(error).code ?? "no code"})`);
  });
  // Only now can somebody work with them.
  const seconds = restoreTime(now(), job);
  return verdict(await findFileFaults(mount, expectations, job), seconds, expectations.objectiveSeconds);
}
