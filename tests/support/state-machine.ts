type Data = Readonly<Record<string, unknown>>;

interface Handler {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly ResultPath: string;
  readonly IntervalSeconds: number;
  readonly BackoffRate: number;
  readonly MaxAttempts: number;
  readonly MaxDelaySeconds: number;
}

/** How an execution went. */
export interface Execution {
  readonly status: "SUCCEEDED" | "FAILED";
  /** Name of the failure that it ended with. */
  readonly error: string | undefined;
  /** Its states, in order; a retry is the state once more. */
  readonly path: readonly string[];
}

/** Time of an execution, which passes only where somebody says so. */
export interface Clock {
  now: number;
}

/** What is interpreted of each type of state; a definition with anything else is refused. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Task: ["Resource", "TimeoutSeconds", "Parameters", "ResultPath", "Retry", "Catch", "Next"],
  Choice: ["Choices", "Default"],
  Wait: ["Seconds", "Next"],
  Succeed: [],
  Fail: ["Error", "Cause"],
};

/** More states than any execution of ours goes through in its time. */
const MOST_STATES = 2_000;

/**
 * Executes a state machine as AWS would, at once: by https://states-language.net/spec.html, of which it knows what the
 * platform's own definitions use.
 *
 * @param run a task's function; the time that it takes it adds to the clock, and it is over when its limit is
 */
export async function execute(
  definition: string,
  input: Data,
  run: (resource: string, payload: Data, clock: Clock) => Promise<unknown>,
  clock: Clock = { now: Date.parse("2026-11-23T09:00:00Z") },
): Promise<Execution> {
  const { StartAt, States } = JSON.parse(definition) as { StartAt: string; States: Record<string, Data> };
  const context = { Execution: { StartTime: new Date(clock.now).toISOString() } };
  const path: string[] = [];
  let [name, data] = [StartAt, input];
  while (path.length < MOST_STATES) {
    const state = States[name];
    const fields = FIELDS[String(state?.["Type"])];
    if (state === undefined || fields === undefined) throw new Error(`no state ${name} that is known here`);
    const odd = Object.keys(state).find((key) => key !== "Type" && !fields.includes(key));
    if (odd !== undefined) throw new Error(`${name}: ${odd} is not interpreted`);
    path.push(name);
    switch (state["Type"]) {
      case "Succeed":
        return { status: "SUCCEEDED", error: undefined, path };
      case "Fail":
        return { status: "FAILED", error: String(state["Error"]), path };
      case "Wait":
        clock.now += Number(state["Seconds"]) * 1000;
        name = String(state["Next"]);
        break;
      case "Choice":
        name = chosen(state, data);
        break;
      default: {
        const payload = filled(state["Parameters"] as Data, data, context);
        const end = await attempts(
          state,
          () => run(String(state["Resource"]), payload, clock),
          clock,
          () => {
            path.push(name);
          },
        );
        if ("result" in end) {
          data = placed(data, state["ResultPath"] as string | null, end.result);
          name = String(state["Next"]);
          break;
        }
        const handler = handling(state["Catch"], end.failure.Error);
        if (handler === undefined) return { status: "FAILED", error: end.failure.Error, path };
        data = placed(data, handler.ResultPath, end.failure);
        name = handler.Next;
      }
    }
  }
  throw new Error(`no end after ${MOST_STATES} states: …, ${path.slice(-6).join(", ")}`);
}

type End =
  { readonly result: unknown } | { readonly failure: { readonly Error: string; readonly Cause?: string } };

async function attempts(
  state: Data,
  run: () => Promise<unknown>,
  clock: Clock,
  onRetry: () => void,
): Promise<End> {
  for (let retries = 0; ; retries += 1) {
    const limit = clock.now + Number(state["TimeoutSeconds"]) * 1000;
    const end = await run().then(
      (result): End => ({ result: JSON.parse(JSON.stringify(result)) as unknown }),
      (error: unknown): End => {
        const { name, message } = error as Error;
        return {
          failure: { Error: name, Cause: JSON.stringify({ errorType: name, errorMessage: message }) },
        };
      },
    );
    const outcome: End = clock.now > limit ? { failure: { Error: "States.Timeout" } } : end;
    if (clock.now > limit) clock.now = limit;
    if ("result" in outcome) return outcome;
    const retry = handling(state["Retry"], outcome.failure.Error);
    if (retry === undefined || retries >= retry.MaxAttempts) return outcome;
    clock.now += 1000 * Math.min(retry.IntervalSeconds * retry.BackoffRate ** retries, retry.MaxDelaySeconds);
    onRetry();
  }
}

function handling(handlers: unknown, error: string): Handler | undefined {
  return ((handlers ?? []) as Handler[]).find(
    ({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes("States.ALL"),
  );
}

function chosen(state: Data, data: Data): string {
  const match = (state["Choices"] as Data[]).find((rule) => {
    const value = lookUp(String(rule["Variable"]), data);
    if ("IsPresent" in rule) return (value !== undefined) === rule["IsPresent"];
    if (typeof value !== "boolean") throw new Error(`${String(rule["Variable"])} is no boolean`);
    return value === rule["BooleanEquals"];
  });
  return String((match ?? { Next: state["Default"] })["Next"]);
}

function filled(parameters: Data, data: Data, context: Data): Data {
  return Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => {
      if (!key.endsWith(".$")) return [key, value];
      const source = String(value);
      const found = source.startsWith("$$") ? lookUp(source.slice(1), context) : lookUp(source, data);
      if (found === undefined) throw new Error(`States.Runtime: there is no ${source}`);
      return [key.slice(0, -2), found];
    }),
  );
}

function lookUp(path: string, data: Data): unknown {
  return path
    .split(".")
    .slice(1)
    .reduce<unknown>((value, key) => (value as Data | undefined)?.[key], data);
}

function placed(data: Data, path: string | null, result: unknown): Data {
  return path === null ? data : { ...data, [path.slice(2)]: result };
}
