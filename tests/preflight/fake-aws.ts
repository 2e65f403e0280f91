import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** An answer of AWS: JSON, or XML for the older protocol. */
export interface Reply {
  readonly status?: number;
  readonly body: string | object;
}

/** What an account answers, by operation. An operation that is not there is refused, as without permission. */
export type Account = Readonly<Record<string, (parameters: Readonly<Record<string, unknown>>) => Reply>>;

/**
 * AWS's APIs as far as the checks use them, over HTTP on 127.0.0.1. Shapes of answers are those of the API references
 * of AWS (docs.aws.amazon.com, `API_<operation>.html`). A request of another kind is kept and answered with an error.
 */
export class FakeAws {
  /** Requests that are no operation of any API here. */
  readonly strange: string[] = [];
  /** Operations that were asked for. */
  readonly asked: string[] = [];
  account: Account = {};
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void readBody(request).then((body) => {
        const { operation, parameters } = operationOf(request, body);
        if (operation === undefined) this.strange.push(`${request.method} ${request.url}`);
        else this.asked.push(operation);
        const isS3 = Object.values(OF_BUCKETS).includes(operation ?? "");
        const isXml = isS3 || body.startsWith("Action=");
        const reply = this.account[operation ?? ""]?.(parameters) ?? (isS3 ? s3Refusal() : refusal(isXml));
        response.statusCode = reply.status ?? 200;
        response.setHeader("content-type", isXml ? "text/xml" : "application/x-amz-json-1.1");
        response.end(typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body));
      });
    });
  }

  static async start(): Promise<FakeAws> {
    const fake = new FakeAws();
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** What AWS says to who may not do something; its message names people, and must not get into a report. */
function refusal(isXml: boolean): Reply {
  const message = "User: arn:aws:iam::444455556666:user/jane.doe is not authorized";
  return {
    status: 403,
    body: isXml
      ? `<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error></ErrorResponse>`
      : { __type: "AccessDeniedException", message, Message: message },
  };
}

function s3Refusal(): Reply {
  return { status: 403, body: s3Error("AccessDenied") };
}

/** An error of S3. */
export const s3Error = (code: string) =>
  `<Error><Code>${code}</Code><Message>User: arn:aws:iam::444455556666:user/jane.doe</Message></Error>`;

/** An answer in the older protocol. */
export function xml(operation: string, result: string): Reply {
  return {
    body: `<${operation}Response><${operation}Result>${result}</${operation}Result></${operation}Response>`,
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** Operations of S3, which are told by the query after `/<bucket>`. */
const OF_BUCKETS: Readonly<Record<string, string>> = {
  versioning: "GetBucketVersioning",
  replication: "GetBucketReplication",
};

/** Operations of the APIs that have paths instead of names. */
const GETS: Readonly<Record<string, string>> = {
  "/account-settings": "DescribeRegionSettings",
  "/account": "GetAccount",
  "/restore-jobs": "ListRestoreJobs",
};

function operationOf({ method, url = "", headers }: IncomingMessage, body: string) {
  const target = headers["x-amz-target"];
  if (typeof target === "string") {
    return {
      operation: target.split(".")[1],
      parameters: JSON.parse(body || "{}") as Record<string, unknown>,
    };
  }
  if (body.startsWith("Action=")) {
    const { Action, ...parameters } = Object.fromEntries(new URLSearchParams(body));
    return { operation: Action, parameters };
  }
  const { pathname, searchParams } = new URL(url, "http://127.0.0.1");
  const bucket = /^\/(streamflix-[a-z0-9-]+)\/?$/.exec(pathname)?.[1];
  if (bucket !== undefined) {
    const query = [...searchParams.keys()].filter((key) => key !== "x-id").join();
    return { operation: method === "GET" ? OF_BUCKETS[query] : undefined, parameters: { bucket } };
  }
  const operation = method === "GET" ? GETS[pathname] : undefined;
  return { operation, parameters: Object.fromEntries(searchParams) };
}
