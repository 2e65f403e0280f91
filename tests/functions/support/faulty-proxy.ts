import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to an answer on its way: another checksum, an end in the middle, or an error of S3 in its place. */
export type Harm = "checksum" | "cut" | { readonly code: string };

/** Stands between a client of S3 and a server, and harms answers about some keys. */
export class FaultyProxy {
  /** Harms by the end of a path, and for how many requests. */
  readonly harms = new Map<string, { readonly harm: Harm; times: number }>();
  readonly #server: Server;

  private constructor(target: string) {
    this.#server = createServer((incoming, outgoing) => {
      const forwarded = request(
        new URL(incoming.url ?? "", target),
        { method: incoming.method ?? "GET", headers: incoming.headers },
        (answer) => {
          this.#answer(incoming, answer, outgoing);
        },
      );
      incoming.pipe(forwarded);
    });
  }

  static async before(target: string): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer({ method, url = "" }: IncomingMessage, answer: IncomingMessage, outgoing: ServerResponse): void {
    const { pathname, search } = new URL(url, this.url);
    const found = method === "GET" ? this.#harmOf(pathname, search) : undefined;
    if (typeof found === "object") {
      answer.resume();
      outgoing.writeHead(403, { "content-type": "application/xml" });
      outgoing.end(`<Error><Code>${found.code}</Code><Message>said the bucket</Message></Error>`);
      return;
    }
    const headers = { ...answer.headers };
    if (found === "checksum") headers["x-amz-checksum-crc32"] = "AAAAAA==";
    outgoing.writeHead(answer.statusCode ?? 500, headers);
    if (found !== "cut") {
      answer.pipe(outgoing);
      return;
    }
    answer.once("data", (chunk: Buffer) => {
      outgoing.write(chunk.subarray(0, chunk.length / 2), () => outgoing.destroy());
    });
  }

  #harmOf(pathname: string, search: string): Harm | undefined {
    for (const [end, it] of this.harms) {
      if (it.times > 0 && (pathname.endsWith(end) || search.includes(end))) {
        it.times -= 1;
        return it.harm;
      }
    }
    return undefined;
  }
}
