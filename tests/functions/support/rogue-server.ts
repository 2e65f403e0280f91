import { createServer, type Server } from "node:net";

/** Listens where a database is expected, refuses TLS and keeps what it gets. */
export class RogueServer {
  received = Buffer.alloc(0);
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (data) => {
        this.received = Buffer.concat([this.received, data]);
        socket.write("N");
      });
    });
  }

  static async start(): Promise<RogueServer> {
    const rogue = new RogueServer();
    await new Promise<void>((resolve) => rogue.#server.listen(0, "127.0.0.1", resolve));
    return rogue;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
