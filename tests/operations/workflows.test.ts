import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

const ROOT = path.join(__dirname, "../..");
const FOLDER = path.join(ROOT, ".github/workflows");
/** What the jobs' first steps have in common. */
const PREPARE = ".github/actions/prepare/action.yml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = fs.readdirSync(FOLDER).map((name) => {
  const text = fs.readFileSync(path.join(FOLDER, name), "utf8");
  return { name, text, workflow: parse(text) as Workflow };
});
const jobs = workflows.flatMap(({ name, workflow }) =>
  Object.entries(workflow.jobs).map(([key, job]) => ({ name: `${name} ${key}`, job })),
);
const steps = jobs.flatMap(({ name, job }) => job.steps.map((step) => ({ name, step })));
const scripts = (
  JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  }
).scripts;

const shared = fs.readFileSync(path.join(ROOT, PREPARE), "utf8");

describe("the workflows", () => {
  it("are there", () => {
    assert.deepEqual(
      workflows.map(({ name }) => name),
      ["deploy.yml", "drift.yml", "image.yml", "integration.yml", "pull-request.yml"],
    );
    assert.ok(steps.length >= 24, `only ${steps.length} steps`);
  });

  it("use actions by digest alone, with the version beside it", () => {
    const used = [shared, ...workflows.map(({ text }) => text)].flatMap((text) =>
      text.split("\n").filter((line) => line.includes("uses:")),
    );
    const inJobs = steps.filter(({ step }) => step.uses !== undefined).length;
    assert.equal(used.length, inJobs + (parse(shared) as { runs: Job }).runs.steps.length);
    const ours = used.filter((line) => line.trim() === `- uses: ./${path.dirname(PREPARE)}`);
    assert.equal(ours.length, jobs.length);
    for (const line of used.filter((it) => !ours.includes(it)))
      assert.match(line, /uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("give every job the rights it needs and no more: reading by default, no secret of long life", () => {
    for (const { workflow } of workflows) assert.deepEqual(workflow.permissions, { contents: "read" });
    for (const { text } of workflows) assert.doesNotMatch(text, /secrets\.|AWS_SECRET_ACCESS_KEY|write-all/);
    // A pull request's code with a token that may write would be anybody's way in.
    for (const { workflow } of workflows) assert.ok(!("pull_request_target" in workflow.on));
  });

  it("have credentials only in jobs of an environment, where approvals are asked for", () => {
    const withCredentials = jobs.filter(({ job }) =>
      job.steps.some(({ uses }) => uses?.startsWith("aws-actions/configure-aws-credentials@")),
    );
    assert.equal(withCredentials.length, 5);
    for (const { name, job } of withCredentials) {
      assert.ok(job.environment !== undefined, `${name} has credentials without an environment`);
      assert.equal(job.permissions?.["id-token"], "write", name);
    }
    for (const { name, job } of jobs) {
      assert.equal(
        job.permissions?.["id-token"] !== undefined,
        withCredentials.some((it) => it.name === name),
        name,
      );
    }
  });

  it("never run text from outside as code", () => {
    for (const { name, step } of steps) assert.doesNotMatch(step.run ?? "", /\$\{\{/, name);
  });

  it("run npm scripts that exist", () => {
    const called = steps.flatMap(({ step }) =>
      [...(step.run ?? "").matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name),
    );
    assert.ok(called.length >= 5, `only ${called.length} scripts`);
    for (const name of called) assert.ok(name in scripts, `there is no script ${name}`);
  });

  it("deploy by the one command that has the policy pack, and nothing else", () => {
    for (const { name, step } of steps)
      assert.doesNotMatch(step.run ?? "", /\bpulumi (up|preview|destroy)\b/, name);
  });

  it("end by themselves", () => {
    for (const { name, job } of jobs) assert.ok((job["timeout-minutes"] ?? Infinity) <= 120, name);
  });
});
