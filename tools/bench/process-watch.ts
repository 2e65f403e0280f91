/** Watches a process tree while it runs: processor time and memory by kind of process, from `/proc` (Linux). */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { kindOf } from "./process-kinds";
import type { ProcessKind } from "./process-kinds";

/** What the processes of one kind took in a run. */
export interface KindUsage {
  readonly kind: ProcessKind;
  /** Most that ran at one time. */
  readonly atOnce: number;
  /** Of all of them together. */
  readonly cpuSeconds: number;
  /** Most that one of them had resident, in bytes: the kernel's high-water mark (`VmHWM`). */
  readonly peakBytes: number;
}

/** What a process tree took. */
export interface Usage {
  readonly kinds: readonly KindUsage[];
  readonly cpuSeconds: number;
  /** Most that the processes of one time had resident, in bytes, with shared pages counted in each. */
  readonly peakBytes: number;
  /**
   * The same with shared pages counted once (`Pss`). Undefined when it was not asked for: it costs the kernel a walk
   * through every process's pages.
   */
  readonly peakBytesShared: number | undefined;
}

/** What happens between the last look and the end of a process is missed, so the figures are low by up to this. */
const INTERVAL_MILLISECONDS = 100;

/** Linux counts processor time in hundredths of a second, whatever the kernel's own clock rate (`USER_HZ`). */
const TICKS_PER_SECOND = 100;

/** Whether this system tells about processes in the way that is read here. */
export function canWatch(): boolean {
  return existsSync("/proc/self/stat") && existsSync("/proc/self/status");
}

interface Stat {
  readonly parent: number;
  readonly cpuSeconds: number;
}

/** Starts watching at once; read `usage` after `stop`. */
export class ProcessWatch {
  readonly #root: number;
  readonly #shared: boolean;
  readonly #timer: NodeJS.Timeout;
  readonly #cpuSeconds = new Map<number, { kind: ProcessKind; seconds: number }>();
  readonly #peaks = new Map<ProcessKind, { atOnce: number; peakBytes: number }>();
  #peakBytes = 0;
  #peakBytesShared = 0;

  /** @param shared whether to find out what is shared */
  constructor(root: number, shared: boolean) {
    this.#root = root;
    this.#shared = shared;
    this.#timer = setInterval(() => {
      this.#look();
    }, INTERVAL_MILLISECONDS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  get usage(): Usage {
    const cpu = [...this.#cpuSeconds.values()];
    const sum = (of: typeof cpu) => of.reduce((total, { seconds }) => total + seconds, 0);
    return {
      kinds: [...this.#peaks].map(([kind, peak]) => ({
        kind,
        ...peak,
        cpuSeconds: sum(cpu.filter((process) => process.kind === kind)),
      })),
      cpuSeconds: sum(cpu),
      peakBytes: this.#peakBytes,
      peakBytesShared: this.#shared ? this.#peakBytesShared : undefined,
    };
  }

  #look(): void {
    let [bytes, shared] = [0, 0];
    const atOnce = new Map<ProcessKind, number>();
    const kinds = new Map<number, ProcessKind | undefined>();
    for (const [pid, { parent, cpuSeconds }] of processTree(this.#root)) {
      // A shell that becomes the program it starts keeps its number, so the kind is asked anew each time.
      const kind = kindOf(read(pid, "cmdline").split("\0"));
      kinds.set(pid, kind);
      // A process that is just being started is a copy of its parent until it becomes its own program.
      if (kind === kinds.get(parent)) continue;
      const status = read(pid, "status");
      const highWater = bytesOf(status, "VmHWM");
      // A process that is starting or ending has no memory to tell of.
      if (kind === undefined || highWater === 0) continue;
      this.#cpuSeconds.set(pid, { kind, seconds: cpuSeconds });
      atOnce.set(kind, (atOnce.get(kind) ?? 0) + 1);
      const peak = this.#peaks.get(kind) ?? { atOnce: 0, peakBytes: 0 };
      this.#peaks.set(kind, {
        atOnce: Math.max(peak.atOnce, atOnce.get(kind) ?? 0),
        peakBytes: Math.max(peak.peakBytes, highWater),
      });
      bytes += bytesOf(status, "VmRSS");
      if (this.#shared) shared += bytesOf(read(pid, "smaps_rollup"), "Pss");
    }
    this.#peakBytes = Math.max(this.#peakBytes, bytes);
    this.#peakBytesShared = Math.max(this.#peakBytesShared, shared);
  }
}

/** A process and all that descend from it. */
function processTree(root: number): Map<number, Stat> {
  const all = new Map<number, Stat>();
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    const stat = parseStat(read(pid, "stat"));
    if (stat === undefined) continue;
    all.set(pid, stat);
    children.set(stat.parent, [...(children.get(stat.parent) ?? []), pid]);
  }
  const tree = new Map<number, Stat>();
  const queue = [root];
  for (const pid of queue) {
    const stat = all.get(pid);
    if (stat !== undefined) tree.set(pid, stat);
    queue.push(...(children.get(pid) ?? []));
  }
  return tree;
}

/** A line of `/proc/<pid>/stat`, proc(5). */
function parseStat(line: string): Stat | undefined {
  if (line === "") return undefined;
  // The second field is the command in parentheses and may hold blanks; the rest is counted from behind it.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const [, parent, , , , , , , , , , user, system] = fields.map(Number);
  return { parent: parent ?? 0, cpuSeconds: ((user ?? 0) + (system ?? 0)) / TICKS_PER_SECOND };
}

/** In bytes; 0 when the text has no such line. */
function bytesOf(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0) * 1024;
}

/** Empty when the process has ended meanwhile. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
