import { strict as assert } from "node:assert";
import {
  matchesPattern,
  readStatements,
  type Statement,
} from "../../../local/providers/aws/policy-documents";
import type { StateResource } from "./state";

const CLOUDWATCH = "cloudwatch.amazonaws.com";
const EVENTS = "events.amazonaws.com";
/** What it takes to write to an encrypted topic or queue. */
const USE_OF_KEY = ["kms:Decrypt", "kms:GenerateDataKey"];

/** Walks through a stack's state as messages do: from alarms to people, from rules to their targets. */
export class Reachability {
  readonly metricAlarms: readonly StateResource[];
  readonly composites: readonly StateResource[];
  readonly rules: readonly StateResource[];
  readonly #state: readonly StateResource[];

  constructor(state: readonly StateResource[]) {
    this.#state = state;
    this.metricAlarms = this.#of("aws:cloudwatch/metricAlarm:MetricAlarm");
    this.composites = this.#of("aws:cloudwatch/compositeAlarm:CompositeAlarm");
    this.rules = this.#of("aws:cloudwatch/eventRule:EventRule");
  }

  /**
   * Walks from an alarm, or from the composites that tell for it, to people: action, topic, topic policy, key policy,
   * subscriptions.
   *
   * @returns the topics that it came through
   */
  alarmTells(alarm: StateResource, subscribers: number): string[] {
    const telling = actionsOf(alarm).length > 0 ? [alarm] : this.composites.filter((it) => names(it, alarm));
    const told = telling.flatMap((it) =>
      actionsOf(it).map((action) => {
        const source = {
          "aws:sourceaccount": action.split(":")[4] ?? "",
          "aws:sourcearn": String(it.outputs?.["arn"]),
        };
        this.#topicTells(action, CLOUDWATCH, source, subscribers);
        return action;
      }),
    );
    assert.ok(told.length > 0, `${nameOf(alarm)} tells nobody, and no composite tells for it`);
    return told;
  }

  /**
   * Walks from a rule to each of its targets and to what keeps the events that don't arrive: permission or policy, key,
   * the function's own queue, the dead-letter queue, and the alarm on each queue.
   *
   * @returns what its targets are, and its queues
   */
  ruleReaches(
    rule: StateResource,
    subscribers: number,
  ): { readonly targets: string[]; readonly queues: string[] } {
    const ruleArn = String(rule.outputs?.["arn"]);
    const targets = this.#of("aws:cloudwatch/eventTarget:EventTarget").filter(
      ({ outputs }) => outputs?.["rule"] === rule.outputs?.["name"],
    );
    assert.ok(targets.length > 0, `${ruleArn} has no target`);
    const queues: string[] = [];
    const kinds = targets.map(({ outputs = {} }) => {
      const arn = String(outputs["arn"]);
      const { arn: deadLetters } = (outputs["deadLetterConfig"] ?? {}) as { arn?: string };
      assert.ok(deadLetters, `${ruleArn} keeps nothing of what ${arn} does not get`);
      queues.push(this.#queueTakes(deadLetters, EVENTS, { "aws:sourcearn": ruleArn }));
      if (arn.startsWith("arn:aws:sns:")) {
        // EventBridge brings nothing along that a condition could ask for.
        this.#topicTells(arn, EVENTS, {}, subscribers);
        return "topic";
      }
      if (arn.startsWith("arn:aws:states:")) {
        this.#stateMachineStarts(arn, String(outputs["roleArn"]));
        return "state machine";
      }
      queues.push(this.#functionRuns(arn, ruleArn));
      return "function";
    });
    return { targets: kinds, queues };
  }

  /** A service may publish to a topic, with its key, and somebody gets it. */
  #topicTells(arn: string, service: string, source: Source, subscribers: number): void {
    const topic = this.#need("aws:sns/topic:Topic", "arn", arn);
    const policy = this.#need("aws:sns/topicPolicy:TopicPolicy", "arn", arn);
    assert.ok(
      admits(policy.outputs?.["policy"], { service, action: "sns:Publish", source }),
      `${arn} refuses ${service}`,
    );
    this.#keyServes(topic.outputs?.["kmsMasterKeyId"], service, source);
    const subscribed = this.#of("aws:sns/topicSubscription:TopicSubscription").filter(
      ({ outputs }) => outputs?.["topic"] === arn,
    );
    assert.ok(subscribed.length >= subscribers, `${arn} has ${subscribed.length} subscribers`);
  }

  /** EventBridge may take a role that may start a state machine. */
  #stateMachineStarts(arn: string, roleArn: string): void {
    this.#need("aws:sfn/stateMachine:StateMachine", "arn", arn);
    const role = this.#need("aws:iam/role:Role", "arn", roleArn);
    const trusted = readStatements(role.outputs?.["assumeRolePolicy"]);
    assert.ok(
      trusted.some(({ services }) => services.includes(EVENTS)),
      `${roleArn} refuses EventBridge`,
    );
    assert.ok(
      this.#of("aws:iam/rolePolicy:RolePolicy")
        .filter(({ outputs }) => outputs?.["role"] === role.id)
        .some(({ outputs }) =>
          admits(outputs?.["policy"], { action: "states:StartExecution", resource: arn, source: {} }),
        ),
      `${roleArn} may not start ${arn}`,
    );
  }

  /** EventBridge may invoke a function for a rule, and the function keeps what it fails on. */
  #functionRuns(arn: string, ruleArn: string): string {
    const worker = this.#need("aws:lambda/function:Function", "arn", arn);
    const name = worker.outputs?.["name"];
    const permitted = this.#of("aws:lambda/permission:Permission").some(
      ({ outputs }) =>
        outputs?.["function"] === name &&
        outputs?.["principal"] === EVENTS &&
        outputs["action"] === "lambda:InvokeFunction" &&
        outputs["sourceArn"] === ruleArn,
    );
    assert.ok(permitted, `${arn} refuses ${ruleArn}`);
    const config = this.#need(
      "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
      "functionName",
      name,
    );
    const { onFailure } = (config.outputs?.["destinationConfig"] ?? {}) as {
      onFailure?: { destination: string };
    };
    const queue = onFailure?.destination ?? "";
    const role = this.#need("aws:iam/role:Role", "arn", worker.outputs?.["role"]);
    const maySend = this.#of("aws:iam/rolePolicy:RolePolicy")
      .filter(({ outputs }) => outputs?.["role"] === role.id)
      .some(({ outputs }) =>
        admits(outputs?.["policy"], { action: "sqs:SendMessage", resource: queue, source: {} }),
      );
    assert.ok(maySend, `${arn} may not keep what it fails on in ${queue}`);
    return this.#watched(queue);
  }

  /** A service may send to a queue, with its key. */
  #queueTakes(arn: string, service: string, source: Source): string {
    const queue = this.#need("aws:sqs/queue:Queue", "arn", arn);
    const policies = this.#of("aws:sqs/queuePolicy:QueuePolicy").filter(
      ({ outputs }) => outputs?.["queueUrl"] === queue.id,
    );
    const taken = policies.some(({ outputs }) =>
      admits(outputs?.["policy"], { service, action: "sqs:SendMessage", resource: arn, source }),
    );
    assert.ok(taken, `${arn} refuses ${service} for ${JSON.stringify(source)}`);
    // To KMS, EventBridge says nothing of its rule.
    this.#keyServes(queue.outputs?.["kmsMasterKeyId"], service, {});
    return this.#watched(arn);
  }

  /** An alarm looks at what lies in a queue. */
  #watched(arn: string): string {
    const name = arn.split(":").at(-1);
    const alarms = this.metricAlarms.filter(({ outputs }) => {
      const { QueueName } = (outputs?.["dimensions"] ?? {}) as { QueueName?: string };
      return QueueName === name;
    });
    assert.equal(alarms.length, 1, `${arn} has ${alarms.length} alarms`);
    return arn;
  }

  #keyServes(arn: unknown, service: string, source: Source): void {
    const key = this.#need("aws:kms/key:Key", "arn", arn);
    for (const action of USE_OF_KEY) {
      assert.ok(
        admits(key.outputs?.["policy"], { service, action, source }),
        `${String(arn)} refuses ${action} to ${service}`,
      );
    }
  }

  #of(type: string): readonly StateResource[] {
    return this.#state.filter((it) => it.type === type);
  }

  #need(type: string, property: string, value: unknown): StateResource {
    const [found, ...others] = this.#of(type).filter(({ outputs }) => outputs?.[property] === value);
    assert.ok(found && others.length === 0, `${others.length} too many or none: ${type} ${String(value)}`);
    return found;
  }
}

/** What a call says of whose it is, by condition key. */
type Source = Readonly<Record<string, string>>;

export function nameOf({ outputs }: StateResource): string {
  return String(outputs?.["alarmName"] ?? outputs?.["name"]);
}

function actionsOf({ outputs }: StateResource): string[] {
  return (outputs?.["alarmActions"] ?? []) as string[];
}

function names(composite: StateResource, alarm: StateResource): boolean {
  return String(composite.outputs?.["alarmRule"]).includes(`ALARM("${nameOf(alarm)}")`);
}

/** Whether a policy lets a service, or with an identity's policy its owner, do something. */
function admits(
  policy: unknown,
  call: {
    readonly service?: string;
    readonly action: string;
    readonly resource?: string;
    readonly source: Source;
  },
): boolean {
  const { service, action, resource, source } = call;
  const applies = ({ services, actions, resources }: Statement) =>
    (service === undefined || services.includes(service)) &&
    actions.some((pattern) => matchesPattern(pattern, action)) &&
    (resource === undefined || resources.some((pattern) => matchesPattern(pattern, resource)));
  const holds = ({ conditions }: Statement) =>
    Object.values(conditions).every((keys) =>
      Object.entries(keys).every(([key, patterns]) =>
        patterns.some((pattern) => matchesPattern(pattern, source[key] ?? "")),
      ),
    );
  return readStatements(policy).some((it) => it.effect === "Allow" && applies(it) && holds(it));
}
