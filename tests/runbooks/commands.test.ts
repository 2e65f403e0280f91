import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";

import { findCli } from "../../local/cli";
import { repositoryRoot } from "../../local/paths";
import { EmulatedAws, type Tried } from "./support/emulated-aws";
import { pages, scriptsOf } from "./support/pages";

/** Scripts of package.json that are started as they stand: they need no account. The others are for a stack that is none. */
const STARTED = ["cost"];

/** A command, where it stands, and what became of it. */
interface Judged {
  readonly where: string;
  readonly command: string;
  readonly outcome: Tried["outcome"];
  readonly reason: string;
}

describe("commands of the runbooks", function () {
  this.timeout(120_000);
  let aws: EmulatedAws;
  const judged: Judged[] = [];
  before(async () => {
    aws = await EmulatedAws.start();
  });
  after(async () => {
    await (aws as EmulatedAws | undefined)?.stop();
    summary(judged);
  });

  for (const page of pages()) {
    const scripts = scriptsOf(page);
    if (scripts.length === 0) continue;
    it(`${path.basename(page)}: are understood, and answered where the emulator can`, async () => {
      aws.newTerminal();
      for (const { where, text } of scripts) {
        const { stderr, aws: tried, others } = await aws.run(text);
        // Whatever a command answers here, the script around it has to be one.
        const broken = /syntax error|command not found|unbound variable|invalid option|No such file/.exec(
          stderr,
        );
        assert.equal(broken, null, `${where}: ${stderr}`);
        for (const { words, outcome, reason = "" } of tried) {
          judged.push({ where, command: `aws ${words.join(" ")}`, outcome, reason });
        }
        for (const words of others)
          judged.push({ where, command: words.join(" "), ...(await judgeOther(words)) });
        const count = (text.match(/(^|[\s(|])(aws|npm run|pulumi) /gm) ?? []).length;
        assert.ok(
          count === 0 || tried.length + others.length > 0,
          `${where}: no command of ${count} was started`,
        );
      }
      const wrong = judged.filter(
        ({ where, outcome }) => outcome === "wrong" && where.startsWith(`${path.basename(page)}:`),
      );
      assert.deepEqual(
        wrong.map(({ where, command, reason }) => `${where}: ${command}: ${reason}`),
        [],
      );
    });
  }

  it("of AWS are answered by the emulator, four of ten at least", () => {
    const ofAws = judged.filter(({ command }) => command.startsWith("aws "));
    const ran = ofAws.filter(({ outcome }) => outcome === "ran");
    assert.ok(ofAws.length > 100 && ran.length > 0.4 * ofAws.length, `${ran.length} of ${ofAws.length}`);
  });

  it("are refused when AWS would refuse them", async () => {
    for (const [command, reason] of [
      ["aws rds fail-over --db-cluster-identifier x", "rds has no operation fail-over"],
      ["aws rdss describe-db-clusters", "there is no service rdss"],
      ["aws rds failover-db-cluster --db-cluster-identifer x", "--db-cluster-identifer is no option of it"],
      ["aws kinesis list-shards --stream-name", "--stream-name has no value"],
      ["aws kinesis list-shards events", "'events' is no option of it"],
      ["aws kms describe-key", 'Missing required parameter in input: "KeyId"'],
      ["aws kms list-aliases --limit ten", "--limit takes a integer, not 'ten'"],
      ["aws backup list-backup-jobs --by-state LOST", "ByState has no value 'LOST'"],
      ["aws backup list-backup-jobs --query 'BackupJob[0]'", "--query BackupJob[0]: no answer has that"],
      ["aws sns list-topics --query 'Topics['", "--query: "],
      [
        "aws resourcegroupstaggingapi get-resources --tag-filters Key=a,Value=b",
        "--tag-filters has no Value",
      ],
      ["aws secretsmanager list-secrets --filters '[{]'", "--filters is no JSON: "],
      ["aws lambda invoke --function-name f", "lambda invoke lacks a file for the answer"],
      ["aws logs tail /x --sinc 3h", "--sinc is no option of it"],
    ] as const) {
      const { aws: tried } = await aws.run(command);
      const [first] = tried;
      assert.equal(first?.outcome, "wrong", command);
      assert.ok(
        reason === first.reason || (first.reason ?? "").includes(reason),
        `${command}: ${first.reason ?? ""}`,
      );
    }
    for (const words of [
      ["npm", "run", "preflights", "--", "--stack", "prod"],
      ["npm", "run", "preflight", "--", "--stak", "prod"],
      ["pulumi", "ups"],
      ["pulumi", "up", "--refres"],
    ]) {
      assert.equal((await judgeOther(words)).outcome, "wrong", words.join(" "));
    }
  });
});

const helpTexts = new Map<string, string>();

/** Looks whether a command of the project or of Pulumi is one, as far as that needs no account. */
async function judgeOther([program, ...words]: readonly string[]): Promise<
  Pick<Judged, "outcome" | "reason">
> {
  return program === "npm" ? judgeNpm(words) : judgePulumi(words);
}

/** Starts a script of package.json for a stack that is not there: it says so only when it understands the rest. */
function judgeNpm([run, name = "", ...words]: readonly string[]): Pick<Judged, "outcome" | "reason"> {
  const { scripts } = JSON.parse(readFileSync(path.join(repositoryRoot, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  if (run === "test") return { outcome: "validated", reason: "it would run this" };
  if (run !== "run" || scripts[name] === undefined)
    return { outcome: "wrong", reason: `there is no script ${name}` };
  const arguments_ = words.slice(words.indexOf("--") + 1);
  if (words.length > 0 && words[0] !== "--") return { outcome: "wrong", reason: "-- is missing" };
  const asIs = STARTED.includes(name);
  const stack = arguments_.indexOf("--stack") + 1;
  const given = asIs || stack === 0 ? arguments_ : arguments_.with(stack, "nowhere");
  if (!asIs && stack === 0 && given.length === 0)
    return { outcome: "validated", reason: "without a stack it looks at accounts" };
  const { status, stdout, stderr } = spawnSync("npm", ["run", "--silent", name, "--", ...given], {
    cwd: repositoryRoot,
    encoding: "utf8",
  });
  if (asIs) return status === 0 ? { outcome: "ran", reason: "" } : { outcome: "wrong", reason: stderr };
  return /no (bootstrap\/)?Pulumi\.nowhere\.yaml|no stack "nowhere"/.test(stdout + stderr)
    ? { outcome: "validated", reason: "it would look at an account" }
    : { outcome: "wrong", reason: stdout + stderr };
}

/** Looks whether the CLI's own help knows a command and its flags. */
async function judgePulumi([command = "", ...words]: readonly string[]): Promise<
  Pick<Judged, "outcome" | "reason">
> {
  let help = helpTexts.get(command);
  if (help === undefined) {
    const { command: cli } = await findCli();
    help = spawnSync(cli, [command, "--help"], { encoding: "utf8" }).stdout;
    helpTexts.set(command, help);
  }
  const flags = words.filter((word) => word.startsWith("--")).map((word) => word.split("=", 1)[0] ?? "");
  const unknown = flags.filter((flag) => !new RegExp(`${flag}\\b`).test(help));
  if (!help.includes(`pulumi ${command}`) || unknown.length > 0) {
    return { outcome: "wrong", reason: unknown.join(", ") || "no such command" };
  }
  return { outcome: "validated", reason: "it would change or compare a stack; the engine's suites do" };
}

/** How many commands ran, how many were only validated, and which, with the reason. */
function summary(all: readonly Judged[]): void {
  const of = (outcome: Judged["outcome"]) => all.filter((it) => it.outcome === outcome);
  const [ran, validated, own] = [of("ran"), of("validated"), of("own")];
  console.log(
    `      ${all.length} commands: ${ran.length} ran, ${validated.length + own.length} validated only:`,
  );
  const reasons = [...new Set([...validated, ...own].map(({ reason }) => reason))].sort();
  for (const reason of reasons) {
    const with_ = [...validated, ...own].filter((it) => it.reason === reason);
    const names = [...new Set(with_.map(({ command }) => command.split(" ").slice(0, 3).join(" ")))];
    console.log(`        ${with_.length} × ${reason}: ${names.join(", ")}`);
  }
}
