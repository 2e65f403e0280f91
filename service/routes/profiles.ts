import { z } from "zod";

import type { Database } from "../database";
import { Failure } from "../failures";
import { type Answer, checked, checkedJson, type Route } from "../http/routes";
import { profileId } from "./ids";

const MAX_BODY_BYTES = 4_096;

const parameters = z.object({ id: profileId });

const profile = z.strictObject({
  displayName: z.string().trim().min(1).max(60),
  language: z.string().regex(/^[a-z]{2}$/, "two letters of ISO 639-1"),
  maturityRating: z.int().min(0).max(18),
});

interface ProfileRow {
  readonly id: string;
  readonly displayName: string;
  readonly language: string;
  readonly maturityRating: number;
  readonly updatedAt: Date;
}

const COLUMNS = `id, display_name AS "displayName", language, maturity_rating AS "maturityRating", updated_at AS "updatedAt"`;

/** Reads and replaces profiles. */
export function profileRoutes(database: Database): Route[] {
  return [
    {
      method: "GET",
      template: "/v1/profiles/{id}",
      handle: async (request) => {
        const { id } = checked(parameters, request.parameters);
        const text = `SELECT ${COLUMNS} FROM profiles WHERE id = $1`;
        const statement = { name: "read profile", on: "reader", text, values: [id] } as const;
        return found(await database.rows<ProfileRow>(statement, request.deadline));
      },
    },
    {
      method: "PUT",
      template: "/v1/profiles/{id}",
      maxBodyBytes: MAX_BODY_BYTES,
      handle: async (request) => {
        const { id } = checked(parameters, request.parameters);
        const { displayName, language, maturityRating } = checkedJson(profile, request);
        const text = `INSERT INTO profiles (id, display_name, language, maturity_rating) VALUES ($1, $2, $3, $4)
          ON CONFLICT (id) DO UPDATE SET display_name = excluded.display_name, language = excluded.language,
            maturity_rating = excluded.maturity_rating, updated_at = now()
          RETURNING ${COLUMNS}`;
        const statement = {
          name: "write profile",
          on: "writer",
          text,
          values: [id, displayName, language, maturityRating],
        } as const;
        return found(await database.rows<ProfileRow>(statement, request.deadline));
      },
    },
  ];
}

function found([row]: readonly ProfileRow[]): Answer {
  if (row === undefined) throw new Failure(404, "There is no such profile.");
  return { status: 200, json: row };
}
