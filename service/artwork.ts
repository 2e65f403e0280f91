import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, open, rename, rm } from "node:fs/promises";
import * as path from "node:path";

import { Failure, unavailable } from "./failures";
import { readThrown } from "../functions/shared/errors";
import { ARTWORK_FOLDER, ARTWORK_NAME, MAX_ARTWORK_BYTES } from "../functions/shared/pictures";

/** Pictures of titles on the shared file system. */
export class Artwork {
  readonly #directory: string;

  /** @param mount where the shared files are mounted; pictures get a folder of their own there */
  constructor(mount: string) {
    this.#directory = path.join(mount, ARTWORK_FOLDER);
  }

  /** Whether the folder can be used; made where it is missing. */
  async usable(): Promise<boolean> {
    try {
      await this.#makeFolder();
      await access(this.#directory, constants.R_OK | constants.W_OK);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Reads a picture.
   *
   * @throws Failure 404 where there is none, 503 where the file system does not serve
   */
  async read(name: string): Promise<Buffer> {
    const file = this.#file(name);
    try {
      // No link is followed, and a name that is no plain file, such as a pipe, blocks nobody.
      const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        const { size } = await handle.stat().then((stats) => (stats.isFile() ? stats : { size: Infinity }));
        if (size > MAX_ARTWORK_BYTES) throw missing();
        return await handle.readFile();
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw ["ENOENT", "ELOOP", "ENXIO"].includes(readThrown(error).code ?? "") ? missing() : away(error);
    }
  }

  /**
   * Writes a picture, whole or not at all: it gets its name when all of it is on disk.
   *
   * @throws Failure 503 where the file system does not serve
   */
  async write(name: string, content: Buffer): Promise<void> {
    const file = this.#file(name);
    const unfinished = path.join(this.#directory, `.${randomUUID()}`);
    try {
      await this.#makeFolder();
      const handle = await open(unfinished, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o640);
      try {
        await handle.writeFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(unfinished, file);
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined);
      throw away(error);
    }
  }

  /** Only the last folder: what is missing above it means that nothing is mounted. */
  async #makeFolder(): Promise<void> {
    await mkdir(this.#directory).catch((error: unknown) => {
      if (readThrown(error).code !== "EEXIST") throw error;
    });
  }

  #file(name: string): string {
    // The route checks names too; here it is what keeps every path inside the folder.
    if (!ARTWORK_NAME.test(name)) throw missing();
    return path.join(this.#directory, name);
  }
}

function missing(): Failure {
  return new Failure(404, "There is no such picture.");
}

function away(cause: unknown): Failure {
  return unavailable("The file system", cause);
}
