import type { z } from "zod";

import type { Deadline } from "../deadline";
import { Failure } from "../failures";

/** What a route sees of a request. */
export interface Request {
  /** Decoded parts of the path by their name in the template. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Empty unless the route takes a body. */
  readonly body: Buffer;
  /** Media type of the body in lower case, without its parameters. */
  readonly mediaType: string;
  readonly deadline: Deadline;
}

/** What a route answers: JSON, or bytes with their media type. */
export type Answer =
  | { readonly status: number; readonly json: unknown }
  | { readonly status: number; readonly bytes: Buffer; readonly mediaType: string };

/** One method on one path. */
export interface Route {
  readonly method: "GET" | "PUT" | "POST";
  /** Such as `/v1/profiles/{id}`; names traces and metrics too, so that no id gets into them. */
  readonly template: string;
  /** Largest body in bytes. @default no body is read */
  readonly maxBodyBytes?: number;
  readonly handle: (request: Request) => Promise<Answer> | Answer;
}

/** A route and what the path said, or why there is none: status 404 or 405 with the methods that there are. */
export type Match =
  | { readonly route: Route; readonly parameters: Readonly<Record<string, string>> }
  | { readonly status: 404 }
  | { readonly status: 405; readonly allow: readonly string[] };

/** Finds the route for a method and the path as it was sent, without its query. */
export function match(routes: readonly Route[], method: string, path: string): Match {
  const fits = routes.flatMap((route) => {
    const parameters = parametersOf(route.template, path);
    return parameters === undefined ? [] : [{ route, parameters }];
  });
  const fit = fits.find(({ route }) => route.method === method);
  if (fit !== undefined) return fit;
  return fits.length === 0 ? { status: 404 } : { status: 405, allow: fits.map(({ route }) => route.method) };
}

function parametersOf(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? "";
    if (!segment.startsWith("{")) {
      if (segment !== value) return undefined;
      continue;
    }
    try {
      parameters[segment.slice(1, -1)] = decodeURIComponent(value);
    } catch {
      return undefined;
    }
  }
  return parameters;
}

/**
 * Checks parameters or a parsed body.
 *
 * @throws Failure 400 that names every field that is wrong, without its value
 */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => [...issue.path.map(String), issue.message].join(": "));
  throw new Failure(400, "The request is not in order.", { problems });
}

/**
 * Checks a body of JSON.
 *
 * @throws Failure 415 for another media type, 400 for what is no JSON or not in order
 */
export function checkedJson<Schema extends z.ZodType>(schema: Schema, request: Request): z.output<Schema> {
  if (request.mediaType !== "application/json")
    throw new Failure(415, "The body has to be application/json.");
  let value: unknown;
  try {
    value = JSON.parse(request.body.toString("utf8"));
  } catch {
    throw new Failure(400, "The body is no JSON.");
  }
  return checked(schema, value);
}
