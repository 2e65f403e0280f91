// Loads the project's TypeScript in plain Node: `node --require ./tools/typescript.cjs file.ts`.
//
// Types are stripped, not checked (`npm run lint` does that), and of what is no .ts file three are touched: loaders
// that hook every module double the time that `@pulumi/pulumi` takes to load. A local deployment starts about ten
// processes, so what was stripped once is kept in the cache directory, by its content (decision record 0007).
"use strict";
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const os = require("node:os");
const path = require("node:path");

/** Part of every key: what else the result depends on. */
const OPTIONS = { loader: "ts", format: "cjs", target: "node20", sourcemap: "inline" };
const VERSION = JSON.stringify([require("esbuild/package.json").version, OPTIONS]);

// Where local/paths.ts has its cache directory.
const cache = process.env.STREAMFLIX_CACHE ?? process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache");
const folder = path.join(cache, "streamflix-platform", "typescript");

process.setSourceMapsEnabled(true);
const positions = new Map();

// The SDK asks for a stack trace at every promise and resource. Node maps each frame of it, and the SDK's runners bring
// another mapper that does the same more slowly; what they want to know is where in a .ts file something is.
standIn("source-map-support/register", {});
Error.prepareStackTrace = (error, frames) =>
  [Error.prototype.toString.call(error), ...frames.map((frame) => `    at ${place(frame)}`)].join("\n");

// Most of the time that the SDK takes to load goes to what turns a program's functions into Lambda functions, to its
// Automation API and to tracing. No program here uses them, so each is loaded if somebody asks for it.
standIn("@npmcli/arborist", later("@npmcli/arborist"));
standIn("@pulumi/pulumi/typescript-shim", later("typescript"));
for (const unused of [
  "@pulumi/pulumi/automation",
  "@opentelemetry/exporter-zipkin",
  "@opentelemetry/instrumentation",
  "@opentelemetry/instrumentation-grpc",
  "@opentelemetry/resources",
  "@opentelemetry/sdk-trace-base",
  "@opentelemetry/sdk-trace-node",
]) {
  standIn(unused, later(unused));
}

// The runners also wait for a debugger that looks into the program, which is for making Lambda functions of its code.
const hooks = later("@pulumi/pulumi/runtime/closure/v8Hooks");
standIn(
  "@pulumi/pulumi/runtime/closure/v8Hooks",
  new Proxy(hooks, {
    get: (_, key) => (key === "isInitializedAsync" ? () => Promise.resolve() : hooks[key]),
  }),
);

// The SDK's runners of programs and policy packs register ts-node, which would load a compiler to hook in here once more.
standIn("@pulumi/pulumi/tsutils", {
  loadTypeScriptCompilerOptions: () => ({}),
  typeScriptRequireStrings: () => ({ tsnodeRequire: __filename, typescriptRequire: __filename }),
});
module.exports = { register: () => undefined };

const REWRITTEN = [
  {
    // The SDK of a provider is a list of all services of a cloud: each is loaded when something of it is used.
    file: /[\\/]@pulumi[\\/]awsx?[\\/]index\.js$/,
    from: /^const (\w+) = __importStar\(require\("\.\/\1"\)\);\nexports\.\1 = \1;$/gm,
    to: 'Object.defineProperty(exports, "$1", { enumerable: true, get: () => require("./$1") });\n',
  },
  {
    // A trace of every promise takes a fifth of a program's time, and is shown only to those who ask for it.
    file: /[\\/]@pulumi[\\/]pulumi[\\/]runtime[\\/]debuggable\.js$/,
    from: /value: new Error\(\)\.stack /g,
    to: "value: exports.debugPromiseLeaks ? new Error().stack : undefined ",
  },
  {
    // Four calls for each resource tell the engine of every step, which shows them with --debug only.
    file: /[\\/]@pulumi[\\/]pulumi[\\/]log[\\/]index\.js$/,
    from: /if \(engine\)(?= \{\s+return log\(engine, engproto\.LogSeverity\.DEBUG,)/g,
    to: "if (engine && process.env.STREAMFLIX_LOCAL_DEBUG)",
  },
];
const loadJavaScript = require.extensions[".js"];
require.extensions[".js"] = (module, file) => {
  const rewrite = REWRITTEN.find((each) => each.file.test(file));
  if (rewrite === undefined) loadJavaScript(module, file);
  else module._compile(fs.readFileSync(file, "utf8").replaceAll(rewrite.from, rewrite.to), file);
};

require.extensions[".ts"] = (module, file) => {
  const source = fs.readFileSync(file, "utf8");
  const name = path.basename(file);
  const key = createHash("sha256").update(`${VERSION}\n${name}\n${source}`).digest("hex");
  const kept = path.join(folder, `${key}.js`);
  module._compile(read(kept) ?? strip(source, name, kept), file);
};

function read(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    return undefined;
  }
}

function strip(source, name, kept) {
  // Loaded when it is needed only: it starts a process of its own.
  const { code } = require("esbuild").transformSync(source, { ...OPTIONS, sourcefile: name });
  fs.mkdirSync(folder, { recursive: true });
  const draft = `${kept}.${process.pid}`;
  fs.writeFileSync(draft, code);
  fs.renameSync(draft, kept);
  return code;
}

/** A frame as Node prints it, with the place in the source for a file that was stripped. */
function place(frame) {
  const file = frame.getFileName();
  if (!file?.endsWith(".ts")) return String(frame);
  const position = positionInSource(file, frame.getLineNumber(), frame.getColumnNumber());
  if (position === undefined) return String(frame);
  const name = frame.getFunctionName();
  return name === null ? position : `${name} (${position})`;
}

/** The same few places come again and again: looking one up in the map takes longer than all else about a frame. */
function positionInSource(file, line, column) {
  const key = `${file}:${line}:${column}`;
  if (!positions.has(key)) {
    const { originalLine, originalColumn } =
      Module.findSourceMap(file)?.findEntry(line - 1, column - 1) ?? {};
    const isKnown = originalLine !== undefined;
    positions.set(key, isKnown ? `${file}:${originalLine + 1}:${originalColumn + 1}` : undefined);
  }
  return positions.get(key);
}

/** Gives `exports` to whoever requires a module as the SDK does. */
function standIn(id, exports) {
  const file = fromSdk(id);
  require.cache[file] = Object.assign(new Module(file), { filename: file, loaded: true, exports });
}

/** A module that is loaded when something of it is used. */
function later(id) {
  let loaded;
  const load = () => {
    if (loaded === undefined) {
      delete require.cache[fromSdk(id)];
      loaded = require(fromSdk(id));
    }
    return loaded;
  };
  // The answer to the question that an import in compiled TypeScript starts with.
  return new Proxy({}, { get: (_, key) => key === "__esModule" || load()[key] });
}

function fromSdk(id) {
  return require.resolve(id, { paths: [require.resolve("@pulumi/pulumi/package.json")] });
}
