// Loads the project's TypeScript in plain Node: `node --require ./tools/typescript.cjs file.ts`.
//
// Types are stripped, not checked (`npm run typecheck` does that), and nothing but .ts files is touched: loaders that
// hook every module double the time that `@pulumi/pulumi` takes to load (decision record 0007).
"use strict";
const fs = require("node:fs");
const { transformSync } = require("esbuild");

process.setSourceMapsEnabled(true);

require.extensions[".ts"] = (module, file) => {
  const source = fs.readFileSync(file, "utf8");
  const options = { loader: "ts", format: "cjs", target: "node20", sourcefile: file, sourcemap: "inline" };
  module._compile(transformSync(source, options).code, file);
};
