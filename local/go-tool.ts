/** Finds a tool written in Go, and makes one where the machine has none. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isAtLeast } from "./cli-version";
import { findOnPath, isExecutable } from "./executables";
import { buildTool, type GoTool } from "./go-build";
import { cacheDirectory } from "./paths";
import { say } from "./problem";

/** The tool on `PATH` when its version fits, else the cached build, else a build made now (minutes, once). */
export async function findTool(tool: GoTool): Promise<string> {
  return usableOnPath(tool) ?? (await cachedBuild(tool));
}

/** Whether a version of the tool may be used in place of the pinned one. */
export function fits({ version, before }: GoTool, found: string): boolean {
  return isAtLeast(found, version) && (before === undefined || !isAtLeast(found, before));
}

function usableOnPath(tool: GoTool): string | undefined {
  const command = findOnPath(tool.command);
  if (command === undefined) return undefined;
  const found = versionOf(tool, command);
  if (fits(tool, found)) return command;
  const wanted = `${tool.version} or newer${tool.before === undefined ? "" : `, before ${tool.before}`}`;
  say(`note: ${command} is ${found || "of an unknown version"}, not ${wanted}: not used.`);
  return undefined;
}

async function cachedBuild(tool: GoTool): Promise<string> {
  const command = join(cacheDirectory(), `${tool.command}-${tool.version}`, tool.command);
  if (!isExecutable(command)) await buildTool(tool, command);
  return command;
}

/** The version that it prints, remembered for this very file, since asking costs a quarter of a second in every run. */
function versionOf(tool: GoTool, command: string): string {
  const { mtimeMs, size } = statSync(command);
  const identity = `${realpathSync(command)} ${mtimeMs} ${size}`;
  const memory = join(cacheDirectory(), `${tool.command}-on-path.json`);
  const remembered = readMemory(memory);
  if (remembered?.identity === identity) return remembered.version;
  const asked = spawnSync(command, tool.versionWords, {
    encoding: "utf8",
    env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
  });
  const version = asked.status === 0 ? versionIn(asked.stdout) : "";
  mkdirSync(dirname(memory), { recursive: true });
  writeFileSync(memory, JSON.stringify({ identity, version }));
  return version;
}

/** `v3.259.0` of Pulumi's `v3.259.0` and of k6's `k6 v1.8.1 (go1.26, linux/amd64)`. */
export function versionIn(output: string): string {
  return /(?:^|\s)(v?\d+\.\d+\.\d+\S*)/.exec(output)?.[1] ?? "";
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
