import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";

/** Operations that a game day asks for. */
export const OPERATIONS = [
  "GetExperimentTemplate",
  "StartExperiment",
  "GetExperiment",
  "StopExperiment",
] as const;
export type Operation = (typeof OPERATIONS)[number];

/** Answers by operation, in their order; the last one is given again and again. */
export type Recording = Readonly<Partial<Record<Operation, readonly object[]>>> & { readonly label: string };

export const RECORDINGS = [
  "completed",
  "stopped-by-alarm",
  "failed",
  "never-over",
  "without-stop-condition",
] as const;

export function recording(name: (typeof RECORDINGS)[number]): Recording {
  const file = path.join(__dirname, "..", "recorded", `${name}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as Recording;
}

/** What is answered instead of the next recorded answer. */
export interface Fault {
  readonly status: number;
  readonly type: string;
}

/** AWS Fault Injection Service on 127.0.0.1: it gives recorded answers to signed requests, and remembers what was asked. */
export class RecordedFis {
  readonly asked: Operation[] = [];
  readonly tokens: unknown[] = [];
  /** Faults by operation, each given once. */
  readonly faults: Partial<Record<Operation, Fault[]>> = {};
  /** Called when an experiment is started. */
  onStart: () => void = () => undefined;
  readonly #recording: Recording;
  readonly #server: Server;

  private constructor(recorded: Recording) {
    this.#recording = recorded;
    this.#server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        const { status, type, answer } = this.#answer(request, body);
        response.writeHead(status, {
          "content-type": "application/json",
          ...(type !== undefined && { "x-amzn-errortype": `${type}:http://internal.amazon.com/` }),
        });
        response.end(JSON.stringify(answer));
      });
    });
  }

  static async start(recorded: Recording): Promise<RecordedFis> {
    const fis = new RecordedFis(recorded);
    await new Promise<void>((resolve) => fis.#server.listen(0, "127.0.0.1", resolve));
    return fis;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  count(operation: Operation): number {
    return this.asked.filter((it) => it === operation).length;
  }

  #answer(request: IncomingMessage, body: string): { status: number; type?: string; answer: object } {
    const operation = operationOf(request);
    const { authorization = "" } = request.headers;
    if (operation === undefined || !/\/eu-central-1\/fis\/aws4_request, /.test(authorization)) {
      return { status: 403, type: "AccessDeniedException", answer: { message: "User jane.doe may not" } };
    }
    this.asked.push(operation);
    const fault = this.faults[operation]?.shift();
    if (fault !== undefined)
      return { status: fault.status, type: fault.type, answer: { message: "jane.doe" } };
    if (operation === "StartExperiment") {
      this.tokens.push((JSON.parse(body) as Record<string, unknown>)["clientToken"]);
      this.onStart();
    }
    const answers = this.#recording[operation] ?? [];
    const answer = answers[Math.min(this.count(operation), answers.length) - 1];
    return answer === undefined
      ? { status: 404, type: "ResourceNotFoundException", answer: {} }
      : { status: 200, answer };
  }
}

function operationOf({ method, url = "" }: IncomingMessage): Operation | undefined {
  if (method === "GET" && /^\/experimentTemplates\/EXT\w+$/.test(url)) return "GetExperimentTemplate";
  if (method === "POST" && url === "/experiments") return "StartExperiment";
  if (!/^\/experiments\/EXP\w+$/.test(url)) return undefined;
  return method === "GET" ? "GetExperiment" : method === "DELETE" ? "StopExperiment" : undefined;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
