import { constants } from "node:fs";
import { lstat, open, readdir } from "node:fs/promises";
import * as path from "node:path";

import { readThrown } from "../shared/errors";
import { ARTWORK_FOLDER, ARTWORK_NAME, isWholePicture, MAX_ARTWORK_BYTES } from "../shared/pictures";
import type { FilesJob } from "./event";
import type { FileExpectations } from "./settings";

/** A file as its folder has it. */
interface Listed {
  readonly file: string;
  readonly bytes: number;
  readonly changedAt: number;
  readonly ownerId: number;
}

/** What is read: 1 GiB, and as many files as a few minutes are enough for. Of more as much, spread over all of them. */
const MOST = { bytes: 2 ** 30, files: 100_000 } as const;

/** Bytes that are read at once. */
const PIECE_BYTES = 1024 * 1024;

/** Files that are asked about, or read, at the same time: a network lies in between. */
const AT_ONCE = 16;

/** What EFS counts a file as, at least and as a multiple; backups are measured so too. */
const BLOCK_BYTES = 4096;

/** Part of the backup's bytes that has to be there: the two are not counted alike to the byte. */
const LEAST_PART = 0.5;

const DAY_MS = 86_400_000;

/** How often each thing is wrong, by the words for it. */
type Faults = Map<string, number>;

/**
 * What is wrong with restored files, in words without any name or content of one; nothing where all is well.
 *
 * @param mount where they are; AWS Backup restores into a folder in it, which may be any
 */
export async function findFileFaults(
  mount: string,
  { minimumFiles, newestMaximumDays, ownerId }: FileExpectations,
  { restoredTo, backupBytes }: Pick<FilesJob, "restoredTo" | "backupBytes">,
): Promise<string[]> {
  const faults: Faults = new Map();
  const files = await listing(mount, faults);
  const strangers = files.filter((it) => it.ownerId !== ownerId).length;
  if (strangers > 0) faults.set("files belong to somebody else than the service's user", strangers);
  await inParallel(spread(files, MOST), async (it) => {
    const fault = await readFault(it);
    if (fault !== undefined) count(faults, fault);
  });
  return [
    ...(files.length < minimumFiles
      ? [`there are ${files.length} files, fewer than the ${minimumFiles} that there should be`]
      : []),
    ...sizeFaults(files, backupBytes ?? 0),
    ...[...faults].map(([what, times]) => `${times} ${what}`).sort(),
    ...ageFaults(files, restoredTo, newestMaximumDays),
  ];
}

/** Every file in a folder and below. No link is followed. */
async function listing(root: string, faults: Faults): Promise<Listed[]> {
  const found: Listed[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const here = folder;
    const entries = await readdir(here, { withFileTypes: true }).catch((error: unknown) => {
      count(faults, `folders can't be listed (${codeOf(error)})`);
      return [];
    });
    folders.push(...entries.filter((it) => it.isDirectory()).map((it) => path.join(here, it.name)));
    await inParallel(
      entries.filter((it) => it.isFile()).map((it) => path.join(here, it.name)),
      async (file) => {
        try {
          const { size, mtimeMs, uid } = await lstat(file);
          found.push({ file, bytes: size, changedAt: mtimeMs, ownerId: uid });
        } catch (error) {
          count(faults, `files can't be looked at (${codeOf(error)})`);
        }
      },
    );
  }
  return found.sort((one, other) => (one.file < other.file ? -1 : 1));
}

/** About so many files and bytes in all, evenly taken from a list; all of it where it has no more. */
export function spread<File extends { readonly bytes: number }>(
  files: readonly File[],
  most: { readonly bytes: number; readonly files: number },
): File[] {
  const bytes = sum(files.map((file) => file.bytes));
  const part = Math.min(1, most.bytes / Math.max(1, bytes), most.files / Math.max(1, files.length));
  return files.filter((_, index) => Math.floor((index + 1) * part) > Math.floor(index * part));
}

/** Reads a whole file, so that a block that is gone shows; a picture has to be one from its first byte to its last. */
async function readFault({ file, bytes }: Listed): Promise<string | undefined> {
  const isPicture =
    path.basename(path.dirname(file)) === ARTWORK_FOLDER && ARTWORK_NAME.test(path.basename(file));
  if (isPicture && bytes > MAX_ARTWORK_BYTES) return "pictures are larger than any that the service takes";
  const kept: Buffer[] = [];
  let read = 0;
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      for (;;) {
        // One byte more than there should be: what goes on shows too.
        const size = Math.min(PIECE_BYTES, Math.max(0, bytes - read) + 1);
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(size), 0, size, read);
        if (bytesRead === 0) break;
        read += bytesRead;
        if (isPicture) kept.push(buffer.subarray(0, bytesRead));
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    return `files can't be read (${codeOf(error)})`;
  }
  if (read !== bytes) return "files do not have the length that their folder says";
  // The service lets no other in.
  return isPicture && !isWholePicture(file, Buffer.concat(kept)) ? "pictures are not whole" : undefined;
}

function sizeFaults(files: readonly Listed[], backupBytes: number): string[] {
  const blocks = sum(files.map(({ bytes }) => Math.max(1, Math.ceil(bytes / BLOCK_BYTES))));
  return blocks * BLOCK_BYTES < backupBytes * LEAST_PART
    ? [
        `the files have ${sum(files.map(({ bytes }) => bytes))} bytes, less than half of the ${backupBytes} of the backup`,
      ]
    : [];
}

function ageFaults(files: readonly Listed[], restoredTo: string, maximumDays: number | undefined): string[] {
  if (maximumDays === undefined || files.length === 0) return [];
  const newest = files.reduce((latest, { changedAt }) => Math.max(latest, changedAt), 0);
  const days = Math.floor((Date.parse(restoredTo) - newest) / DAY_MS);
  return days > maximumDays
    ? [`the newest file is ${days} days older than what was restored, not ${maximumDays} at most`]
    : [];
}

async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of queue) await work(item);
    }),
  );
}

function count(faults: Faults, what: string): void {
  faults.set(what, (faults.get(what) ?? 0) + 1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, it) => total + it, 0);
}

/** The kind of failure alone: its message would name the file. */
function codeOf(error: unknown): string {
  return readThrown(error).code ?? "no code";
}
