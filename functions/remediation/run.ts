import type { SNSClient } from "@aws-sdk/client-sns";

import { awsFailure, OperatorError } from "../shared/errors";
import type { Action, Decision, RemediationCase, Severity } from "./case";
import { isTick, parseEvent, type RemediationEvent } from "./event";
import { type AuditRecord, notify, type Outcome } from "./record";

/** What a run works with. */
export interface Dependencies {
  readonly accountId: string;
  readonly region: string;
  readonly cases: readonly RemediationCase[];
  readonly topics: SNSClient;
  readonly topicArns: Readonly<Record<Severity, string>> | undefined;
  /** Keeps an audit record. */
  readonly record: (record: AuditRecord) => void;
}

/**
 * Handles an event: finds its case, lets that decide, acts or says what it would have done, records, and tells people.
 * The same event again finds what is mended and does nothing.
 *
 * @throws OperatorError for every failure; Lambda then tries again and keeps the event in the end
 */
export async function run(event: unknown, dependencies: Dependencies): Promise<AuditRecord> {
  const parsed = parseEvent(event);
  const found = caseOf(parsed, dependencies);
  const keep = (outcome: Outcome, { resource, why, calls = [] }: Told) => {
    const record: AuditRecord = {
      case: found?.name ?? "none",
      outcome,
      resource,
      why,
      calls,
      eventId: parsed.id,
      eventTime: parsed.time.toISOString(),
    };
    dependencies.record(record);
    return record;
  };
  if (found === undefined) {
    const resource = parsed.resources[0] ?? parsed.source;
    return keep("outOfScope", { resource, why: "no case of this stack is about the event" });
  }
  let decision: Decision | undefined;
  const done: string[] = [];
  try {
    decision = await found.decide(parsed);
    if (decision.kind === "mend" && found.mode === "act") await act(decision.actions, done);
  } catch (error) {
    if (error instanceof OperatorError && error.name === "InvalidEvent") throw error;
    const failure = error instanceof OperatorError ? error.what : awsFailure(error);
    const resource = decision?.resource ?? parsed.resources[0] ?? parsed.source;
    const record = keep("failed", { resource, why: failure, calls: done });
    // The next tick comes in minutes: what a person gets of one that keeps failing is the alarm on errors.
    if (!isTick(parsed)) await tell(dependencies, record, "critical");
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(
      "RemedyFailed",
      `Case ${found.name} failed on ${resource} after ${done.length === 0 ? "no call" : done.join(", ")}: ${failure}.`,
      "nothing yet: the event is tried again and then kept in the queue of failures. If access was denied, see the function's role.",
    );
  }
  const record = keep(outcomeOf(decision, found), { ...decision, calls: callsOf(decision) });
  await tell(dependencies, record, severityOf(decision));
  return record;
}

interface Told {
  readonly resource: string;
  readonly why: string;
  readonly calls?: readonly string[];
}

function caseOf(event: RemediationEvent, { accountId, region, cases }: Dependencies) {
  if (event.account !== accountId || event.region !== region) return undefined;
  return cases.find((it) => it.matches(event));
}

async function act(actions: readonly Action[], done: string[]): Promise<void> {
  for (const { call, run: make } of actions) {
    await make();
    done.push(call);
  }
}

function outcomeOf(decision: Decision, { mode }: RemediationCase): Outcome {
  switch (decision.kind) {
    case "mend":
      return mode === "act" ? "acted" : "wouldAct";
    case "announce":
      return "announced";
    case "nothing":
      return "nothingToDo";
    case "outOfScope":
      return "outOfScope";
  }
}

function callsOf(decision: Decision): string[] {
  return decision.kind === "mend" ? decision.actions.map(({ call }) => call) : [];
}

function severityOf(decision: Decision): Severity {
  return "severity" in decision ? decision.severity : "warning";
}

/** @throws OperatorError when nobody could be told: what was done is in the record, and the function's errors alarm */
async function tell(
  { topics, topicArns }: Dependencies,
  record: AuditRecord,
  severity: Severity,
): Promise<void> {
  try {
    await notify(topics, topicArns?.[severity], record);
  } catch (error) {
    throw new OperatorError(
      "NotTold",
      `Nobody could be told that case ${record.case} ended as ${record.outcome} on ${record.resource}: ${awsFailure(error)}.`,
      "read the record in this function's log, and see why the topic refuses the function's role.",
    );
  }
}
