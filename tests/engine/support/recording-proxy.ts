import http from "node:http";
import type { AddressInfo } from "node:net";

import type { IamRequest } from "../../unit/iam-requests";

/** Stands before a simulation of AWS, and tells which rights the requests that came through it would have needed. */
export class RecordingProxy {
  readonly url: string;
  readonly #server: http.Server;
  readonly #needed: IamRequest[];

  private constructor(server: http.Server, needed: IamRequest[]) {
    this.#server = server;
    this.#needed = needed;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param target address of the simulation */
  static async start(target: string): Promise<RecordingProxy> {
    const needed: IamRequest[] = [];
    const server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks);
        needed.push(...rightsFor(request, body));
        const { method = "GET", url = "/", headers } = request;
        const onward = http.request(target + url, { method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        });
        onward.on("error", () => response.writeHead(502).end());
        onward.end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new RecordingProxy(server, needed);
  }

  /** What has been needed since this was last asked, each once. */
  take(): IamRequest[] {
    const each = new Map(this.#needed.splice(0).map((it) => [JSON.stringify(it), it]));
    return [...each.values()];
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** @throws RangeError for a request that this has no words for */
function rightsFor({ method, url = "/", headers }: http.IncomingMessage, body: Buffer): IamRequest[] {
  const target = headers["x-amz-target"];
  if (typeof target === "string") {
    const { EncryptionContext = {} } = JSON.parse(body.toString()) as {
      EncryptionContext?: Record<string, string>;
    };
    const context = Object.entries(EncryptionContext).map(([key, value]) => [
      `kms:EncryptionContext:${key}`,
      value,
    ]);
    return [
      {
        action: target.replace("TrentService.", "kms:"),
        resource: "*",
        context: Object.fromEntries(context) as Record<string, string>,
      },
    ];
  }
  const { pathname, searchParams } = new URL(url, "http://127.0.0.1");
  const [, bucket = "", ...key] = decodeURIComponent(pathname).split("/");
  const object = key.join("/");
  const on = (action: string, name = `${bucket}/${object}`) => ({ action, resource: `arn:aws:s3:::${name}` });
  if (object === "" && method === "GET") return [on("s3:ListBucket", bucket)];
  if (method === "POST" && searchParams.has("delete")) {
    const keys = [...body.toString().matchAll(/<Key>(.*?)<\/Key>/g)].map(([, name = ""]) => name);
    return keys.map((name) => on("s3:DeleteObject", `${bucket}/${name}`));
  }
  const source = headers["x-amz-copy-source"];
  switch (method) {
    case "GET":
    case "HEAD":
      return [on("s3:GetObject")];
    case "PUT":
      return [
        on("s3:PutObject"),
        ...(typeof source === "string"
          ? [on("s3:GetObject", decodeURIComponent(source).replace(/^\//, ""))]
          : []),
      ];
    case "DELETE":
      return [on("s3:DeleteObject")];
    default:
      throw new RangeError(`${method ?? ""} ${url} has no words here`);
  }
}
