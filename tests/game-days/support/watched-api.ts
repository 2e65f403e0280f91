import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** The API's routes that the probe calls, on 127.0.0.1, with what can befall them. */
export class WatchedApi {
  /** Answers 503 to everything. */
  isDown = false;
  /** Every profile that was written and acknowledged, the newest last. */
  readonly #profiles: string[] = [];
  #lost = 0;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const isProfile = request.url?.startsWith("/v1/profiles/") === true;
        if (!this.isDown && isProfile && request.method === "PUT") {
          this.#profiles.push(Buffer.concat(chunks).toString("utf8"));
        } else if (isProfile && this.#lost > 0) {
          this.#profiles.splice(-this.#lost);
          this.#lost = 0;
        }
        response.writeHead(this.isDown ? 503 : 200, { "content-type": "application/json" });
        response.end((isProfile && !this.isDown ? this.#profiles.at(-1) : undefined) ?? "{}");
      });
    });
  }

  static async start(): Promise<WatchedApi> {
    const api = new WatchedApi();
    await new Promise<void>((resolve) => api.#server.listen(0, "127.0.0.1", resolve));
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Nobody is answered for a while. */
  fail(milliseconds: number): void {
    this.isDown = true;
    setTimeout(() => {
      this.isDown = false;
    }, milliseconds).unref();
  }

  /** From the next read on the newest writes are gone, although they were acknowledged. */
  lose(writes: number): void {
    this.#lost = writes;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
