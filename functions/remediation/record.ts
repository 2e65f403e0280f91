import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";

/** How an event ended. */
export type Outcome =
  | "acted"
  | "wouldAct"
  | "announced"
  | "nothingToDo"
  | "outOfScope"
  /** A call failed. Lambda tries again, and keeps the event in the end. */
  | "failed";

/** What is kept of an event: nothing that points to a person. */
export interface AuditRecord {
  readonly case: string;
  readonly outcome: Outcome;
  readonly resource: string;
  readonly why: string;
  /** Calls that were made, or would have been, in their order. */
  readonly calls: readonly string[];
  readonly eventId: string;
  readonly eventTime: string;
}

/** Outcomes that people are told of. */
const TOLD: readonly Outcome[] = ["acted", "wouldAct", "announced", "failed"];

const HEADLINES: Readonly<Partial<Record<Outcome, string>>> = {
  acted: "mended",
  wouldAct: "dry run, nothing was changed",
  announced: "needs a look",
  failed: "could not be mended",
};

/** Longest subject that SNS takes. */
const SUBJECT_LENGTH = 100;

/** Tells people by a topic, where the outcome is worth it and the stack has somebody to tell. */
export async function notify(
  client: SNSClient,
  topicArn: string | undefined,
  record: AuditRecord,
): Promise<void> {
  if (topicArn === undefined || !TOLD.includes(record.outcome)) return;
  const headline = `StreamFlix ${record.case}: ${HEADLINES[record.outcome] ?? record.outcome}`;
  await client.send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: headline.slice(0, SUBJECT_LENGTH),
      Message: [
        `${record.resource}: ${record.why}.`,
        `Outcome: ${record.outcome}.`,
        `Calls: ${record.calls.length === 0 ? "none" : record.calls.join(", ")}.`,
        `Event: ${record.eventId} of ${record.eventTime}.`,
      ].join("\n"),
    }),
  );
}
