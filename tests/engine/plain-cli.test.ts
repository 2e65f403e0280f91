import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { findCli } from "../../local/cli";
import { committedPlan } from "../../tools/plan/main";
import { editedCheckout, emptyHome } from "./support/engine";

/**
 * What a user of a full Pulumi install types, without the wrapper: the committed project and stack files as they
 * are, Pulumi's default TypeScript loader with its type check, the policy pack by its path. Providers and, where the
 * machine has none, the language host are found on PATH.
 */
describe("plain pulumi, from the repository's root", function () {
  this.timeout(900_000);
  let checkout: string;
  let run: (command: string, ...words: string[]) => { status: number | null; stdout: string; stderr: string };
  let cli: string;

  before(async () => {
    checkout = editedCheckout("README.md", (text) => `${text}\n`);
    const home = emptyHome();
    const { command, hasLanguageHost } = await findCli();
    cli = command;
    const folders = [
      ...["aws", "awsx", "random"].map((name) => path.join(checkout, "local/providers", name)),
      ...(hasLanguageHost ? [] : [path.join(checkout, "local/language-host")]),
    ];
    run = (program, ...words) =>
      spawnSync(program, words, {
        cwd: checkout,
        encoding: "utf8",
        maxBuffer: Infinity,
        env: {
          ...process.env,
          PATH: [...folders, process.env["PATH"]].join(path.delimiter),
          PULUMI_HOME: path.join(home, "pulumi"),
          PULUMI_BACKEND_URL: `file://${home}`,
          PULUMI_CONFIG_PASSPHRASE: "test",
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          // The whole state after each of a thousand steps takes more time than all of them, and nothing here reads it.
          PULUMI_SKIP_CHECKPOINTS: "true",
          STREAMFLIX_LOCAL_ACCOUNTS: path.join(home, "accounts"),
          STREAMFLIX_LOCAL_RUN: home,
          STREAMFLIX_LOCAL_STACK: "dev",
        },
      });
    prepare("dev", { "operations.email": "ops@example.com" });
  });

  /** Makes a stack, and tells it whom to tell. */
  const prepare = (stack: string, contacts: Readonly<Record<string, string>>) => {
    const words = Object.entries(contacts).map(([path, value]) => [
      ...["config", "set", "--stack", stack],
      ...["--secret", "--path", `streamflix:contacts.${path}`, value],
    ]);
    for (const command of [["stack", "init", stack], ...words]) {
      const done = run(cli, ...command, "--non-interactive");
      assert.equal(done.status, 0, done.stderr);
    }
  };
  const deploy = (stack: string, ...words: string[]) =>
    run(
      process.execPath,
      ...["--require", "./tools/typescript.cjs", "tools/deploy/main.ts", "--stack", stack, ...words],
    );
  const planned = Object.keys(committedPlan("dev")).length;

  it("previews with the policy pack", () => {
    const { status, stdout, stderr } = run(
      cli,
      ...["preview", "--stack", "dev", "--non-interactive", "--policy-pack", "policy-pack"],
      ...["--policy-pack-config", "policy-pack/config/dev.json"],
    );
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /(✅|⚠️) +streamflix-policy-pack@v/);
    assert.ok(stdout.includes(`+ ${planned} to create`), stdout.slice(-500));
  });

  it("is deployed by npm run deploy, which then sees no drift", () => {
    const deployed = deploy("dev");
    assert.equal(deployed.status, 0, deployed.stdout.slice(-3000) + deployed.stderr);
    const compared = deploy("dev", "--drift");
    assert.equal(compared.status, 0, compared.stdout.slice(-3000) + compared.stderr);
  });

  it("previews a standby's base before there is anything of the stack that it stands by for", () => {
    prepare("prod-dr", {
      "operations.email": "ops@example.com",
      "onCall.email": "oncall@example.com",
      "onCall.phone": "+4915112345678",
    });
    const committed = fs.readFileSync(path.join(checkout, "Pulumi.prod-dr.yaml"), "utf8");
    const { status, stdout, stderr } = deploy("prod-dr", "--base", "--preview");
    assert.equal(status, 0, stdout.slice(-3000) + stderr);
    assert.match(stdout, /Policy Packs run:\s+Name +Version\s+streamflix-policy-pack/);
    const types = [...stdout.matchAll(/\+ (aws:[^\s:]+:\w+): \(create\)/g)].map(([, type = ""]) => type);
    assert.equal(types.filter((it) => it === "aws:s3/bucket:Bucket").length, 4);
    assert.ok(types.includes("aws:backup/vault:Vault"));
    assert.deepEqual(
      types.filter((it) => /^aws:(rds|ecs|apigateway)/.test(it)),
      [],
    );
    // Nobody has to take anything out of a committed file, or to put it back.
    assert.equal(fs.readFileSync(path.join(checkout, "Pulumi.prod-dr.yaml"), "utf8"), committed);
  });
});
