import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { context, propagation, SpanKind } from "@opentelemetry/api";

import { Deadline } from "../deadline";
import { Failure, unavailable } from "../failures";
import { describeError, type Log } from "../log";
import { inSpan, type Instruments } from "../telemetry";
import { type Answer, match, type Route } from "./routes";

/** An answer comes before a client's five seconds are over. */
const ANSWER_MS = 4_500;
/** A whole request has to arrive within this time; slow senders hold no connection for ever. */
const RECEIVE_MS = 30_000;
const HEADERS_MS = 10_000;
/** Longer than the load balancer keeps a connection without work (60 s), so that it is never the one surprised. */
const KEEP_ALIVE_MS = 75_000;

/** Serves routes over HTTP, and can stop doing so without losing a request. */
export class HttpServer {
  readonly #routes: readonly Route[];
  readonly #log: Log;
  readonly #instruments: Instruments;
  readonly #server: Server;
  #draining = false;
  #inFlight = 0;

  constructor(routes: readonly Route[], log: Log, instruments: Instruments) {
    this.#routes = routes;
    this.#log = log;
    this.#instruments = instruments;
    this.#server = createServer(
      { requestTimeout: RECEIVE_MS, headersTimeout: HEADERS_MS, keepAliveTimeout: KEEP_ALIVE_MS },
      (request, response) => void this.#serve(request, response),
    );
  }

  /** Starts to listen; port 0 takes a free one. Returns the port. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Whether clients should go elsewhere. */
  get draining(): boolean {
    return this.#draining;
  }

  /** Requests that have no answer yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** From now on every answer closes its connection; new requests are still served. */
  announceDrain(): void {
    this.#draining = true;
  }

  /** Takes no more connections and resolves when the last request has its answer. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeIdleConnections();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#inFlight += 1;
    response.once("close", () => (this.#inFlight -= 1));
    const start = performance.now();
    const requestId = randomUUID();
    const { method = "", url = "" } = request;
    const found = match(this.#routes, method, url.split("?", 1).join(""));
    const route = "route" in found ? found.route.template : "none";
    const parent = propagation.extract(context.active(), request.headers);
    const attributes = { "http.request.method": method, "http.route": route };
    await context.with(parent, () =>
      inSpan(
        `${method} ${route}`,
        attributes,
        async (span) => {
          const answer = await this.#answer(request, found).catch((error: unknown) => {
            const failure = error instanceof Failure ? error : undefined;
            if (failure === undefined)
              this.#log("error", "unexpected failure", { route, requestId, ...describeError(error) });
            return failure ?? new Failure(500, "Something went wrong.");
          });
          const { status } = answer;
          span.setAttribute("http.response.status_code", status);
          const durationMs = Math.round(performance.now() - start);
          if (status >= 500)
            this.#log("warn", "request failed", { route, method, status, durationMs, requestId });
          this.#instruments.requestDuration.record(durationMs / 1000, {
            ...attributes,
            "http.response.status_code": status,
          });
          this.#send(response, answer, requestId);
        },
        SpanKind.SERVER,
      ),
    );
  }

  async #answer(request: IncomingMessage, found: ReturnType<typeof match>): Promise<Answer | Failure> {
    if ("status" in found) {
      return found.status === 404
        ? new Failure(404, "There is nothing here.")
        : new Failure(405, "This is not done here.", { headers: { allow: found.allow.join(", ") } });
    }
    const { route, parameters } = found;
    const body = await readBody(request, route.maxBodyBytes ?? 0);
    const mediaType = (request.headers["content-type"] ?? "").split(";", 1).join("").trim().toLowerCase();
    const deadline = Deadline.in(ANSWER_MS);
    return inTime(Promise.resolve(route.handle({ parameters, body, mediaType, deadline })), deadline);
  }

  #send(response: ServerResponse, answer: Answer | Failure, requestId: string): void {
    const { status, bytes, headers } = written(answer);
    response.writeHead(status, {
      ...headers,
      "content-length": bytes.length,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-request-id": requestId,
      // What is left of a body that was not read can't be followed by another request.
      ...((this.#draining || status === 413) && { connection: "close" }),
    });
    response.end(bytes);
  }
}

function written(answer: Answer | Failure): {
  readonly status: number;
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
} {
  const { status } = answer;
  if (answer instanceof Failure) {
    const { message: title, type, problems } = answer;
    // The form of RFC 9457.
    const bytes = Buffer.from(
      JSON.stringify({ ...(type && { type }), title, status, ...(problems.length > 0 && { problems }) }),
    );
    return { status, bytes, headers: { ...answer.headers, "content-type": "application/problem+json" } };
  }
  if ("bytes" in answer)
    return { status, bytes: answer.bytes, headers: { "content-type": answer.mediaType } };
  const bytes = Buffer.from(JSON.stringify(answer.json));
  return { status, bytes, headers: { "content-type": "application/json" } };
}

/**
 * Reads a body.
 *
 * @throws Failure 413 as soon as it is known to be larger than allowed, 400 when it ends early
 */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new Failure(413, `The body may have ${maxBytes} bytes at most.`);
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    // The answer to a body that is too large still needs the connection.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(400, "The body did not arrive.", { cause: error });
  }
  return Buffer.concat(chunks);
}

async function inTime(answer: Promise<Answer>, deadline: Deadline): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(unavailable("An answer in time"));
    }, deadline.remainingMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
