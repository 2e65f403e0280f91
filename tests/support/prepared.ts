import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive } from "../../local/run-directory";

/**
 * A folder that takes long to fill. The first suite that asks for it fills it, all others wait and get the same: it is
 * there to be read or copied, not to be changed.
 *
 * @param fill fills the empty folder it is given
 */
export async function preparedFolder(
  name: string,
  fill: (folder: string) => void | Promise<void>,
): Promise<string> {
  const folder = path.join(preparations(), name);
  const owner = `${folder}.owner`;
  while (!fs.existsSync(folder)) {
    if (!claim(owner)) {
      await sleep(200);
      continue;
    }
    try {
      // Whoever had the claim before may have ended well.
      if (!fs.existsSync(folder)) {
        const draft = fs.mkdtempSync(`${folder}-`);
        await fill(draft);
        fs.renameSync(draft, folder);
      }
    } finally {
      fs.rmSync(owner);
    }
  }
  return folder;
}

/** Where it all is: `npm test` has one place for all suites, a suite by itself has its own. */
function preparations(): string {
  let place = process.env["STREAMFLIX_TEST_PREPARED"];
  if (place === undefined) {
    const own = fs.mkdtempSync(path.join(os.tmpdir(), "streamflix-prepared-"));
    process.on("exit", () => {
      fs.rmSync(own, { recursive: true, force: true });
    });
    process.env["STREAMFLIX_TEST_PREPARED"] = place = own;
  }
  return place;
}

/** Takes the file, unless a living process has it. */
function claim(file: string): boolean {
  const mine = `${file}.${process.pid}`;
  fs.writeFileSync(mine, String(process.pid));
  try {
    // With its content or not at all: an owner without a number would count as gone.
    fs.linkSync(mine, file);
    return true;
  } catch {
    if (!isAlive(ownerOf(file))) fs.rmSync(file, { force: true });
    return false;
  } finally {
    fs.rmSync(mine);
  }
}

/** Its own process where the file is gone meanwhile. */
function ownerOf(file: string): number {
  try {
    return Number(fs.readFileSync(file, "utf8"));
  } catch {
    return process.pid;
  }
}
