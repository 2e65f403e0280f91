import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import type { JournalEntry } from "../../local/providers/run";
import { readJournal } from "../../local/providers/run";
import { editedCheckout, emptyHome, Machine, REPOSITORY } from "./support/engine";
import { liveObjectsOf } from "./support/state";

type Sections = Record<string, unknown>;

/** What a change of the definition does to the account, in this order and nothing beside it. */
const REDEPLOYED = ["update RestApi", "create Deployment", "update Stage", "delete Deployment"];

const COGNITO = {
  cognito: {
    userPoolArn: "arn:aws:cognito-idp:eu-central-1:111122223333:userpool/eu-central-1_Ab12Cd34E",
    scopes: ["api.streamflix/read"],
  },
};
const STAGE = "aws:apigateway/stage:Stage";
const DEPLOYMENT = "aws:apigateway/deployment:Deployment";

describe("API on the real engine", function () {
  this.timeout(600_000);
  const home = emptyHome();
  const machine = new Machine(home);

  it("deploys with firewall and domain, and a second preview finds nothing to do", async () => {
    // Without policies, which are about whole stacks: this one has nobody to tell of an alarm.
    await machine.apply("--stack", "dev", "--stack-file", stackFile());
    await machine.ok(
      ...["preview", "--no-policy", "--stack", "dev", "--stack-file", stackFile(), "--expect-no-changes"],
    );
    const types = liveObjectsOf(machine).map(({ type }) => type);
    for (const type of [
      "aws:wafv2/webAclAssociation:WebAclAssociation",
      "aws:route53/healthCheck:HealthCheck",
    ]) {
      assert.ok(types.includes(type), type);
    }
  });

  const edits = {
    "a route": ["components/api/openapi.ts", '"/health": {', '"/healthy": {'],
    "a gateway response": ["components/api/gateway-responses.ts", "Sign in first.", "Sign in, please."],
  } as const;
  for (const [what, [file, from, to]] of Object.entries(edits)) {
    it(`moves the stage to one new deployment when ${what} changes`, async () => {
      const edited = new Machine(
        home,
        editedCheckout(file, (text) => text.replace(from, to)),
      );
      const before = deploymentOf(machine);
      assert.deepEqual(await callsOf(edited, stackFile()), REDEPLOYED);
      assert.notEqual(deploymentOf(machine), before);
    });
  }

  it("does the same when a user pool takes over from IAM", async () => {
    assert.deepEqual(await callsOf(machine, stackFile({ auth: COGNITO })), REDEPLOYED);
  });

  it("makes no deployment for what only the stage has to know, and none for no change", async () => {
    const deployment = deploymentOf(machine);
    const slower = stackFile({ auth: COGNITO, throttling: { requestsPerSecond: 5, burst: 10 } });
    assert.deepEqual(await callsOf(machine, slower), ["update MethodSettings"]);
    await machine.ok(
      "preview",
      "--no-policy",
      "--stack",
      "dev",
      "--stack-file",
      slower,
      "--expect-no-changes",
    );
    assert.equal(deploymentOf(machine), deployment);
  });

  it("is taken down in an order that AWS accepts, and leaves nothing but keys", async () => {
    await machine.ok("destroy", "--stack", "dev", "--stack-file", stackFile());
    assert.deepEqual(liveObjectsOf(machine), []);
  });

  /** The calls of an `up` that changed the account. */
  async function callsOf(on: Machine, file: string): Promise<string[]> {
    await on.apply("--stack", "dev", "--stack-file", file);
    const calls = readJournal(path.join(home, "dev", "run"));
    return calls.filter(({ outcome }) => outcome === "done").map(labelOf);
  }
});

function labelOf({ method, type }: JournalEntry): string {
  return `${method} ${type.split(":").at(-1) ?? type}`;
}

/** The deployment that the stage serves: the only one. */
function deploymentOf(machine: Machine): unknown {
  const objects = liveObjectsOf(machine);
  const deployments = objects.filter(({ type }) => type === DEPLOYMENT).map(({ id }) => id);
  assert.equal(deployments.length, 1);
  const stage = objects.find(({ type }) => type === STAGE);
  assert.equal(stage?.inputs["deployment"], deployments[0]);
  return deployments[0];
}

/** Stack dev with network and API only, and with prod's firewall and domain; some of the API changed. */
function stackFile(api: Sections = {}): string {
  const config = (stack: string) =>
    (parse(fs.readFileSync(path.join(REPOSITORY, `Pulumi.${stack}.yaml`), "utf8")) as { config: Sections })
      .config;
  const sections = {
    ...config("dev"),
    "streamflix:api": { ...(config("prod")["streamflix:api"] as Sections), ...api },
  };
  const others = [
    ...["database", "rotation", "dataRetention", "cache", "files", "streaming", "service", "alerts"],
    ...["backup", "monitoring", "audit", "remediation", "gameDays"],
  ];
  for (const name of others) {
    Reflect.deleteProperty(sections, `streamflix:${name}`);
  }
  const file = path.join(emptyHome(), "Pulumi.dev.yaml");
  fs.writeFileSync(file, stringify({ config: sections }));
  return file;
}
