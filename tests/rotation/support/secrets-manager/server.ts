import { createServer, type IncomingMessage, type Server } from "node:http";

import { AwsError } from "./errors";

type Answer = (operation: string, input: Readonly<Record<string, unknown>>) => Promise<object>;

/** The JSON 1.1 protocol of AWS over HTTP on 127.0.0.1. */
export class JsonServer {
  readonly #server: Server;

  /**
   * @param answer gives an operation's output; throws AwsError for an error's answer, and anything else for none
   * @param service as AWS's protocol names it
   */
  constructor(
    answer: Answer,
    service: "secretsmanager" | "AmazonEC2ContainerServiceV20141113" | "AmazonSSM",
  ) {
    this.#server = createServer((request, response) => {
      void (async () => {
        const body = await readBody(request);
        let status = 200;
        let output: object;
        try {
          output = await answer(...parse(`${service}.`, String(request.headers["x-amz-target"]), body));
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          status = error.status;
          output = { __type: error.name, message: error.message };
        }
        response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
        response.end(JSON.stringify(output));
      })().catch(() => request.socket.resetAndDestroy());
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function parse(
  prefix: string,
  target: string,
  body: string,
): [operation: string, input: Record<string, unknown>] {
  if (!target.startsWith(prefix))
    throw new AwsError("UnknownOperationException", "There is no such service.");
  try {
    return [target.slice(prefix.length), JSON.parse(body) as Record<string, unknown>];
  } catch {
    // What the parser says would quote the body.
    throw new AwsError("SerializationException", "The body is no JSON.");
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return text;
}
