import assert from "node:assert/strict";

import type { CloudWatchLogsClient, LogGroup } from "@aws-sdk/client-cloudwatch-logs";

import { sweep } from "../../functions/log-sweeper/run";

const SETTINGS = { prefixes: ["/aws/", "RDS"], retentionDays: 30, keyArn: "arn:aws:kms:key" };

/** CloudWatch Logs with some groups, one on each page of a listing. */
class Logs {
  readonly calls: string[] = [];
  /** Error's name by group. */
  readonly refuses: Readonly<Record<string, string>>;
  readonly #groups: readonly LogGroup[];

  constructor(groups: readonly LogGroup[], refuses: Readonly<Record<string, string>> = {}) {
    this.#groups = groups;
    this.refuses = refuses;
  }

  readonly send = ((command: { readonly input: Readonly<Record<string, unknown>> }) => {
    const { logGroupNamePrefix: prefix, nextToken, logGroupName: name, ...given } = command.input;
    if (typeof prefix === "string") {
      const found = this.#groups.filter((group) => group.logGroupName?.startsWith(prefix));
      const at = Number(nextToken ?? 0);
      return Promise.resolve({
        logGroups: found.slice(at, at + 1),
        ...(at + 1 < found.length && { nextToken: String(at + 1) }),
      });
    }
    this.calls.push(`${String(name)} ${JSON.stringify(given)}`);
    const refusal = this.refuses[String(name)];
    return refusal === undefined
      ? Promise.resolve({})
      : Promise.reject(Object.assign(new Error("said AWS"), { name: refusal }));
  }) as unknown as CloudWatchLogsClient["send"];
}

const group = (logGroupName: string, more: LogGroup = {}): LogGroup => ({ logGroupName, ...more });

describe("log sweeper", () => {
  it("gives key and end to groups without, and changes nothing that is set", async () => {
    const logs = new Logs([
      group("/aws/rds/new"),
      group("/aws/rds/kept", { retentionInDays: 365, kmsKeyId: "other" }),
      group("/aws/rds/keyless", { retentionInDays: 7 }),
      group("RDSOSMetrics", { kmsKeyId: "other" }),
      group("/aws/delivery", { logGroupClass: "DELIVERY", kmsKeyId: "other" }),
      group("/streamflix/dev/service"),
    ]);
    assert.deepEqual(await sweep(logs, SETTINGS), {
      seen: 5,
      gotRetention: ["/aws/rds/new", "RDSOSMetrics"],
      gotKey: ["/aws/rds/keyless", "/aws/rds/new"],
    });
    assert.deepEqual(logs.calls, [
      '/aws/rds/keyless {"kmsKeyId":"arn:aws:kms:key"}',
      '/aws/rds/new {"retentionInDays":30}',
      '/aws/rds/new {"kmsKeyId":"arn:aws:kms:key"}',
      'RDSOSMetrics {"retentionInDays":30}',
    ]);
  });

  it("looks after the others when one refuses, and then says which did", async () => {
    const logs = new Logs([group("/aws/a"), group("/aws/b"), group("/aws/gone")], {
      "/aws/a": "AccessDeniedException",
      "/aws/gone": "ResourceNotFoundException",
    });
    await assert.rejects(sweep(logs, SETTINGS), {
      name: "LogGroupsUnmended",
      message:
        "2 changes of log groups failed: /aws/a: AccessDeniedException: said AWS; /aws/a: AccessDeniedException: said AWS. " +
        "What to do: see that the function's role and the policy of the logs key allow it; all others are done.",
    });
    assert.deepEqual(logs.calls.filter((call) => call.startsWith("/aws/b")).length, 2);
  });
});
