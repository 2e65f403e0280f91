import { z } from "zod";

import { readThrown } from "../../functions/shared/errors";
import type { Cache } from "../cache";
import type { Database } from "../database";
import { Failure } from "../failures";
import { checked, checkedJson, type Route } from "../http/routes";
import { profileId, titleId } from "./ids";

const MAX_BODY_BYTES = 1_024;
/** How long a position may be served from the cache; also how old it can be after a lost write to the cache. */
const CACHE_SECONDS = 30;
/** A player's clock may be ahead by this much. A position from further ahead would shut out all later ones. */
const CLOCK_SKEW_MS = 300_000;

const parameters = z.object({ profile: profileId, title: titleId });

const position = z.strictObject({
  positionSeconds: z.int().min(0).max(86_400),
  /** When the viewer was there, by the player's clock. */
  recordedAt: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .refine((time) => time.getTime() < Date.now() + CLOCK_SKEW_MS, "not in the future"),
});

interface PositionRow {
  readonly positionSeconds: number;
  readonly recordedAt: Date;
}

const COLUMNS = `position_seconds AS "positionSeconds", recorded_at AS "recordedAt"`;

/** Remembers where a viewer is in a title. Reads go through the cache, where there is one. */
export function playbackRoutes(database: Database, cache: Cache | undefined): Route[] {
  const template = "/v1/playback/{profile}/{title}";
  const keyOf = ({ profile, title }: z.output<typeof parameters>) => `playback:${profile}:${title}`;
  return [
    {
      method: "GET",
      template,
      handle: async (request) => {
        const ids = checked(parameters, request.parameters);
        const cached = await cache?.get(keyOf(ids));
        if (cached !== undefined) return { status: 200, json: JSON.parse(cached) as unknown };
        const text = `SELECT ${COLUMNS} FROM playback_positions WHERE profile_id = $1 AND title_id = $2`;
        const values = [ids.profile, ids.title];
        const statement = { name: "read position", on: "reader", text, values } as const;
        const [row] = await database.rows<PositionRow>(statement, request.deadline);
        if (row === undefined) throw new Failure(404, "Nothing of this title has been watched.");
        await cache?.fill(keyOf(ids), JSON.stringify(row), CACHE_SECONDS);
        return { status: 200, json: row };
      },
    },
    {
      method: "PUT",
      template,
      maxBodyBytes: MAX_BODY_BYTES,
      handle: async (request) => {
        const ids = checked(parameters, request.parameters);
        const { positionSeconds, recordedAt } = checkedJson(position, request);
        // The later of two positions stays, in whatever order they come and however often.
        const text = `INSERT INTO playback_positions AS kept (profile_id, title_id, position_seconds, recorded_at)
          VALUES ($1, $2, $3, $4)
          ON CONFLICT (profile_id, title_id) DO UPDATE SET
            position_seconds = CASE WHEN excluded.recorded_at >= kept.recorded_at
              THEN excluded.position_seconds ELSE kept.position_seconds END,
            recorded_at = greatest(excluded.recorded_at, kept.recorded_at)
          RETURNING ${COLUMNS}`;
        const values = [ids.profile, ids.title, positionSeconds, recordedAt];
        const statement = { name: "write position", on: "writer", text, values } as const;
        const [row] = await database.rows<PositionRow>(statement, request.deadline).catch(withoutProfile);
        await cache?.put(keyOf(ids), JSON.stringify(row), CACHE_SECONDS);
        return { status: 200, json: row };
      },
    },
  ];
}

function withoutProfile(error: unknown): never {
  // The foreign key.
  throw readThrown(error).code === "23503" ? new Failure(404, "There is no such profile.") : error;
}
