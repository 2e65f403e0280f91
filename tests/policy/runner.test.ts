import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

import { catalog } from "../../policy-pack/src/catalog";

const PACK = join(__dirname, "../../policy-pack");

// The pack as the engine runs it: Pulumi's own runner, its ts-node, the pack's tsconfig, a gRPC connection.
describe("the pack under Pulumi's policy runner", function () {
  this.timeout(60_000);
  let runner: ChildProcess;
  let client: AnalyzerClient;

  before(async () => {
    const script = require.resolve("@pulumi/pulumi/cmd/run-policy-pack");
    // The test runner's own loader must not do the compiling here.
    const env = { ...process.env, NODE_OPTIONS: "" };
    runner = spawn(process.execPath, [script, "127.0.0.1:1", "."], {
      cwd: PACK,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    });
    assert.ok(runner.stdout);
    const [port] = (await once(runner.stdout, "data")) as [Buffer];
    assert.match(port.toString().trim(), /^\d+$/);
    client = new AnalyzerClient(`127.0.0.1:${port.toString().trim()}`, credentials.createInsecure());
  });

  after(() => {
    client.close();
    runner.kill();
  });

  it("offers the catalogue with its levels", async () => {
    const info = await answer<proto.AnalyzerInfo>((done) => client.getAnalyzerInfo(new Empty(), done));
    const { MANDATORY, ADVISORY } = proto.EnforcementLevel;
    assert.deepEqual(
      info.getPoliciesList().map((policy) => [policy.getName(), policy.getEnforcementlevel()]),
      catalog.map(({ id, level }) => [id, level === "advisory" ? ADVISORY : MANDATORY]),
    );
  });

  it("obeys the settings of config/dev.json", async () => {
    assert.deepEqual(await findings(60), ["log-group-protected/no-key"]);
    await answer<unknown>((done) => client.configure(configuration("dev.json"), done));
    assert.deepEqual(await findings(60), ["log-group-protected/no-key", "log-group-protected/retention"]);
  });

  async function findings(retentionInDays: number): Promise<readonly string[]> {
    const request = new proto.AnalyzeRequest()
      .setType("aws:cloudwatch/logGroup:LogGroup")
      .setName("example")
      .setUrn("urn:pulumi:test::streamflix::aws:cloudwatch/logGroup:LogGroup::example")
      .setProperties(Struct.fromJavaScript({ retentionInDays }))
      .setOptions(new proto.AnalyzerResourceOptions());
    const response = await answer<proto.AnalyzeResponse>((done) => client.analyze(request, done));
    return response
      .getDiagnosticsList()
      .filter((entry) => entry.getPolicyname() === "log-group-protected")
      .map((entry) => /\[(\S+)\]/.exec(entry.getMessage())?.[1] ?? "");
  }
});

// What the engine sends after it has filled in each policy's own level.
function configuration(file: string): proto.ConfigureAnalyzerRequest {
  const request = new proto.ConfigureAnalyzerRequest();
  const settings = JSON.parse(readFileSync(join(PACK, "config", file), "utf8")) as Record<
    string,
    Record<string, JavaScriptValue>
  >;
  for (const [id, properties] of Object.entries(settings)) {
    const config = new proto.PolicyConfig()
      .setEnforcementlevel(proto.EnforcementLevel.MANDATORY)
      .setProperties(Struct.fromJavaScript(properties));
    request.getPolicyconfigMap().set(id, config);
  }
  return request;
}

function answer<T>(start: (done: (error: Error | null, response: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, response) => {
      if (error === null) {
        resolve(response);
      } else {
        reject(error);
      }
    });
  });
}
