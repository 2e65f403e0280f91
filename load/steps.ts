/** What viewers do, in requests. */
import { ASSUMPTIONS } from "../tools/capacity/assumptions";
import type { Call } from "./client";
import { hex, randomBase64Url, randomInteger, randomUuid } from "./random";
import type { Settings } from "./settings";
import type { Act } from "./shape";

/** Viewers and titles that a test knows; k6 holds nothing of them, so any number of generators shares them. */
const MOST_VIEWERS = 1000;
const TITLES = 50;
/** All profiles of load tests begin with it, so that one statement finds and deletes them. */
export const PROFILE_PREFIX = "10ad0000-0000-4000-8000-";

/** Number of profiles that a run reads and writes. */
export function profilesOf({ viewers, scale }: Settings): number {
  return Math.min(MOST_VIEWERS, Math.max(10, Math.round(viewers * scale)));
}

/** The profile with a number. */
export const profileId = (index: number) => PROFILE_PREFIX + hex(index, 12);

const titleOf = (index: number) => `tt-${index % TITLES}`;

const PROFILE = "/v1/profiles/{id}";
const PLAYBACK = "/v1/playback/{profile}/{title}";

/** Makes all profiles, then a position for each, so that reads find them. Doing it again changes nothing. */
export function preparations(settings: Settings): readonly (readonly Call[])[] {
  const indices = Array.from({ length: profilesOf(settings) }, (_, index) => index);
  return [indices.map(profile), indices.map((index) => position(profileId(index), titleOf(index)))];
}

function profile(index: number): Call {
  const body = { displayName: `load ${index}`, language: "de", maturityRating: index % 19 };
  return { method: "PUT", path: `/v1/profiles/${profileId(index)}`, route: PROFILE, body };
}

/** The requests of one viewer for what it does now. */
export function stepsOf(act: Act, settings: Settings): readonly Call[] {
  const index = randomInteger(profilesOf(settings));
  const id = profileId(index);
  const title = titleOf(index);
  switch (act) {
    case "browse":
      return [readProfile(id), readPosition(id, title)];
    case "play":
      return [readPosition(id, title), position(id, title)];
    case "heartbeat":
      return [events(id, title, ASSUMPTIONS.eventsPerBatch.value, settings)];
    case "join":
      return [readProfile(id), readPosition(id, title), position(id, title), events(id, title, 1, settings)];
  }
}

function readProfile(id: string): Call {
  return { method: "GET", path: `/v1/profiles/${id}`, route: PROFILE };
}

function readPosition(id: string, title: string): Call {
  return { method: "GET", path: `/v1/playback/${id}/${title}`, route: PLAYBACK };
}

function position(id: string, title: string): Call {
  const recordedAt = new Date().toISOString();
  const body = { positionSeconds: randomInteger(7200), recordedAt };
  return { method: "PUT", path: `/v1/playback/${id}/${title}`, route: PLAYBACK, body };
}

/** A batch: measurements through the API, which writes them straight into the stream, or events of a viewer to the service. */
function events(id: string, titleId: string, count: number, { caller }: Settings): Call {
  const common = { titleId, positionSeconds: randomInteger(7200), occurredAt: new Date().toISOString() };
  const list = Array.from({ length: count }, () =>
    caller === "none"
      ? { eventId: randomUuid(), subjectId: id, type: "play", ...common }
      : { eventId: randomBase64Url(), sessionId: randomBase64Url(), type: "heartbeat", ...common },
  );
  const path = caller === "none" ? "/v1/viewing-events" : "/v1/events";
  return { method: "POST", path, route: path, body: { events: list } };
}
