/**
 * `npm run plan`: compares the committed plan of each stack with what the program plans now, and ends with 1 when
 * they differ. `npm run plan -- --write` commits to the new ones: nothing else ever writes them.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { programs } from "../../local/paths";
import { comparePlans, planOf, type Plan, type PreviewJson } from "./plan";

const REPOSITORY = path.resolve(__dirname, "../..");
/** Names of the committed plans: stacks of the platform, and of other programs after the program's name. */
export const PLANNED_STACKS = [
  "dev",
  "prod",
  "prod-dr",
  "bootstrap-dev",
  "bootstrap-prod",
  "organization-main",
] as const;

/** The committed plan of a stack; empty when there is none yet. */
export function committedPlan(stack: string): Plan {
  const file = planFile(stack);
  return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Plan) : {};
}

/**
 * What the program plans for a stack from nothing, by a preview in an empty local home.
 *
 * @throws Error with the engine's words when the preview fails
 */
export function currentPlan(stack: string, ...flags: string[]): Plan {
  return planOf(JSON.parse(previewJson(stack, ...flags)) as PreviewJson);
}

/**
 * The text of `pulumi preview --json` of a stack from nothing, in an empty local home.
 *
 * @throws Error with the engine's words when the preview fails
 */
export function previewJson(stack: string, ...flags: string[]): string {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "streamflix-plan-"));
  try {
    const words = ["preview", ...selectionOf(stack), "--json", "--no-policy", ...flags];
    const done = spawnSync(
      process.execPath,
      [
        "--require",
        path.join(REPOSITORY, "tools/typescript.cjs"),
        path.join(REPOSITORY, "local/main.ts"),
        ...words,
      ],
      { env: { ...process.env, STREAMFLIX_LOCAL_HOME: home }, encoding: "utf8", maxBuffer: Infinity },
    );
    if (done.status !== 0) {
      throw new Error(`the preview of ${stack} failed:\n${done.stderr}${done.stdout}`);
    }
    return done.stdout;
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

/** The wrapper's flags for a plan's stack. */
export function selectionOf(plan: string): string[] {
  const program = programs.find(({ name }) => plan.startsWith(`${name}-`));
  return program === undefined
    ? ["--stack", plan]
    : ["--program", program.name, "--stack", plan.slice(program.name.length + 1)];
}

function planFile(stack: string): string {
  return path.join(REPOSITORY, "tests/plans", `${stack}.json`);
}

function main(words: readonly string[]): number {
  const unknown = words.filter((word) => word !== "--write");
  if (unknown.length > 0) {
    console.error(`npm run plan takes --write or nothing, not ${unknown.join(" ")}`);
    return 2;
  }
  let differing = 0;
  for (const stack of PLANNED_STACKS) {
    const plan = currentPlan(stack);
    const lines = comparePlans(committedPlan(stack), plan);
    console.log(
      `${stack}: ${Object.keys(plan).length} resources, ${lines.length} differences from the committed plan`,
    );
    lines.forEach((line) => {
      console.log(`  ${line}`);
    });
    if (lines.length > 0 && words.includes("--write")) {
      fs.writeFileSync(planFile(stack), `${JSON.stringify(plan, undefined, 2)}\n`);
    } else {
      differing += lines.length;
    }
  }
  return differing === 0 ? 0 : 1;
}

if (require.main === module) {
  process.exitCode = main(process.argv.slice(2));
}
