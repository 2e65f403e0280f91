import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What a fake answers; undefined breaks the connection off. */
export type FakeAnswer =
  { readonly status: number; readonly type: string; readonly body: string } | undefined;

/** An HTTP server on 127.0.0.1 that hands whole requests to a function. */
export class HttpFake {
  readonly #server: Server;

  constructor(answer: (request: IncomingMessage, body: string) => FakeAnswer) {
    this.#server = createServer((request, response) => {
      void (async () => {
        let body = "";
        for await (const chunk of request.setEncoding("utf8")) body += String(chunk);
        const given = answer(request, body);
        if (given === undefined) return request.socket.destroy();
        response.writeHead(given.status, { "content-type": given.type });
        return response.end(given.body);
      })();
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
