/** Sends requests to the service or the API, as a caller who may. */
import exec from "k6/execution";
import http from "k6/http";

import { credentialVariables, type Settings } from "./settings";
import { signatureHeaders } from "./signature";

/** A request. */
export interface Call {
  readonly method: "GET" | "PUT" | "POST";
  readonly path: string;
  /** The route, which figures are kept by: `/v1/profiles/{id}`. */
  readonly route: string;
  /** Sent as JSON. @default no body */
  readonly body?: unknown;
}

/** One caller. */
export class Client {
  readonly #settings: Settings;
  #turns = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Sends a request of a viewer and waits for its answer. */
  send(call: Call): void {
    const { method, url, body, params } = this.#request(call, "viewer");
    http.request(method, url, body, params);
  }

  /**
   * Sends requests that prepare a test, several at a time and in any order; they count for no objective. The first one
   * goes alone, and the run ends when it is not answered well: a load on what does not work says nothing.
   */
  prepare([first, ...others]: readonly Call[]): void {
    if (first === undefined) return;
    const { method, url, body, params } = this.#request(first, "preparation");
    const { status } = http.request(method, url, body, params);
    if (status < 200 || status > 299)
      exec.test.abort(`${method} ${first.route} was answered with ${status}: nothing is tested`);
    http.batch(others.map((call) => this.#request(call, "preparation")));
  }

  #request({ method, path, route, body }: Call, by: "viewer" | "preparation") {
    const { targets } = this.#settings;
    this.#turns += 1;
    const target = targets[(exec.vu.idInTest + this.#turns) % targets.length] ?? "";
    const text = body === undefined ? null : JSON.stringify(body);
    return {
      method,
      url: target + path,
      body: text,
      params: {
        headers: {
          ...(text !== null && { "content-type": "application/json" }),
          ...this.#rights(method, target, path, text ?? ""),
        },
        // Without a name every id would be a metric of its own.
        tags: { name: `${method} ${route}`, by },
      },
    };
  }

  #rights(method: string, target: string, path: string, body: string): Record<string, string> {
    const { caller, region } = this.#settings;
    switch (caller) {
      case "none":
        return {};
      case "cognito":
        return { authorization: `Bearer ${__ENV["TOKEN"] ?? ""}` };
      case "iam": {
        const [, host = "", base = ""] = /^https?:\/\/([^/]+)(.*)$/.exec(target) ?? [];
        const sessionToken = __ENV["AWS_SESSION_TOKEN"];
        const credentials = {
          accessKeyId: __ENV["AWS_ACCESS_KEY_ID"] ?? "",
          secretAccessKey: __ENV["AWS_SECRET_ACCESS_KEY"] ?? "",
          ...(sessionToken !== undefined && sessionToken !== "" && { sessionToken }),
        };
        return signatureHeaders({ method, host, path: base + path, body }, region, credentials, new Date());
      }
    }
  }
}

/** Ends the run when its caller has no credentials. Not while a script is only looked at, as an operator does first. */
export function demandCredentials({ caller }: Settings): void {
  const lacking = credentialVariables(caller).filter((name) => (__ENV[name] ?? "") === "");
  if (lacking.length > 0)
    exec.test.abort(`the API's callers need ${lacking.join(" and ")} in the environment`);
}
