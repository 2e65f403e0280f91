import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const REPOSITORY = path.resolve(__dirname, "../..");

describe("the program's start", () => {
  it("loads no client of AWS, which only the functions need", () => {
    const components = fs
      .readdirSync(path.join(REPOSITORY, "components"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"));
    assert.ok(components.length > 80, `only ${components.length} files`);
    const script = `
      for (const file of ${JSON.stringify(components)}) require("./components/" + file);
      const clients = Object.keys(require.cache).map((file) => /node_modules\\/(@aws-sdk\\/[^/]+)/.exec(file)?.[1]);
      console.log([...new Set(clients.filter((name) => name !== undefined))].sort().join(" "));`;
    const loaded = execFileSync(process.execPath, ["--require", "./tools/typescript.cjs", "--eval", script], {
      cwd: REPOSITORY,
      encoding: "utf8",
    });
    assert.equal(loaded.trim(), "");
  });
});
