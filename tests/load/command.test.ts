import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parseAllDocuments } from "yaml";

import { repositoryRoot } from "../../local/paths";
import { bundle, SCRIPTS } from "../../tools/load/bundle";
import { UsageError } from "../../tools/command-line";
import { readCommandLine } from "../../tools/load/command";
import { k6 } from "../../tools/load/k6";
import { ratioTable } from "../../tools/load/ratios";
import type { StackFacts } from "../../tools/load/stack";

const OF_VIEWERS: StackFacts = {
  region: "eu-central-1",
  objectives: { availabilityPercent: 99.9, latencyPercent: 99, latencyMilliseconds: 1000 },
  apiCaller: "cognito",
};
const KEYS = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "only-for-this-test" };

describe("load: command line", () => {
  it("takes objectives, region and way of signing from the stack", () => {
    const words = ["premiere", "--stack", "dev", "--url", "https://api.example.com", "--through", "api"];
    assert.deepEqual(readCommandLine([...words, "--scale", "0.5"], KEYS), {
      script: "premiere",
      local: false,
      settings: {
        targets: ["https://api.example.com"],
        caller: "iam",
        region: "eu-central-1",
        objectives: { availabilityPercent: 99, latencyPercent: 95, latencyMilliseconds: 1000 },
        viewers: 1_000_000,
        scale: 0.5,
        seconds: 60,
        hands: 8,
      },
    });
  });

  it("needs no credentials to write a script for another runner", () => {
    const words = ["viewers", "--stack", "prod", "--url", "https://api.example.com", "--through", "api"];
    const { write, settings } = readCommandLine([...words, "--write", "viewers.js"], {}, () => OF_VIEWERS);
    assert.deepEqual([write, settings.caller], ["viewers.js", "cognito"]);
  });

  const refused: readonly (readonly [words: string, problem: string])[] = [
    ["", 'one script of viewers, premiere, saturation, not ""'],
    [
      "viewers premiere --stack dev --local",
      'one script of viewers, premiere, saturation, not "viewers premiere"',
    ],
    ["viewers --local", "--stack <name>: the stack whose objectives have to hold, such as dev or prod"],
    [
      "viewers --stack ../dev --local",
      "--stack <name>: the stack whose objectives have to hold, such as dev or prod",
    ],
    ["viewers --stack none --local", "there is no Pulumi.none.yaml"],
    ["viewers --stack dev --local --loud", "--loud is no option"],
    ["viewers --stack dev", "there is no URL to send to"],
    ["viewers --stack dev --local --url http://127.0.0.1:1", "--local excludes --url"],
    ["viewers --stack dev --local --write x.js --through api", "--local excludes --through and --write"],
    [
      "viewers --stack dev --url ftp://x",
      "ftp://x: a base URL such as https://api.example.com, without a slash at its end",
    ],
    [
      "viewers --stack dev --url https://x/",
      "https://x/: a base URL such as https://api.example.com, without a slash at its end",
    ],
    [
      "viewers --stack dev --url http://x.example --through api",
      "http://x.example: callers of the API need https",
    ],
    ["viewers --stack dev --url https://x.example --through alb", "--through alb: only api"],
    ["viewers --stack dev --local --scale", "--scale needs a value"],
    ["viewers --stack dev --local --scale 11", "scale: a number from 0.000001 to 10, not 11"],
    ["viewers --stack dev --local --seconds 0.5", "seconds: a whole number from 1 to 86400, not 0.5"],
    ["viewers --stack dev --local --viewers all", "viewers: a whole number from 1 to 100000000, not NaN"],
    ["saturation --stack dev --local --hands 0", "hands: a whole number from 1 to 10000, not 0"],
  ];
  for (const [words, problem] of refused) {
    it(`refuses: ${words || "nothing"}`, () => {
      assert.throws(
        () => readCommandLine(words.split(" ").filter(Boolean), KEYS),
        (error) => error instanceof UsageError && error.message.split("\n").includes(`  ${problem}`),
      );
    });
  }

  it("lists all that is wrong at once", () => {
    const words = "later --stack none --url ftp://x --scale 99 --loud --through api".split(" ");
    assert.throws(() => readCommandLine(words, {}), {
      name: "UsageError",
      message: [
        "  --loud is no option",
        '  one script of viewers, premiere, saturation, not "later"',
        "  there is no Pulumi.none.yaml",
        "  scale: a number from 0.000001 to 10, not 99",
        "  ftp://x: a base URL such as https://api.example.com, without a slash at its end",
      ].join("\n"),
    });
  });

  it("wants the credentials that the API's callers need", () => {
    const words = "viewers --url https://api.example.com --through api --stack".split(" ");
    assert.throws(() => readCommandLine([...words, "dev"], { TOKEN: "" }), {
      message: "  --through api: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment",
    });
    assert.throws(() => readCommandLine([...words, "dev"], { TOKEN: "" }, () => OF_VIEWERS), {
      message: "  --through api: TOKEN in the environment",
    });
    const { region, objectives } = OF_VIEWERS;
    const withoutApi = { region, objectives };
    assert.throws(() => readCommandLine([...words, "dev"], {}, () => withoutApi), {
      message: "  --through api: the stack has no API",
    });
  });
});

describe("load: files", () => {
  const { settings } = readCommandLine(["viewers", "--stack", "dev", "--local"], {});

  for (const script of SCRIPTS) {
    it(`${script}: one file that imports nothing but k6, the same every time`, () => {
      const text = bundle(script, settings);
      assert.equal(bundle(script, settings), text);
      const imports = [...text.matchAll(/^import .* from "(.*)";$/gm)].map((match) => match[1] ?? "");
      assert.ok(imports.length > 0);
      for (const module of imports) assert.match(module, /^k6(\/|$)/);
      // What one ConfigMap holds.
      assert.ok(text.length < 1_048_576);
    });
  }

  it("the manifests run the k6 that is tested here, with the script and the secret that they name", () => {
    const text = readFileSync(join(repositoryRoot, "load/kubernetes/premiere.yaml"), "utf8");
    const [run] = parseAllDocuments(text).map(
      (document) => document.toJS() as { kind: string; spec: Record<string, Record<string, unknown>> },
    );
    assert.equal(run?.kind, "TestRun");
    const { script, runner, initializer } = run.spec;
    assert.deepEqual(script, { configMap: { name: "streamflix-premiere", file: "premiere.js" } });
    for (const pod of [runner, initializer])
      assert.equal(pod?.["image"], `docker.io/grafana/k6:${k6.version}`);
    for (const pod of [runner, initializer])
      assert.deepEqual(pod?.["env"], [{ name: "K6_NO_USAGE_REPORT", value: "true" }]);
    assert.deepEqual(runner?.["envFrom"], [{ secretRef: { name: "streamflix-caller", optional: true } }]);
  });

  it("k6 is built in the version that its go.mod pins", () => {
    const pinned = readFileSync(join(k6.module, "go.mod"), "utf8");
    assert.match(pinned, new RegExp(`go\\.k6\\.io/k6 v${k6.version.replaceAll(".", "\\.")}`));
    assert.match(k6.howToInstall("there is no Go"), /k6, version 1\.8\.1 or newer, and there is no Go\n/);
  });

  it("ratios are medians of each round against the first configuration", () => {
    const rounds = (...figures: [number, number][]) =>
      figures.map(([requestsPerSecond, p99Milliseconds]) => ({ requestsPerSecond, p99Milliseconds }));
    const table = ratioTable({
      base: rounds([100, 10], [50, 20], [100, 10]),
      // Twice the throughput of the same round, whatever else the machine did.
      other: rounds([200, 5], [100, 10], [190, 6]),
    });
    assert.deepEqual(
      table.split("\n").map((line) => line.split(/ {2,}/)),
      [
        ["configuration", "throughput", "range", "requests/s", "p99", "range", "ms"],
        ["base", "1.00", "1.00–1.00", "100", "1.00", "1.00–1.00", "10"],
        ["other", "2.00", "1.90–2.00", "190", "0.50", "0.50–0.60", "6"],
      ],
    );
  });
});
