import { createServer, type IncomingMessage, type Server } from "node:http";

/** What a client asked for: the operation and its input. */
export interface SecretsRequest {
  readonly target: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Answers GetSecretValue of AWS Secrets Manager over HTTP on 127.0.0.1, in its JSON 1.1 protocol. */
export class SecretsServer {
  readonly requests: SecretsRequest[] = [];
  readonly #values: ReadonlyMap<string, string>;
  readonly #server: Server;
  /** Answers that fail before one succeeds, as throttling does. */
  failures = 0;

  private constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
    this.#server = createServer((request, response) => {
      void readBody(request).then((body) => {
        const { status, answer } = this.#answer(String(request.headers["x-amz-target"]), body);
        response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
        response.end(JSON.stringify(answer));
      });
    });
  }

  /** @param values secret texts by ARN; read at each request */
  static async start(values: ReadonlyMap<string, string>): Promise<SecretsServer> {
    const server = new SecretsServer(values);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(target: string, body: string): { status: number; answer: unknown } {
    const input = JSON.parse(body) as Record<string, unknown>;
    this.requests.push({ target, input });
    if (this.failures > 0) {
      this.failures -= 1;
      return { status: 400, answer: { __type: "ThrottlingException", message: "Rate exceeded" } };
    }
    const arn = String(input["SecretId"]);
    const text = this.#values.get(arn);
    if (text === undefined) {
      const message = "Secrets Manager can't find the specified secret.";
      return { status: 400, answer: { __type: "ResourceNotFoundException", message } };
    }
    return { status: 200, answer: { ARN: arn, SecretString: text, VersionStages: ["AWSCURRENT"] } };
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
