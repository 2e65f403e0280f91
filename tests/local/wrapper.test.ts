import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { parse } from "yaml";
import { cliArguments, parseArguments } from "../../local/arguments";
import { cliEnvironment } from "../../local/pulumi";
import { repositoryRoot, selection, stackPaths } from "../../local/paths";
import { takeRunDirectory } from "../../local/run-directory";
import { configPath, environmentIn, localStackFile, saltOf } from "../../local/stack-file";
import { describeRemaining } from "../../local/remaining";
import { findProgram, findStackFile, projectFile } from "../../local/workspace";

const CONTEXT = { policyPack: "/repo/policy-pack", policyConfig: "/repo/dev.json", terminal: true };
const NAMES = { stackFile: "Pulumi.dev.yaml", standIns: "local/stand-ins.yaml" };

/** What the CLI gets for a command line. */
function cli(line: string, context: Partial<typeof CONTEXT> & { policyConfig?: undefined } = {}): string {
  const invocation = parseArguments(line.split(" "), "/home/me");
  return cliArguments(invocation, { ...CONTEXT, ...context }).join(" ");
}

describe("local wrapper: arguments", () => {
  it("takes its own flags, wherever they stand", () => {
    const line =
      "--stack dev up --diff --fault kill:7 --latency=0.5 --no-policy --program bootstrap --stack-file x/Pulumi.dev.yaml -y";
    assert.deepEqual(parseArguments(line.split(" "), "/home/me"), {
      verb: "up",
      rest: ["--diff", "-y"],
      stack: "dev",
      program: "bootstrap",
      stackFile: "/home/me/x/Pulumi.dev.yaml",
      policy: false,
      fault: "kill:7",
      latency: "0.5",
      deleteOrphans: false,
      help: false,
    });
  });

  it("asks for the value of a flag that has none", () => {
    assert.throws(() => parseArguments(["up", "--stack"], "/"), { message: "--stack needs a value." });
  });

  it("puts the policy pack on preview and up, and only there", () => {
    const policy = "--policy-pack /repo/policy-pack --policy-pack-config /repo/dev.json";
    assert.equal(cli("preview -s dev --diff"), `preview ${policy} --diff`);
    assert.equal(cli("update -s dev"), `up ${policy}`);
    assert.equal(cli("destroy -s dev"), "destroy");
    assert.equal(cli("preview -s dev --no-policy"), "preview");
  });

  it("leaves the pack's configuration out where the environment has none", () => {
    const invocation = parseArguments(["preview", "-s", "x"], "/");
    const words = cliArguments(invocation, { ...CONTEXT, policyConfig: undefined });
    assert.deepEqual(words, ["preview", "--policy-pack", "/repo/policy-pack"]);
  });

  for (const flag of ["--skip-preview", "-f", "-yf", "--skip-preview=true"]) {
    it(`refuses up ${flag}`, () => {
      assert.throws(
        () => cli(`up -s dev ${flag}`),
        /before anything is created\. Leave --skip-preview \(-f\) out\./,
      );
    });
  }

  it("implies --yes without a terminal, where the CLI asks", () => {
    const terminal = false;
    assert.equal(cli("destroy -s dev", { terminal }), "destroy --yes");
    assert.equal(cli("refresh -s dev -y", { terminal }), "refresh -y");
    assert.equal(cli("refresh -s dev --preview-only", { terminal }), "refresh --preview-only");
    assert.equal(cli("stack -s dev", { terminal }), "stack");
    assert.equal(cli("destroy -s dev"), "destroy");
  });

  it("translates its own verbs", () => {
    assert.equal(cli("drift -s dev --diff"), "refresh --preview-only --expect-no-changes --diff");
    assert.equal(cli("export -s dev --show-secrets"), "stack export --show-secrets");
  });

  it("makes file names absolute, since the CLI runs elsewhere", () => {
    assert.equal(cli("import -s dev -f ../a.json"), "import -f /home/a.json");
    assert.equal(cli("stack export -s dev --file=a.json"), "stack export --file=/home/me/a.json");
    assert.equal(cli("refresh -s dev -f"), "refresh -f");
  });
});

describe("local wrapper: the CLI's environment", () => {
  const paths = stackPaths("dev", "/home/me");
  const pulumi = { cli: { command: "pulumi", hasLanguageHost: false }, paths };
  const skipsCheckpoints = (fault: string | undefined) =>
    cliEnvironment(pulumi, ["up"], { runDirectory: "/run", fault, latency: undefined })[
      "PULUMI_SKIP_CHECKPOINTS"
    ];

  afterEach(() => {
    delete process.env["PULUMI_SKIP_CHECKPOINTS"];
  });

  it("writes the state at the end, but at every step for a fault that kills the engine", () => {
    assert.equal(skipsCheckpoints(undefined), "true");
    assert.equal(skipsCheckpoints("lose:7"), "true");
    assert.equal(skipsCheckpoints("kill:7"), "false");
  });

  it("has the program tell of every step for who asks for it only", () => {
    const tells = (...words: string[]) => "STREAMFLIX_LOCAL_DEBUG" in cliEnvironment(pulumi, words);
    assert.deepEqual(
      [tells("preview", "--debug"), tells("up", "--yes", "-d"), tells("up", "--debug=true")],
      [true, true, true],
    );
    assert.deepEqual([tells("preview", "--diff"), tells("up", "--debug=false")], [false, false]);
  });

  it("leaves the last word to the user's environment", () => {
    process.env["PULUMI_SKIP_CHECKPOINTS"] = "false";
    assert.equal(skipsCheckpoints(undefined), "false");
  });
});

describe("local wrapper: copy of the stack file", () => {
  const standIns = "streamflix:contacts:\n  operations: {email: o@example.com}\n  phones: ['+491']\n";

  it("drops what belongs to another secrets provider and keeps the local salt", () => {
    const committed =
      "secretsprovider: awskms://x\nencryptedkey: a\nencryptionsalt: theirs\nconfig:\n  aws:id: '0123'\n";
    const { text } = localStackFile(committed, "", "ours", NAMES);
    assert.deepEqual(parse(text), { encryptionsalt: "ours", config: { "aws:id": "0123" } });
    assert.equal(saltOf(text), "ours");
  });

  it("sets a stand-in as a whole where the file lacks its key", () => {
    const { secrets } = localStackFile("config: {}", standIns, undefined, NAMES);
    assert.deepEqual(secrets, [
      { path: "streamflix:contacts.operations.email", value: "o@example.com" },
      { path: "streamflix:contacts.phones[0]", value: "+491" },
    ]);
  });

  it("replaces only the encrypted values of a key that the file has", () => {
    const committed = "config:\n  streamflix:contacts:\n    operations: {email: {secure: abc}, name: Ops}\n";
    const { text, secrets } = localStackFile(committed, standIns, undefined, NAMES);
    assert.deepEqual(secrets, [{ path: "streamflix:contacts.operations.email", value: "o@example.com" }]);
    assert.deepEqual(parse(text), {
      config: { "streamflix:contacts": { operations: { email: "", name: "Ops" } } },
    });
  });

  it("names every encrypted value that has no stand-in", () => {
    const committed = "config:\n  a:key: {secure: x}\n  b:list: [{'odd.name': {secure: y}}]\n";
    assert.throws(() => localStackFile(committed, standIns, undefined, NAMES), {
      message:
        "Pulumi.dev.yaml holds encrypted values that this machine can't decrypt and that have no stand-in:\n" +
        '  * a:key\n  * b:list[0]["odd.name"]\n' +
        "Add a synthetic value for each to local/stand-ins.yaml, at the same path.",
    });
  });

  it("tells the environment", () => {
    const committed = "config:\n  streamflix:environment: {name: prod}\n";
    assert.equal(environmentIn(committed, "x"), "prod");
    assert.equal(environmentIn("", "x"), undefined);
  });

  it("says which file is not YAML", () => {
    assert.throws(
      () => localStackFile("a: [", "", undefined, NAMES),
      /^Problem: Pulumi\.dev\.yaml is not valid YAML/,
    );
  });

  it("writes paths as the CLI reads them", () => {
    assert.equal(configPath(["streamflix:a", "b", 0, 'c"d']), 'streamflix:a.b[0]["c\\"d"]');
  });
});

describe("local wrapper: workspace", () => {
  it("lists the stacks when one is missing or unknown", () => {
    assert.throws(
      () => findStackFile(undefined, undefined),
      /^Problem: Say which stack: --stack <name>\. .*dev/,
    );
    assert.throws(
      () => findStackFile("nope", undefined),
      /^Problem: There is no stack "nope"\. Stacks here: .*dev/,
    );
    assert.throws(() => findStackFile("../x", undefined), /can't be a stack's name/);
    assert.throws(() => findStackFile("accounts", undefined), /can't be a stack's name/);
    assert.equal(findStackFile("dev", undefined), path.join(repositoryRoot, "Pulumi.dev.yaml"));
  });

  it("keeps each program's stacks apart, with its own project and files", () => {
    const bootstrap = findProgram("bootstrap");
    const paths = stackPaths("dev", "/home/me/.local", bootstrap);
    assert.equal(paths.workspace, "/home/me/.local/bootstrap/dev");
    assert.equal(paths.accounts, stackPaths("dev", "/home/me/.local").accounts);
    assert.deepEqual([paths.owner, selection(paths)], ["bootstrap/dev", "--program bootstrap --stack dev"]);
    assert.equal(selection(stackPaths("dev")), "--stack dev");
    assert.deepEqual(
      findStackFile("dev", undefined, bootstrap),
      path.join(repositoryRoot, "bootstrap/Pulumi.dev.yaml"),
    );
    const project = parse(projectFile(true, bootstrap)) as Record<string, unknown>;
    assert.deepEqual(
      [project["name"], project["main"]],
      ["streamflix-bootstrap", path.join(repositoryRoot, "bootstrap")],
    );
    assert.match(projectFile(true, bootstrap), /nodeargs: --require \.\.\/tools\/typescript\.cjs/);
    assert.equal(findProgram(undefined).name, "platform");
    assert.throws(() => findStackFile("bootstrap", undefined), /can't be a stack's name/);
    assert.throws(() => findProgram("bootstraps"), {
      message: 'There is no program "bootstraps". Programs here: platform, bootstrap, organization.',
    });
  });

  it("names the stand-in language host only where the real one is missing", () => {
    const withReal = parse(projectFile(true)) as {
      main: string;
      plugins: Record<string, { name: string }[]>;
    };
    assert.equal(withReal.main, repositoryRoot);
    assert.deepEqual(
      withReal.plugins.providers?.map(({ name }) => name),
      ["aws", "awsx", "random"],
    );
    assert.equal(withReal.plugins.languages, undefined);
    assert.match(projectFile(false), /languages:\n\s+- name: nodejs\n\s+path: .*language-host/);
  });
});

describe("local wrapper: run directory", () => {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), "streamflix-run-"));
  const paths = stackPaths("dev", home);
  after(() => {
    fs.rmSync(home, { recursive: true });
  });

  it("is emptied, but not under an operation that is running", () => {
    fs.mkdirSync(paths.run, { recursive: true });
    fs.writeFileSync(path.join(paths.run, "old"), "");
    const first = takeRunDirectory(paths);
    assert.equal(first.path, paths.run);
    assert.deepEqual(fs.readdirSync(paths.run), []);

    fs.writeFileSync(path.join(paths.run, "journal"), "");
    const second = takeRunDirectory(paths);
    assert.notEqual(second.path, paths.run);
    second.release();
    assert.equal(fs.existsSync(second.path), false);
    assert.deepEqual(fs.readdirSync(paths.run), ["journal"]);

    first.release();
    assert.equal(takeRunDirectory(paths).path, paths.run);
  });

  it("is taken over from a process that is gone", () => {
    const noProcess = 2 ** 22 + 1;
    fs.writeFileSync(paths.runOwner, JSON.stringify([noProcess]));
    assert.equal(takeRunDirectory(paths).path, paths.run);
  });
});

describe("local wrapper: what is left after destroy", () => {
  const object = {
    account: "111122223333",
    region: "eu-central-1",
    type: "aws:kms/key:Key",
    id: "k1",
    importId: "k1",
    inputs: {},
    computed: {},
    createdBy: "dev",
  };

  it("lists keys with their dates", () => {
    const pending = { ...object, state: "pendingDeletion" as const, deletionDate: "2026-12-24T10:00:00Z" };
    assert.equal(
      describeRemaining([pending], "dev"),
      "Pending deletion (AWS removes them at the date): 1\n  kms/key:Key  k1  111122223333/eu-central-1  2026-12-24",
    );
  });

  it("says so when nothing is left", () => {
    assert.equal(describeRemaining([], "dev"), "Nothing of stack dev is left in the simulated account.");
  });
});
