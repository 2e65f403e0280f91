/** One part of `npm test`. */
export interface Suite {
  readonly name: string;
  readonly command: readonly string[];
  /** Whether the command reports tests of its own, as mocha does; else it counts as one. */
  readonly countsTests: boolean;
  /** Whether `--quick` leaves it out: it needs the engine, databases or calls of AWS over HTTP. */
  readonly slow: boolean;
  /** Whether it holds times against a bound, so that nothing may run beside it. */
  readonly alone?: true;
  /** What it may take on two cores with two other suites beside it. */
  readonly budgetSeconds: number;
}

const mocha = (name: string, files: string, budgetSeconds: number, slow = false): Suite => ({
  name,
  command: ["mocha", files],
  countsTests: true,
  slow,
  budgetSeconds,
});

const check = (name: string, command: readonly string[], budgetSeconds: number): Suite => ({
  name,
  command,
  countsTests: false,
  slow: false,
  budgetSeconds,
});

/** What the formatter's check keeps from run to run: beside the packages, so that `npm ci` drops it. */
const FORMATTED = "node_modules/.cache/format.json";

/** In the order in which they start: long ones first, so that the lanes end together. */
export const suites: readonly Suite[] = [
  mocha("engine: plain CLI", "tests/engine/plain-cli.test.ts", 240, true),
  mocha("engine: life cycle", "tests/engine/life-cycle.test.ts", 300, true),
  mocha("engine: resume", "tests/engine/resume.test.ts", 300, true),
  mocha("engine: data tier", "tests/engine/data-tier.test.ts", 240, true),
  mocha("rotation: crash points", "tests/rotation/postgres/crash-points.test.ts", 240, true),
  mocha("rotation: servers", "tests/rotation/postgres/!(crash-points).test.ts", 240, true),
  mocha("engine: failover", "tests/engine/failover.test.ts", 240, true),
  mocha("engine: service", "tests/engine/service.test.ts", 240, true),
  mocha("engine: migration", "tests/engine/migration.test.ts", 240, true),
  mocha("engine: operate", "tests/engine/operate.test.ts", 120, true),
  mocha("engine: bootstrap", "tests/engine/bootstrap.test.ts", 180, true),
  mocha("engine: state", "tests/engine/state-backend.test.ts", 120, true),
  mocha("engine: API", "tests/engine/api.test.ts", 180, true),
  mocha("functions: resume", "tests/functions/database-roles-resume.test.ts", 90, true),
  mocha("functions", "tests/functions/!(database-roles-resume|data-retention*|restore*).test.ts", 120, true),
  mocha("functions: restores", "tests/functions/restore-verification*.test.ts", 90, true),
  mocha("functions: data retention", "tests/functions/data-retention-!(million).test.ts", 120, true),
  mocha("rotation: moto", "tests/rotation/moto/*.test.ts", 90, true),
  mocha("remediation", "tests/remediation/*.test.ts", 90, true),
  mocha("service", "tests/service/**/*.test.ts", 150, true),
  mocha("load", "tests/load/k6/*.test.ts", 90, true),
  mocha("runbooks", "tests/runbooks/*.test.ts", 120, true),
  mocha("game days", "tests/game-days/*.test.ts", 90, true),
  mocha("integration", "tests/integration/*.test.ts", 120, true),
  mocha("engine: monitoring", "tests/engine/monitoring.test.ts", 240, true),
  mocha("report", "tests/report/*.test.ts", 90, true),
  mocha("engine: policy analyze", "tests/engine/policy-analyze.test.ts", 90, true),
  mocha("policy: mutants", "tests/mutants/*.test.ts", 120, true),
  mocha("engine: recovery", "tests/engine/recovery.test.ts", 90, true),
  mocha("engine: residency", "tests/engine/residency.test.ts", 90, true),
  mocha("engine: plan", "tests/engine/plan.test.ts", 60, true),
  mocha("preflight", "tests/preflight/*.test.ts", 45, true),
  mocha("unit", "tests/unit/**/*.test.ts", 80),
  check("lint and types", ["oxlint"], 30),
  mocha("policy", "tests/policy/**/*.test.ts", 25),
  mocha("config", "tests/config/**/*.test.ts", 30),
  mocha("rotation: inputs", "tests/rotation/*.test.ts", 20),
  mocha("wrapper", "tests/local/**/*.test.ts", 15),
  mocha("bench", "tests/bench/**/*.test.ts", 10),
  mocha("operations", "tests/{operations,capacity,load}/*.test.ts", 30),
  mocha("cost", "tests/cost/**/*.test.ts", 15),
  check("format", ["prettier", "--check", ".", "--cache", "--cache-location", FORMATTED], 30),
  {
    ...mocha("functions: a million rows", "tests/functions/data-retention-million.test.ts", 45, true),
    alone: true,
  },
];
