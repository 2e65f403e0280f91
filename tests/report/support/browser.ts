import { execFileSync } from "node:child_process";

/** Debian's and other distributions' names of the program. */
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome"] as const;

/**
 * A browser of this machine. Where there is none it is installed, on Debian and as root; undefined, with the reason
 * printed, where it can't be had.
 */
export function browserProgram(): string | undefined {
  const program = installed() ?? install();
  if (program === undefined) {
    console.log(
      `The tests in a browser are left out: there is none. Install the Debian package ${PROGRAMS[0]}.`,
    );
  }
  return program;
}

function installed(): string | undefined {
  return PROGRAMS.map(pathOf).find((program) => program !== undefined);
}

function pathOf(program: string): string | undefined {
  try {
    return execFileSync("which", [program], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}

function install(): string | undefined {
  if (process.getuid?.() !== 0) return undefined;
  try {
    for (const words of [["update"], ["install", "--yes", "--no-install-recommends", PROGRAMS[0]]]) {
      execFileSync("apt-get", words, {
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
        stdio: "ignore",
      });
    }
  } catch {
    // Said by the caller.
  }
  return installed();
}
