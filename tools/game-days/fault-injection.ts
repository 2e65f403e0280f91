import { Problem } from "../../local/problem";
import { z } from "zod";

import { answerTo, type Request, type Rights, signing } from "../integration/caller";

const STATES = [
  "pending",
  "initiating",
  "running",
  "completed",
  "stopping",
  "stopped",
  "failed",
  "cancelled",
] as const;

const experiment = z.object({
  id: z.string(),
  state: z.object({
    status: z.enum(STATES),
    // The reason is left out: it names resources, and people.
    error: z.object({ code: z.string().optional() }).optional(),
  }),
});
const template = z.object({
  id: z.string(),
  stopConditions: z.array(z.object({ source: z.string(), value: z.string().optional() })).default([]),
});

/** A run of a template. */
export type Experiment = z.output<typeof experiment>;
/** What a run does, and what ends it. */
export type Template = z.output<typeof template>;

/** States that a run does not leave again. */
const ENDED: readonly string[] = ["completed", "stopped", "failed", "cancelled"];

/** Whether a run is over. */
export const hasEnded = ({ state: { status } }: Experiment): boolean => ENDED.includes(status);

/** The service refused, or answered something else than its API reference says; its name is what AWS calls it. */
export class FaultInjectionError extends Problem {
  override readonly name: string;

  constructor(name: string, operation: string) {
    super(`${operation} ended with ${name}`);
    this.name = name;
  }
}

/** Time that one call may take, in milliseconds. */
const CALL_MS = 10_000;

/**
 * The calls of AWS Fault Injection Service that a game day needs. They are signed here: the newest client of the SDK
 * that can be had is years older than the others, and brings a second generation of its parts.
 */
export class FaultInjection {
  readonly #base: string;
  readonly #rights: Rights;

  private constructor(base: string, rights: Rights) {
    this.#base = base;
    this.#rights = rights;
  }

  /** @throws what the SDK throws when the environment has no credentials */
  static async of(region: string): Promise<FaultInjection> {
    const { AWS_ENDPOINT_URL_FIS, AWS_ENDPOINT_URL } = process.env;
    const base = AWS_ENDPOINT_URL_FIS ?? AWS_ENDPOINT_URL ?? `https://fis.${region}.amazonaws.com`;
    return new FaultInjection(base, await signing("fis", region));
  }

  async template(id: string): Promise<Template> {
    const path = `/experimentTemplates/${encodeURIComponent(id)}`;
    const answer = await this.#ask("GetExperimentTemplate", { method: "GET", path });
    return read("GetExperimentTemplate", z.object({ experimentTemplate: template }), answer)
      .experimentTemplate;
  }

  /** @param clientToken of one start: a second request with it starts nothing */
  start(experimentTemplateId: string, clientToken: string): Promise<Experiment> {
    const body = { clientToken, experimentTemplateId };
    return this.#experiment("StartExperiment", { method: "POST", path: "/experiments", body });
  }

  experiment(id: string): Promise<Experiment> {
    return this.#experiment("GetExperiment", {
      method: "GET",
      path: `/experiments/${encodeURIComponent(id)}`,
    });
  }

  stop(id: string): Promise<Experiment> {
    return this.#experiment("StopExperiment", {
      method: "DELETE",
      path: `/experiments/${encodeURIComponent(id)}`,
    });
  }

  async #experiment(operation: string, request: Request): Promise<Experiment> {
    return read(operation, z.object({ experiment }), await this.#ask(operation, request)).experiment;
  }

  async #ask(operation: string, request: Request): Promise<string> {
    const signal = AbortSignal.timeout(CALL_MS);
    const { status, body, errorType } = await answerTo(this.#base, request, this.#rights, signal);
    if (status >= 300) throw new FaultInjectionError(errorType ?? `status ${status}`, operation);
    return body;
  }
}

function read<Schema extends z.ZodType>(operation: string, schema: Schema, body: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(body));
  } catch {
    throw new FaultInjectionError("an answer that is not the API reference's", operation);
  }
}
