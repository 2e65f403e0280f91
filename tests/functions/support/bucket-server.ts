import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** One bucket as far as the erasure log uses it: conditional puts, gets, listings by page. */
export class BucketServer {
  /** Bodies by key. */
  readonly objects = new Map<string, string>();
  /** Such as `PUT /bucket/key`. */
  readonly journal: string[] = [];
  /** Keys on one page of a listing. */
  pageSize = 2;
  /** Refuses everything with this code. */
  refusal: string | undefined;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(({ status, body }) => response.writeHead(status).end(body));
    });
  }

  static async start(): Promise<BucketServer> {
    const bucket = new BucketServer();
    await new Promise<void>((resolve) => bucket.#server.listen(0, "127.0.0.1", resolve));
    return bucket;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage): Promise<{ status: number; body: string }> {
    const url = new URL(request.url ?? "", this.url);
    this.journal.push(`${request.method ?? ""} ${url.pathname}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.refusal !== undefined) return failure(403, this.refusal);
    if (url.searchParams.has("list-type")) return { status: 200, body: this.#page(url.searchParams) };
    const key = url.pathname.split("/").slice(2).join("/");
    const object = this.objects.get(key);
    if (request.method === "PUT") {
      if (request.headers["if-none-match"] === "*" && object !== undefined)
        return failure(412, "PreconditionFailed");
      this.objects.set(key, Buffer.concat(chunks).toString());
      return { status: 200, body: "" };
    }
    return object === undefined ? failure(404, "NoSuchKey") : { status: 200, body: object };
  }

  #page(query: URLSearchParams): string {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(query.get("prefix") ?? "")).sort();
    const start = Number(query.get("continuation-token") ?? 0);
    const end = start + this.pageSize;
    const contents = keys.slice(start, end).map((key) => `<Contents><Key>${key}</Key></Contents>`);
    const next = end < keys.length ? `<NextContinuationToken>${end}</NextContinuationToken>` : "";
    return `<ListBucketResult><IsTruncated>${end < keys.length}</IsTruncated>${contents.join("")}${next}</ListBucketResult>`;
  }
}

function failure(status: number, code: string): { status: number; body: string } {
  return { status, body: `<Error><Code>${code}</Code><Message>said the bucket</Message></Error>` };
}
