import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as path from "node:path";

const REPOSITORY = path.resolve(__dirname, "../..");

/** Runs a script in a process that has nothing loaded but the loader. */
function run(script: string): unknown {
  const words = [
    "--no-warnings",
    "--require",
    path.join(REPOSITORY, "tools/typescript.cjs"),
    "--eval",
    script,
  ];
  return JSON.parse(execFileSync(process.execPath, words, { cwd: REPOSITORY, encoding: "utf8" }));
}

describe("the loader", () => {
  it("loads of a provider's SDK the services that are used, and has all of them", () => {
    const found = run(`
      const loaded = () =>
        Object.keys(require.cache).flatMap((file) => /@pulumi.aws.(\\w+).index\\.js$/.exec(file)?.[1] ?? []);
      const aws = require("@pulumi/aws");
      const before = loaded();
      const { Queue } = aws.sqs;
      const after = ["sqs", "ec2"].filter((service) => loaded().includes(service));
      console.log(JSON.stringify({ before, after, Queue: typeof Queue, others: "ec2" in aws && "types" in aws }));
    `);
    assert.deepEqual(found, { before: [], after: ["sqs"], Queue: "function", others: true });
  });

  it("puts off what the SDK has for others, and loads it when it is used", () => {
    const found = run(`
      const isLoaded = () => Object.keys(require.cache).some((file) => /automation.localWorkspace\\.js$/.test(file));
      const { automation } = require("@pulumi/pulumi");
      const before = isLoaded();
      const { LocalWorkspace } = automation;
      console.log(JSON.stringify({ before, after: isLoaded(), LocalWorkspace: typeof LocalWorkspace }));
    `);
    assert.deepEqual(found, { before: false, after: true, LocalWorkspace: "function" });
  });

  it("has no debugger look into a program, until a function of it is to be serialized", () => {
    const found = run(`
      const { runtime } = require("@pulumi/pulumi");
      const isDebugged = () => process.moduleLoadList.includes("NativeModule inspector");
      void require("@pulumi/pulumi/runtime/closure/v8Hooks").isInitializedAsync().then(async () => {
        const before = isDebugged();
        const { text } = await runtime.serializeFunction(() => "a text");
        console.log(JSON.stringify({ before, after: isDebugged(), text: text.includes("a text") }));
      });
    `);
    assert.deepEqual(found, { before: false, after: true, text: true });
  });

  it("has the SDK trace its promises only for who looks for leaks", () => {
    const traceOf = (variable: string) =>
      run(`
        ${variable}
        require("@pulumi/pulumi/runtime/state");
        const { debuggablePromise } = require("@pulumi/pulumi/runtime/debuggable");
        const promise = Promise.resolve();
        void debuggablePromise(promise, "test");
        console.log(JSON.stringify({ context: promise._debugCtx, trace: typeof promise._debugStackTrace }));
      `);
    assert.deepEqual(traceOf(""), { context: "test", trace: "undefined" });
    const asked = traceOf('process.env.PULUMI_DEBUG_PROMISE_LEAKS = "true";');
    assert.deepEqual(asked, { context: "test", trace: "string" });
  });

  it("has the SDK tell the engine of every step only when a run is debugged", () => {
    const told = (variable: string) =>
      run(`
        ${variable}
        const { log } = require("@pulumi/pulumi");
        const said = [];
        const engine = { log: (request, done) => { said.push(request.getMessage()); done(); } };
        require("@pulumi/pulumi/runtime/settings").getEngine = () => engine;
        void Promise.all([log.debug("step"), log.info("news"), log.warn("warning")]).then(() => {
          console.log(JSON.stringify(said));
        });
      `);
    assert.deepEqual(told(""), ["news", "warning"]);
    assert.deepEqual(told('process.env.STREAMFLIX_LOCAL_DEBUG = "true";'), ["step", "news", "warning"]);
  });

  it("says where in a source file an error comes from, however often", () => {
    const found = run(`
      const { parseArguments } = require("./local/arguments.ts");
      const places = [1, 2].map(() => {
        try {
          parseArguments(["up", "--stack"], ".");
        } catch (error) {
          return /valueOf \\(.*arguments\\.ts:(\\d+):/.exec(error.stack)?.[1];
        }
      });
      const source = require("node:fs").readFileSync("local/arguments.ts", "utf8").split("\\n");
      console.log(JSON.stringify(places.map((line) => source[line - 1].includes("needs a value"))));
    `);
    assert.deepEqual(found, [true, true]);
  });
});
