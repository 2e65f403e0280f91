import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";

import { buildSync } from "esbuild";

const PROJECT = path.resolve(__dirname, "../..");
const dockerfile = readFileSync(path.join(PROJECT, "service/Dockerfile"), "utf8");
const lines = dockerfile.split("\n").map((line) => line.trim());

/** What the build stage copies from the repository. */
const sources = lines
  .filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
  .flatMap((line) => line.split(/\s+/).slice(1, -1));

describe("service: image", () => {
  it("has a base pinned by digest, which has to be given", () => {
    const bases = lines.filter((line) => line.startsWith("FROM "));
    assert.equal(bases.length, 2);
    for (const base of bases) assert.match(base, /@\$\{NODE_DIGEST\}( AS \w+)?$/);
    assert.ok(lines.includes("ARG NODE_DIGEST"));
  });

  it("runs as the user that owns the shared files, who is not root", () => {
    assert.deepEqual(
      lines.filter((line) => line.startsWith("USER ")),
      ["USER 1000:1000"],
    );
  });

  it("copies only what is there, and everything that the bundle is made of", () => {
    for (const source of sources) assert.ok(existsSync(path.join(PROJECT, source)), source);
    const { metafile } = buildSync({
      absWorkingDir: PROJECT,
      entryPoints: ["service/main.ts"],
      bundle: true,
      write: false,
      metafile: true,
      platform: "node",
      external: ["pg-native"],
      logLevel: "silent",
    });
    const own = Object.keys(metafile.inputs).filter((file) => !file.includes("node_modules/"));
    assert.ok(own.includes("rotation/client/index.ts"));
    assert.deepEqual(
      own.filter((file) => !sources.some((source) => file.startsWith(`${source}/`))),
      [],
    );
  });

  it("gets the same versions of libraries as the rest of the repository", () => {
    const versions = (file: string) => {
      const read = JSON.parse(readFileSync(path.join(PROJECT, file), "utf8")) as Record<
        string,
        Record<string, string>
      >;
      return { ...read["dependencies"], ...read["devDependencies"] };
    };
    const root = versions("package.json");
    const shared = Object.entries(versions("service/package.json")).filter(([name]) => name in root);
    assert.ok(shared.length >= 4);
    for (const [name, version] of shared) assert.equal(version, root[name], name);
  });
});
