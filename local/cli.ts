/** Finds the Pulumi CLI that runs the local engine, and makes one where the machine has none. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildCli } from "./cli-build";
import { isAtLeast, pinnedVersion } from "./cli-version";
import { findOnPath, isExecutable } from "./executables";
import { cacheDirectory } from "./paths";
import { say } from "./problem";

/** A Pulumi CLI, ready to be spawned. */
export interface Cli {
  readonly command: string;
  /** Whether a real Node.js language host comes with it; without one, the engine is given the stand-in. */
  readonly hasLanguageHost: boolean;
}

const languageHost = "pulumi-language-nodejs";

/** The CLI on `PATH` when it is new enough, else the cached build, else a build made now (minutes, once). */
export async function findCli(): Promise<Cli> {
  const command = usableOnPath() ?? (await cachedBuild());
  return { command, hasLanguageHost: hasLanguageHost(command) };
}

function usableOnPath(): string | undefined {
  const command = findOnPath("pulumi");
  if (command === undefined) return undefined;
  const version = versionOf(command);
  if (isAtLeast(version, pinnedVersion)) return command;
  say(`note: ${command} is ${version || "of an unknown version"}, older than ${pinnedVersion}: not used.`);
  return undefined;
}

async function cachedBuild(): Promise<string> {
  const directory = join(cacheDirectory(), `pulumi-${pinnedVersion}`);
  const command = join(directory, "pulumi");
  if (!isExecutable(command)) await buildCli(command);
  return command;
}

/** The engine looks for a language host on `PATH`, then beside its own binary. */
function hasLanguageHost(command: string): boolean {
  return (
    findOnPath(languageHost) !== undefined || isExecutable(join(dirname(realpathSync(command)), languageHost))
  );
}

/** `pulumi version`, remembered for this very file, since asking costs a quarter of a second in every run. */
function versionOf(command: string): string {
  const { mtimeMs, size } = statSync(command);
  const identity = `${realpathSync(command)} ${mtimeMs} ${size}`;
  const memory = join(cacheDirectory(), "pulumi-on-path.json");
  const remembered = readMemory(memory);
  if (remembered?.identity === identity) return remembered.version;
  const asked = spawnSync(command, ["version"], {
    encoding: "utf8",
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  const version = asked.status === 0 ? asked.stdout.trim() : "";
  mkdirSync(dirname(memory), { recursive: true });
  writeFileSync(memory, JSON.stringify({ identity, version }));
  return version;
}

function readMemory(file: string): { identity: string; version: string } | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof content !== "object" || content === null) return undefined;
    const { identity, version } = content as Record<string, unknown>;
    return typeof identity === "string" && typeof version === "string" ? { identity, version } : undefined;
  } catch {
    return undefined;
  }
}
