import { z } from "zod";

import type { Database } from "../database";
import { notHere } from "../failures";
import { checkedJson, type Route } from "../http/routes";
import { pseudonymsOf } from "../pseudonyms";
import type { EventStream } from "../stream";
import { profileId, titleId } from "./ids";

/** As many records as one call to Kinesis takes. */
const MAX_EVENTS = 500;
/** About 500 bytes an event. */
const MAX_BODY_BYTES = 256 * 1_024;

// Strict, and free text nowhere: what is not here can't get into the stream.
const event = z.strictObject({
  eventId: z.uuid("a UUID").toLowerCase(),
  subjectId: profileId,
  type: z.enum(["play", "pause", "seek", "stop", "complete"]),
  titleId,
  positionSeconds: z.int().min(0).max(86_400),
  occurredAt: z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString()),
});

const batch = z.strictObject({ events: z.array(event).min(1).max(MAX_EVENTS) });

/**
 * Takes viewing events into the stream. No id of a subject gets there: ids that could name one are replaced with
 * pseudonyms, that of the event too, since a client chooses it. The same event sent again has the same id. Without a
 * stream nothing is taken, and clients keep what they have.
 */
export function eventRoutes(database: Database, stream: EventStream | undefined): Route[] {
  return [
    {
      method: "POST",
      template: "/v1/viewing-events",
      maxBodyBytes: MAX_BODY_BYTES,
      handle: async (request) => {
        const { events } = checkedJson(batch, request);
        if (stream === undefined) throw notHere("The stream of viewing events");
        const subjects = [...new Set(events.map(({ subjectId }) => subjectId))];
        const pseudonyms = await pseudonymsOf(database, subjects, request.deadline);
        const records = events.flatMap(({ eventId, subjectId, ...rest }) => {
          const pseudonymise = pseudonyms.get(subjectId);
          // Erased between two statements: what the subject did is no longer to be known.
          if (pseudonymise === undefined) return [];
          const subject = pseudonymise(subjectId);
          const data = JSON.stringify({ eventId: pseudonymise(`event:${eventId}`), subject, ...rest });
          return [{ partitionKey: subject, data }];
        });
        if (records.length > 0) await stream.put(records, request.deadline);
        return { status: 202, json: { accepted: records.length } };
      },
    },
  ];
}
