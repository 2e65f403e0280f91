import { z } from "zod";
import { Problem } from "../../local/problem";

/** What a stack's outputs tell about what is to be checked; what is not there was not built. */
const outputs = z.object({
  apiUrl: z.url().exactOptional(),
  eventStreamName: z.string().exactOptional(),
  databaseEndpoints: z.object({ writer: z.string(), reader: z.string() }).exactOptional(),
  databaseSecretArns: z.object({ master: z.string(), service: z.string() }).exactOptional(),
  gameDayTemplateIds: z.record(z.string(), z.string()).exactOptional(),
  serviceNames: z.object({ cluster: z.string(), service: z.string() }).exactOptional(),
});

/** Outputs of a deployed stack. */
export type Outputs = z.output<typeof outputs>;

/** What is checked: a deployed stack. */
export interface Target {
  readonly region: string;
  /** How callers of the API show who they are. */
  readonly caller: "iam" | "cognito";
  readonly outputs: Outputs;
}

/**
 * Reads what `pulumi stack output --json` printed.
 *
 * @throws Problem that names every output that is not as it should be
 */
export function readOutputs(text: string): Outputs {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Problem("the stack's outputs are no JSON");
  }
  const parsed = outputs.safeParse(json);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `  ${path.join(".")}: ${message}`);
  throw new Problem(`the stack's outputs are not this program's:\n${problems.join("\n")}`);
}
