import { HttpFake } from "./http-fake";

/** Takes OTLP over HTTP on 127.0.0.1, as the collector beside the service does, and keeps what it got as text. */
export class Collector {
  /** Bodies by signal, each a JSON text. */
  readonly traces: string[] = [];
  readonly metrics: string[] = [];
  readonly #fake = new HttpFake((request, body) => {
    if (request.url === "/v1/traces") this.traces.push(body);
    if (request.url === "/v1/metrics") this.metrics.push(body);
    return { status: 200, type: "application/json", body: "{}" };
  });

  static async start(): Promise<Collector> {
    const collector = new Collector();
    await collector.#fake.start();
    return collector;
  }

  get url(): string {
    return this.#fake.url;
  }

  stop(): Promise<void> {
    return this.#fake.stop();
  }
}
