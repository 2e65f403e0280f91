import { z } from "zod";

/** Id of a profile, which is the subject of viewing events. */
export const profileId = z.uuid("a UUID").toLowerCase();

/** Id of a title; too short for a UUID, so that no subject's id fits in. */
export const titleId = z
  .string()
  .regex(/^[a-z0-9-]{1,24}$/, "1 to 24 lower-case letters, digits and hyphens");
