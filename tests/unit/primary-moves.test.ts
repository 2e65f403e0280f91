import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { PRIMARY_MOVE_EVENT_IDS, PrimaryMoves } from "../../components/database/primary-moves";
import { section, stack } from "./data-mocks";
import { made, record, type Registration } from "./mocks";
import { countByType, only, statementsOf } from "./registrations";

async function moves(of: "prod" | "prod-dr"): Promise<readonly Registration[]> {
  const { config, names, accountId, region, availabilityZones } = stack(of);
  const { registrations } = await record(() => {
    new PrimaryMoves("moves", {
      ...{ names, accountId, region, availabilityZones },
      database: section(config, "database"),
      topic: pulumi.output("topic"),
      keyArn: "key-messaging",
    });
  });
  return registrations;
}

for (const [of, region, instances] of [
  ["prod", "eu-central-1", 3],
  ["prod-dr", "eu-west-1", 2],
] as const) {
  describe(`PrimaryMoves of ${of}`, () => {
    const rds = `arn:aws:rds:${region}:444455556666`;
    let all: readonly Registration[];
    before(async () => {
      all = await moves(of);
    });

    it("registers exactly these resources", () => {
      assert.deepEqual(countByType(all), {
        "aws:cloudwatch/eventRule:EventRule": 1,
        "aws:cloudwatch/eventTarget:EventTarget": 1,
        "aws:sqs/queue:Queue": 1,
        "aws:sqs/queuePolicy:QueuePolicy": 1,
        "streamflix:database:PrimaryMoves": 1,
        "streamflix:function:FailureQueue": 1,
      });
    });

    it("listens for moves of the stack's own cluster and instances", () => {
      const { inputs } = only(all, "EventRule");
      assert.deepEqual(
        [inputs["name"], inputs["description"]],
        [`streamflix-primary-moves-${of}`, "Tells people of primary moves"],
      );
      assert.deepEqual(JSON.parse(String(inputs["eventPattern"])), {
        source: ["aws.rds"],
        "detail-type": ["RDS DB Cluster Event", "RDS DB Instance Event"],
        detail: {
          SourceArn: [
            `${rds}:cluster:streamflix-database-${of}`,
            ...[1, 2, 3]
              .slice(0, instances)
              .map((number) => ({ prefix: `${rds}:db:streamflix-database-${number}-${of}-` })),
          ],
          EventID: [181, 185, 186, 187, 238, 239, 241, 519, 391].map((id) => `RDS-EVENT-0${id}`),
        },
      });
    });

    it("tells people at once, in AWS's words with the runbook, and keeps what reaches nobody", () => {
      const { inputs, dependsOn } = only(all, "EventTarget");
      assert.deepEqual(inputs, {
        rule: `streamflix-primary-moves-${of}`,
        targetId: "primary-moves",
        arn: "topic",
        inputTransformer: {
          inputPaths: { message: "$.detail.Message", id: "$.detail.EventID" },
          inputTemplate:
            '"Global database: <message> (<id>) Runbook: docs/runbooks/global-database.md#primary-moved"',
        },
        deadLetterConfig: { arn: made("Queue", "moves", "arn") },
        retryPolicy: { maximumRetryAttempts: 24, maximumEventAgeInSeconds: 3600 },
      });
      assert.deepEqual(dependsOn, ["FailureQueue moves"]);
      const [admitted] = statementsOf(only(all, "QueuePolicy").inputs["policy"]);
      assert.deepEqual(admitted?.Condition, {
        ArnLike: {
          "aws:SourceArn": [`arn:aws:events:${region}:444455556666:rule/streamflix-primary-moves-${of}`],
        },
      });
    });
  });
}

describe("the runbook of a primary that moved", () => {
  it("says of every event that people are told of what to do, and of no other", () => {
    const page = readFileSync(join(__dirname, "../../docs/runbooks/global-database.md"), "utf8");
    const rows = [...page.matchAll(/^\| `(RDS-EVENT-\d{4})` +\|/gm)].map(([, id]) => id);
    assert.deepEqual(rows, [...PRIMARY_MOVE_EVENT_IDS].sort());
  });
});
