/** The directory in which the simulated providers write during one operation, emptied when the next one starts. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { StackPaths } from "./paths";

/** A run directory in use. */
export interface RunDirectory {
  readonly path: string;
  /** Names the process that does the work, so that it counts as running even when this one is killed. */
  readonly workedOnBy: (pid: number) => void;
  readonly release: () => void;
}

/**
 * Takes the stack's run directory and empties it. While another operation on the stack is running, its directory is
 * left alone and this one gets a directory of its own.
 */
export function takeRunDirectory(paths: StackPaths): RunDirectory {
  if (!claim(paths.runOwner)) return privateDirectory(`${paths.run}-${process.pid}`);
  emptied(paths.run);
  return {
    path: paths.run,
    workedOnBy: (pid) => {
      writeFileSync(paths.runOwner, JSON.stringify([process.pid, pid]));
    },
    release: () => {
      rmSync(paths.runOwner, { force: true });
    },
  };
}

function privateDirectory(path: string): RunDirectory {
  emptied(path);
  return {
    path,
    workedOnBy: () => undefined,
    release: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function emptied(path: string): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
}

/** Writes the owner's file; false when a living process owns it. */
function claim(file: string): boolean {
  mkdirSync(dirname(file), { recursive: true });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(file, JSON.stringify([process.pid]), { flag: "wx" });
      return true;
    } catch {
      if (owners(file).some(isAlive)) return false;
      rmSync(file, { force: true });
    }
  }
  return false;
}

function owners(file: string): number[] {
  try {
    const pids: unknown = JSON.parse(readFileSync(file, "utf8"));
    return Array.isArray(pids) ? pids.filter((pid) => typeof pid === "number") : [];
  } catch {
    return [];
  }
}

/** Whether a process of this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
