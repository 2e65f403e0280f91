import assert from "node:assert/strict";

import {
  CreateKeyCommand,
  DisableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

import { run } from "../../functions/inspection/run";
import { MotoServer } from "../rotation/support/moto";
import { LambdaProcess } from "../support/lambda-process";
import { deployment, interruption, stopped as stoppedTask } from "../remediation/support/events";
import { local } from "../remediation/support/world";

type Line = Readonly<Record<string, unknown>>;

const FUNCTION = "streamflix-inspection-dev";
const LOOK = { action: "look" };
/** Longer ago than moto can be made to have rotated a secret: so what it made just now is this old. */
const IN_FORTY_DAYS = new Date(Date.now() + 40 * 24 * 3600 * 1000);

/** The metrics that a line is for, by name, with their dimensions. */
function figuresOf(line: Line): Line {
  const { _aws } = line as {
    _aws: { CloudWatchMetrics: { Dimensions: string[][]; Metrics: { Name: string }[] }[] };
  };
  const [{ Dimensions, Metrics } = { Dimensions: [], Metrics: [] }] = _aws.CloudWatchMetrics;
  const names = [...Dimensions.flat(), ...Metrics.map(({ Name }) => Name)];
  return Object.fromEntries(names.map((name) => [name, line[name]]));
}

describe("inspection", () => {
  let moto: MotoServer;
  let keys: KMSClient;
  let secrets: SecretsManagerClient;
  before(async function () {
    this.timeout(MotoServer.startTimeoutMs);
    moto = await MotoServer.start();
    keys = new KMSClient(local(moto.url));
    secrets = new SecretsManagerClient(local(moto.url));
  });
  after(() => moto.stop());

  const makeKey = async () => (await keys.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? "";
  /** moto changes keys by id only. */
  const idOf = (arn: string) => arn.split("/").at(-1) ?? arn;
  const makeSecret = async (Name: string) =>
    (await secrets.send(new CreateSecretCommand({ Name, SecretString: "hidden" }))).ARN ?? "";

  /** Runs an event; the lines it wrote, and the error it threw. */
  async function inspect(
    event: unknown,
    settings: { readonly secrets?: Record<string, string>; readonly keys?: Record<string, string> } = {},
  ): Promise<{ readonly lines: Line[]; readonly error: Error | undefined }> {
    const lines: Line[] = [];
    const error = await run(event, {
      settings: { secrets: {}, keys: {}, ...settings },
      secrets,
      keys,
      functionName: FUNCTION,
      now: () => IN_FORTY_DAYS,
      write: (line) => lines.push(JSON.parse(line) as Line),
    }).then(
      () => undefined,
      (thrown: unknown) => thrown as Error,
    );
    return { lines, error };
  }

  it("says how old each password is, and that all keys can be used", async () => {
    const { lines, error } = await inspect(LOOK, {
      secrets: { master: await makeSecret("master-1"), service: await makeSecret("service-1") },
      keys: { logs: await makeKey(), audit: await makeKey() },
    });
    assert.equal(error, undefined);
    const [master, service, ofKeys] = lines.map(figuresOf);
    assert.deepEqual(
      [master, service].map((it) => ({
        ...it,
        DaysSinceRotation: Math.round(Number(it?.["DaysSinceRotation"])),
      })),
      ["master", "service"].map((Secret) => ({ FunctionName: FUNCTION, Secret, DaysSinceRotation: 40 })),
    );
    assert.deepEqual(ofKeys, { FunctionName: FUNCTION, KeysUnusable: 0 });
    assert.equal(lines.length, 3);
    assert.ok(!JSON.stringify(lines).includes("hidden"));
  });

  it("counts keys that are disabled, on their way out or gone, and names them", async () => {
    const [well, disabled, leaving] = [await makeKey(), await makeKey(), await makeKey()];
    await keys.send(new DisableKeyCommand({ KeyId: idOf(disabled) }));
    await keys.send(new ScheduleKeyDeletionCommand({ KeyId: idOf(leaving), PendingWindowInDays: 7 }));
    const gone = well.replace(/[^/]+$/, "00000000-0000-4000-8000-000000000000");
    const { lines, error } = await inspect(LOOK, {
      keys: { viewerData: well, logs: disabled, audit: leaving, backup: gone },
    });
    assert.equal(error, undefined);
    assert.deepEqual(lines.map(figuresOf), [{ FunctionName: FUNCTION, KeysUnusable: 3 }]);
    assert.equal(lines[0]?.["unusable"], "logs Disabled, audit PendingDeletion, backup gone");
  });

  it("leaves out what it could not look at, writes the rest, and fails", async () => {
    const denied = (client: KMSClient | SecretsManagerClient, name: string) => {
      (client as KMSClient).middlewareStack.add(
        () => () => Promise.reject(Object.assign(new Error("not you"), { name })),
        { step: "initialize", name: "denied" },
      );
    };
    const settings = {
      secrets: { master: `${await makeSecret("master-2")}x`, service: await makeSecret("service-2") },
      keys: { logs: await makeKey() },
    };
    denied(keys, "AccessDeniedException");
    try {
      const { lines, error } = await inspect(LOOK, settings);
      assert.equal(error?.name, "InspectionIncomplete");
      assert.match(
        error.message,
        /^2 of the stack's secrets and keys could not be looked at: secret master: ResourceNotFoundException: .+; key logs: AccessDeniedException: not you\. What to do: /,
      );
      assert.deepEqual(
        lines.map((line) => line["Secret"]),
        ["service"],
      );
    } finally {
      keys.middlewareStack.remove("denied");
    }
  });

  const stopped = (detail: object) => {
    const event = stoppedTask();
    return { ...event, detail: { ...event.detail, ...detail } };
  };
  const NO_STOP_CODE = { stopCode: undefined, stoppedReason: undefined };
  /** Texts and codes: Amazon ECS developer guide, "Stopped tasks error messages". */
  const STOPS = [
    ["a Spot task that AWS took back", {}, 0, 1],
    [
      "a task that ended",
      { stopCode: "EssentialContainerExited", stoppedReason: "Essential container in task exited" },
      1,
      0,
    ],
    [
      "a task that never ran",
      { stopCode: "TaskFailedToStart", stoppedReason: "CannotPullContainerError: not found" },
      1,
      0,
    ],
    [
      "a task that failed the load balancer's checks",
      {
        stopCode: "ServiceSchedulerInitiated",
        stoppedReason: "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:x)",
      },
      1,
      0,
    ],
    [
      "a task that failed its own checks",
      { stopCode: "ServiceSchedulerInitiated", stoppedReason: "Task failed container health checks" },
      1,
      0,
    ],
    [
      "a task that scaling took away",
      {
        stopCode: "ServiceSchedulerInitiated",
        stoppedReason: "Scaling activity initiated by (deployment ecs-svc/1)",
      },
      0,
      0,
    ],
    [
      "a task that a person stopped",
      { stopCode: "UserInitiated", stoppedReason: "Task stopped by user" },
      0,
      0,
    ],
    ["a task that nothing is known of", NO_STOP_CODE, 0, 0],
  ] as const;
  for (const [what, detail, TaskFailures, SpotInterruptions] of STOPS) {
    it(`counts ${what} as ${TaskFailures} failure, ${SpotInterruptions} interruption`, async () => {
      const { lines, error } = await inspect(stopped(detail));
      assert.equal(error, undefined);
      assert.deepEqual(lines.map(figuresOf), [{ FunctionName: FUNCTION, TaskFailures, SpotInterruptions }]);
    });
  }

  it("keeps of a stopped task what ECS forgets", async () => {
    const { lines } = await inspect(
      stopped({
        availabilityZone: "eu-central-1b",
        capacityProviderName: "FARGATE",
        stopCode: "EssentialContainerExited",
        stoppedReason: "Essential container in task exited",
        containers: [
          { name: "application", exitCode: 137, reason: "OutOfMemoryError: Container killed", image: "x" },
          { name: "collector", exitCode: 0 },
        ],
      }),
    );
    const { task, zone, capacity, code, reason, exits } = lines[0] ?? {};
    assert.deepEqual(
      { task, zone, capacity, code, reason, exits },
      {
        task: "b99d40b3-5176-4f71-9a52-9dbd6f1cebef",
        zone: "eu-central-1b",
        capacity: "FARGATE",
        code: "EssentialContainerExited",
        reason: "Essential container in task exited",
        exits: "application with 137 OutOfMemoryError: Container killed",
      },
    );
  });

  it("counts a deployment that failed", async () => {
    const { lines, error } = await inspect(deployment("SERVICE_DEPLOYMENT_FAILED"));
    assert.equal(error, undefined);
    assert.deepEqual(lines.map(figuresOf), [{ FunctionName: FUNCTION, DeploymentFailures: 1 }]);
    assert.match(String(lines[0]?.["deployment"]), /^ecs-svc\//);
  });

  for (const [what, event] of [
    ["nothing", undefined],
    ["something else to do", { action: "erase" }],
    ["a task that still runs", interruption()],
    ["a deployment that is done", deployment("SERVICE_DEPLOYMENT_COMPLETED")],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { lines, error } = await inspect(event);
      assert.deepEqual([lines, error?.name], [[], "InvalidEvent"]);
    });
  }

  describe("as it is deployed", () => {
    let lambda: LambdaProcess<undefined>;
    before(async () => {
      lambda = await LambdaProcess.of("functions/inspection/handler.ts");
    });
    after(() => {
      lambda.remove();
    });
    const invoke = (settings: string | undefined) =>
      lambda.invoke(
        LOOK,
        {
          AWS_ENDPOINT_URL: moto.url,
          AWS_LAMBDA_FUNCTION_NAME: FUNCTION,
          ...(settings === undefined ? {} : { SETTINGS: settings }),
        },
        30_000,
      );

    it("writes each metric on a line of its own, which CloudWatch reads", async () => {
      const settings = { secrets: { master: await makeSecret("master-3") }, keys: { logs: await makeKey() } };
      assert.deepEqual(await invoke(JSON.stringify(settings)), {});
      const lines = (lambda.printed.at(-1) ?? "")
        .split("\n")
        .filter((line) => line.startsWith('{"_aws"'))
        .map((line) => JSON.parse(line) as Line);
      assert.deepEqual(
        lines.map(({ _aws }) => (_aws as { CloudWatchMetrics: object[] }).CloudWatchMetrics),
        [
          [
            {
              Namespace: "StreamFlix/Inspection",
              Dimensions: [["FunctionName", "Secret"]],
              Metrics: [{ Name: "DaysSinceRotation", Unit: "None" }],
            },
          ],
          [
            {
              Namespace: "StreamFlix/Inspection",
              Dimensions: [["FunctionName"]],
              Metrics: [{ Name: "KeysUnusable", Unit: "Count" }],
            },
          ],
        ],
      );
      assert.ok(Number(lines[0]?.["DaysSinceRotation"]) < 1);
    });

    for (const text of [undefined, "{", '{"secrets":{}}', '{"secrets":{"master":"name"},"keys":{}}']) {
      it(`does nothing with ${text ?? "no"} settings`, async () => {
        assert.equal((await invoke(text)).error?.name, "InvalidEnvironment");
      });
    }
  });
});
