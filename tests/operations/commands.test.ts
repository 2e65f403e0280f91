import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const REPOSITORY = path.resolve(__dirname, "../..");
const { scripts } = JSON.parse(fs.readFileSync(path.join(REPOSITORY, "package.json"), "utf8")) as {
  scripts: Readonly<Record<string, string>>;
};

/** The file that a script starts, where it is a command with options. */
function toolOf(script: string): string | undefined {
  const file = /(tools\/\S+\.ts)$/.exec(script)?.[1];
  return file !== undefined && fs.readFileSync(path.join(REPOSITORY, file), "utf8").includes("runTool(")
    ? file
    : undefined;
}

describe("commands", () => {
  const tools = Object.entries(scripts).flatMap(([name, script]) => {
    const file = toolOf(script);
    return file === undefined ? [] : [{ name, file }];
  });
  const run = (file: string, ...words: string[]) =>
    spawnSync(process.execPath, ["--require", "./tools/typescript.cjs", file, ...words], {
      cwd: REPOSITORY,
      encoding: "utf8",
    });

  it("are all found", () => {
    assert.ok(tools.length >= 12, tools.map(({ name }) => name).join(", "));
  });

  for (const { name, file } of tools) {
    it(`${name} says how it is called`, () => {
      const { status, stdout, stderr } = run(file, "--help");
      assert.deepEqual([status, stderr], [0, ""]);
      assert.ok(stdout.startsWith(`npm run ${name} `), stdout);
      assert.match(stdout, /Exit status: /);
    });

    it(`${name} refuses what it doesn't know, and does nothing`, () => {
      const { status, stdout, stderr } = run(file, "--sideways", "--upside=down");
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, /^error:\n {2}--sideways is no option\n {2}--upside is no option\n/);
      assert.ok(stderr.includes(`\nnpm run ${name} `), stderr);
      assert.doesNotMatch(stderr, /\n\s+at /);
    });
  }
});
