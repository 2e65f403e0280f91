import assert from "node:assert/strict";

import type { Props } from "../../local/account/store";
import { breakImage, scaleService } from "../../local/providers/aws/models/ecs-service";
import { PartialFailure } from "../../local/providers/frame";
import {
  ACCOUNT,
  DataAccount,
  type Made,
  NOTHING,
  refusal,
  REGION,
  subjectOf,
  T,
} from "./data-models-account";
import {
  balancer,
  behind,
  cluster,
  container,
  IMAGE,
  listen,
  role,
  service,
  targets,
  task,
} from "./service-models-account";

describe("service models: a service", () => {
  const BREAKER = { deploymentCircuitBreaker: { enable: true, rollback: true }, waitForSteadyState: true };
  const broken = (digit: string) => IMAGE.replace(/a{64}/, digit.repeat(64));
  /** The next revision, of another image. */
  const revision = (data: DataAccount, earlier: Made, image: string) =>
    data.make(T.TaskDefinition, {
      ...earlier.inputs,
      containerDefinitions: JSON.stringify([container({ image })]),
    });
  const breakOne = (data: DataAccount, image: string) => {
    breakImage(data.accounts, { account: ACCOUNT, region: REGION, image });
  };

  it("counts revisions", async () => {
    const data = new DataAccount();
    const first = await task(data);
    const second = await revision(data, first, broken("b"));
    assert.deepEqual([first.outputs["revision"], second.outputs["revision"]], [1, 2]);
    assert.match(String(second.outputs["arn"]), /:task-definition\/app:2$/);
  });

  it("goes behind a load balancer in its VPC", async () => {
    const data = new DataAccount();
    const group = await targets(data);
    await listen(data, await balancer(data), group);
    assert.equal(await refusal(() => service(data, behind(group))), NOTHING);
  });

  it("keeps the number of tasks that others have set, unless the program changes it", async () => {
    const data = new DataAccount();
    const made = await service(data);
    scaleService(data.accounts, { account: ACCOUNT, region: REGION, arn: made.id }, 7);
    const changed = await data.change(made, { propagateTags: "SERVICE" });
    assert.equal(changed.outputs["desiredCount"], 7);
    const ignored = await data.aws.update(
      subjectOf(T.EcsService),
      made.id,
      changed.outputs,
      { ...changed.inputs, propagateTags: "NONE" },
      ["desiredCount"],
    );
    assert.deepEqual([ignored["desiredCount"], ignored["propagateTags"]], [7, "NONE"]);
    const wanted = await data.change({ ...changed, outputs: ignored }, { desiredCount: 3 });
    assert.equal(wanted.outputs["desiredCount"], 3);
  });

  it("goes back to the revision before, and keeps what was asked for in the state", async () => {
    const data = new DataAccount();
    const first = await task(data);
    const made = await service(data, BREAKER, first);
    breakOne(data, broken("b"));
    const second = await revision(data, first, broken("b"));
    const wanted = second.outputs["arn"];
    const failure = await data.change(made, { taskDefinition: wanted }).catch((error: unknown) => error);
    assert.ok(failure instanceof PartialFailure);
    assert.equal(failure.id, made.id);
    assert.equal(failure.outputs["taskDefinition"], wanted);
    assert.match(
      failure.message,
      /update: Service deployment rolled back because the circuit breaker threshold was exceeded\. \(Essential container in task exited: app\)/,
    );
    assert.equal(data.stored(made)?.inputs["taskDefinition"], first.outputs["arn"]);

    // Asked again, the provider finds nothing to send, and reads back what runs.
    const asked = { ...made, inputs: { ...made.inputs, taskDefinition: wanted }, outputs: failure.outputs };
    const again = await data.change(asked, {});
    assert.equal(again.outputs["taskDefinition"], first.outputs["arn"]);
    const { changed } = data.aws.diff(subjectOf(T.EcsService), again.inputs, again.inputs, again.outputs);
    assert.deepEqual(
      changed.map(({ path }) => path),
      ["taskDefinition"],
    );
  });

  it("says nothing of a bad revision when nobody waits", async () => {
    const data = new DataAccount();
    breakOne(data, IMAGE);
    assert.equal(await refusal(() => service(data)), NOTHING);
  });

  it("hangs without a circuit breaker", async () => {
    const data = new DataAccount();
    breakOne(data, IMAGE);
    assert.match(
      await refusal(() => service(data, { waitForSteadyState: true })),
      /create: timeout while waiting for state to become 'tfSTABLE'/,
    );
  });

  it("does without a container that is not essential", async () => {
    const data = new DataAccount();
    const side = container({ name: "side", essential: false, image: broken("b"), portMappings: [] });
    breakOne(data, broken("b"));
    const definition = await task(data, {}, [container(), side]);
    assert.equal(await refusal(() => service(data, BREAKER, definition)), NOTHING);
  });

  for (const [what, changes, problem] of [
    [
      "an image of elsewhere",
      { image: "docker.io/library/nginx:latest" },
      /CannotPullContainerError: docker\.io.* is not an image of account/,
    ],
    [
      "a parameter that is not there",
      { secrets: [{ name: "A", valueFrom: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/a` }] },
      /ResourceInitializationError: invalid ssm parameters/,
    ],
    [
      "a log group that is not there",
      { logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/app" } } },
      /ResourceInitializationError: The specified log group does not exist: \/app/,
    ],
  ] as const) {
    it(`does not start with ${what}`, async () => {
      const data = new DataAccount();
      const definition = await task(data, {}, [container(changes)]);
      assert.match(await refusal(() => service(data, BREAKER, definition)), problem);
    });
  }

  it("starts only with what its execution role may do", async () => {
    const data = new DataAccount();
    await data.make(T.LogGroup, { name: "/app" });
    await data.make(T.Parameter, { name: "/a", type: "String", insecureValue: "1" });
    const parameter = `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/a`;
    const containers = [
      container({
        secrets: [{ name: "A", valueFrom: parameter }],
        logConfiguration: { logDriver: "awslogs", options: { "awslogs-group": "/app" } },
      }),
    ];
    const place = (await cluster(data, "FARGATE")).id;
    const pull = { Action: "ecr:BatchGetImage", Resource: "*" };
    const read = { Action: "ssm:GetParameters", Resource: parameter };
    const write = {
      Action: "logs:CreateLogStream",
      Resource: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/app:*`,
    };
    const attempt = async (name: string, ...statements: readonly Props[]) => {
      const executionRoleArn = await role(data, name, ...statements);
      const definition = await task(data, { executionRoleArn }, containers);
      return refusal(() => service(data, { ...BREAKER, name, cluster: place }, definition));
    };
    assert.match(await attempt("none"), /the execution role may not pull from app/);
    assert.match(await attempt("pull", pull), /the execution role may not read arn:aws:ssm/);
    assert.match(await attempt("read", pull, read), /the execution role may not write to \/app/);
    assert.equal(await attempt("all", pull, read, write), NOTHING);
  });
});
