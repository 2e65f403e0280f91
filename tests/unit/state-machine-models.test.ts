import assert from "node:assert/strict";

import { verificationFlow } from "../../components/backup/verification-flow";
import type { Props } from "../../local/account/store";
import {
  ACCOUNT,
  DataAccount,
  document,
  type Made,
  NOTHING,
  refusal,
  REGION,
  T,
} from "./data-models-account";

const STATE_MACHINE = "aws:sfn/stateMachine:StateMachine";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const WORKER = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:worker`;
const ARN = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:flow`;

type States = Readonly<Record<string, object>>;
const RUN = { Type: "Task", Resource: WORKER, End: true };
const definition = (states: States, StartAt = "Run") => JSON.stringify({ StartAt, States: states });

interface Changes {
  readonly inputs?: Props;
  readonly rights?: readonly Props[];
  readonly trusted?: string;
  /** What reaches the key. */
  readonly through?: string;
}

const EVERYTHING = [{ Action: "*", Resource: "*" }];

async function stateMachine(
  data: DataAccount,
  { inputs, rights = EVERYTHING, trusted = "states.amazonaws.com", through = "states" }: Changes = {},
): Promise<Made> {
  await data.function();
  const role = await data.make(T.Role, {
    name: "flow",
    assumeRolePolicy: document({ Principal: { Service: trusted }, Action: "sts:AssumeRole" }),
  });
  await data.make(T.RolePolicy, {
    name: "flow",
    role: role.id,
    policy: document(...rights),
  });
  const log = await data.make(T.LogGroup, { name: "/flow" });
  const key = await data.key([
    {
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Resource: "*",
      Condition: { StringEquals: { "kms:ViaService": `${through}.${REGION}.amazonaws.com` } },
    },
  ]);
  return data.make(STATE_MACHINE, {
    name: "flow",
    roleArn: role.outputs["arn"],
    definition: definition({ Run: RUN }),
    loggingConfiguration: { level: "ALL", logDestination: `${String(log.outputs["arn"])}:*` },
    tracingConfiguration: { enabled: true },
    encryptionConfiguration: { type: "CUSTOMER_MANAGED_KMS_KEY", kmsKeyId: key },
    ...inputs,
  });
}

const without = (action: string) => [
  ...EVERYTHING.map((it) => ({
    ...it,
    Action: ["kms:*", "lambda:*", "logs:*", "xray:*"].filter((one) => one !== action),
  })),
];
const DENIED = `AccessDeniedException: arn:aws:iam::${ACCOUNT}:role/flow is not authorized:`;
const invalid = (message: string) => `InvalidDefinition: Invalid State Machine Definition: '${message}'`;

const CASES: readonly (readonly [string, Changes, string | RegExp])[] = [
  [
    "a name with a dot",
    { inputs: { name: "flow.1" } },
    'name: expected 1 to 80 letters, digits, _ and -, got "flow.1"',
  ],
  ["another type", { inputs: { type: "FAST" } }, "type: expected one of STANDARD, EXPRESS, got FAST"],
  [
    "another level",
    { inputs: { loggingConfiguration: { level: "DEBUG" } } },
    "loggingConfiguration.level: expected one of ALL, ERROR, FATAL, OFF, got DEBUG",
  ],
  [
    "another type of key",
    { inputs: { encryptionConfiguration: { type: "MINE" } } },
    "encryptionConfiguration.type: expected one of AWS_OWNED_KEY, CUSTOMER_MANAGED_KMS_KEY, got MINE",
  ],
  ["a definition that is no JSON", { inputs: { definition: "{" } }, invalid("INVALID_JSON_DESCRIPTION")],
  [
    "a start that is no state",
    { inputs: { definition: definition({ Run: RUN }, "Begin") } },
    invalid("State Run is not reachable"),
  ],
  [
    "a state that leads nowhere",
    { inputs: { definition: definition({ Run: { Type: "Task", Resource: WORKER, Next: "Gone" } }) } },
    invalid("Missing 'StartAt'|'Next'|'Default' target: Gone"),
  ],
  [
    "a field that no state has",
    { inputs: { definition: definition({ Run: { ...RUN, Timeout: 3 } }) } },
    /^InvalidDefinition: /,
  ],
  [
    "a function that is not there",
    { inputs: { definition: definition({ Run: { ...RUN, Resource: `${WORKER}-2` } }) } },
    `ResourceNotFoundException: Function not found: ${WORKER}-2`,
  ],
  [
    "a task that is none of a function",
    { inputs: { definition: definition({ Run: { ...RUN, Resource: "arn:aws:states:::sqs:sendMessage" } }) } },
    "NotSimulated: a task has to be a function here, not arn:aws:states:::sqs:sendMessage",
  ],
  [
    "a role that Step Functions can't take",
    { trusted: "events.amazonaws.com" },
    `AccessDenied: states.amazonaws.com may not assume arn:aws:iam::${ACCOUNT}:role/flow: its trust policy does not name it`,
  ],
  [
    "a role that may not run the function",
    { rights: without("lambda:*") },
    `${DENIED} lambda:InvokeFunction on ${WORKER}`,
  ],
  ["a role that may not write a log", { rights: without("logs:*") }, `${DENIED} logs:CreateLogDelivery on *`],
  ["a role that may not trace", { rights: without("xray:*") }, `${DENIED} xray:PutTraceSegments on *`],
  ["a role that may not use the key", { rights: without("kms:*") }, /not authorized: kms:Decrypt on arn:/],
  ["a key that Step Functions can't use", { through: "s3" }, /kms:Decrypt/],
  [
    "a log group by its ARN alone",
    {
      inputs: {
        loggingConfiguration: {
          level: "ALL",
          logDestination: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/flow`,
        },
      },
    },
    /^InvalidLoggingConfiguration: .*has to end with :\*$/,
  ],
  [
    "a log group that is not there",
    {
      inputs: {
        loggingConfiguration: {
          level: "ALL",
          logDestination: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/gone:*`,
        },
      },
    },
    /^LogGroup\.NotFound: /,
  ],
];

describe("models: state machines", () => {
  for (const [what, changes, answer] of CASES) {
    it(`refuse ${what}`, async () => {
      const given = await refusal(() => stateMachine(new DataAccount(), changes));
      if (typeof answer === "string") assert.equal(given, answer);
      else assert.match(given, answer);
    });
  }

  it("take what is right, the platform's own definition too; a new type is a new one", async () => {
    const data = new DataAccount();
    const flow = verificationFlow({
      worker: { functionArn: WORKER, timeoutSeconds: 60 },
      databaseChecks: { functionArn: WORKER, timeoutSeconds: 840 },
      fileChecks: { functionArn: WORKER, timeoutSeconds: 840 },
    });
    const { id, inputs, outputs } = await stateMachine(data, { inputs: { definition: flow } });
    assert.deepEqual(
      [id, outputs["arn"], outputs["status"], outputs["type"]],
      [ARN, ARN, "ACTIVE", "STANDARD"],
    );
    assert.deepEqual(data.replaces(STATE_MACHINE, inputs, { ...inputs, type: "EXPRESS" }), ["type"]);
    assert.deepEqual(data.replaces(STATE_MACHINE, inputs, { ...inputs, definition: "{}" }), []);
    assert.equal(
      await refusal(() => data.make(STATE_MACHINE, inputs)),
      "StateMachineAlreadyExists: State Machine Already Exists: 'flow'",
    );
  });

  it("are started by a rule whose role may", async () => {
    const start = async ({ trusted = "events.amazonaws.com", resource = ARN, arn = ARN } = {}) => {
      const data = new DataAccount();
      await stateMachine(data);
      await data.make(RULE, { name: "it", eventPattern: JSON.stringify({ source: ["aws.backup"] }) });
      const role = await data.make(T.Role, {
        name: "starts",
        assumeRolePolicy: document({ Principal: { Service: trusted }, Action: "sts:AssumeRole" }),
      });
      await data.make(T.RolePolicy, {
        name: "start",
        role: role.id,
        policy: document({ Action: "states:StartExecution", Resource: resource }),
      });
      const roleArn = role.outputs["arn"];
      return refusal(() => data.make(TARGET, { rule: "it", targetId: "it", arn, roleArn }));
    };
    assert.equal(await start(), NOTHING);
    assert.match(await start({ trusted: "states.amazonaws.com" }), /events\.amazonaws\.com may not assume/);
    assert.equal(
      await start({ resource: ARN.replace("flow", "other-*") }),
      `AccessDeniedException: arn:aws:iam::${ACCOUNT}:role/starts may not start ${ARN}`,
    );
    assert.match(await start({ arn: `${ARN}-2` }), /^StateMachine\.NotFound: /);
  });
});
