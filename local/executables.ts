/** Looking for executable files. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** First executable file `name` on `PATH`. */
export function findOnPath(name: string, path: string = process.env.PATH ?? ""): string | undefined {
  return path
    .split(delimiter)
    .filter((directory) => directory !== "")
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

/** Whether `file` is a regular file that this user may execute. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
