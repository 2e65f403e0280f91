import assert from "node:assert/strict";

import { describeError, type LogFields, makeLog } from "../../service/log";

describe("service: log", () => {
  it("writes allowed fields and drops all others", () => {
    const lines: string[] = [];
    const log = makeLog((line) => lines.push(line));
    const fields = {
      route: "/v1/profiles/{id}",
      status: 503,
      path: "/v1/profiles/1",
      password: "p",
    } as LogFields;
    log("warn", "request failed", fields);
    const { time, ...rest } = JSON.parse(lines.join("")) as Record<string, unknown>;
    assert.match(String(time), /^\d{4}-.*Z$/);
    assert.deepEqual(rest, {
      level: "warn",
      event: "request failed",
      route: "/v1/profiles/{id}",
      status: 503,
    });
  });

  it("says class and code of an error, never its text", () => {
    const error = Object.assign(new RangeError("Key (name)=(Ann) already exists."), { code: "23505" });
    assert.deepEqual(describeError(error), { error: "RangeError", code: "23505" });
    assert.deepEqual(describeError("a text"), { error: "string" });
  });
});
