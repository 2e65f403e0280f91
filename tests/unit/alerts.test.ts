import assert from "node:assert/strict";

import * as pulumi from "@pulumi/pulumi";

import { Alerts, type AlertsArgs } from "../../components/alerts";
import { record, type Registration } from "./mocks";
import { countByType, ofType, only, PLACE, statementsOf } from "./registrations";

async function alerts(
  contacts: AlertsArgs["contacts"],
  lists: AlertsArgs["alerts"] = { email: ["operations", "onCall"], sms: ["onCall"] },
): Promise<readonly Registration[]> {
  const { registrations } = await record(() => {
    new Alerts("alerts", { ...PLACE, alerts: lists, contacts, keyArn: "key-arn" });
  });
  return registrations;
}

/** Each subscription as name, protocol and endpoint, which has to be secret. */
function subscriptions(registrations: readonly Registration[]): string[] {
  return ofType(registrations, "TopicSubscription").map(
    ({ name, inputs: { protocol, endpoint, ...rest } }) => {
      assert.deepEqual(rest, {
        topic: name.startsWith("alerts-warnings-") ? "Topic/alerts-warnings#arn" : "Topic/alerts#arn",
        redrivePolicy: JSON.stringify({ deadLetterTargetArn: "Queue/alerts-failures#arn" }),
      });
      assert.ok(pulumi.runtime.isRpcSecret(endpoint), `${name} shows its endpoint`);
      return `${name} ${String(protocol)} ${String(pulumi.runtime.unwrapRpcSecret(endpoint))}`;
    },
  );
}

/** Contacts as the configuration hands them over, all text secret. */
function contactsOf(
  plain: Readonly<Record<string, { email?: string; phone?: string }>>,
): NonNullable<AlertsArgs["contacts"]> {
  return Object.fromEntries(
    Object.entries(plain).map(([name, channels]) => [
      name,
      Object.fromEntries(Object.entries(channels).map(([channel, text]) => [channel, pulumi.secret(text)])),
    ]),
  );
}

describe("Alerts", () => {
  it("makes encrypted topics that each publisher may publish to, over TLS only", async () => {
    const registrations = await alerts({});
    assert.deepEqual(countByType(registrations), {
      "aws:sns/topic:Topic": 2,
      "aws:sns/topicPolicy:TopicPolicy": 2,
      "aws:sqs/queue:Queue": 1,
      "aws:sqs/queuePolicy:QueuePolicy": 1,
      "streamflix:alerts:Alerts": 1,
      "streamflix:function:FailureQueue": 1,
    });
    for (const [name, topic] of [
      ["alerts", "streamflix-alerts-unit"],
      ["alerts-warnings", "streamflix-warnings-unit"],
    ] as const) {
      assert.deepEqual(only(registrations, "Topic", name).inputs, { name: topic, kmsMasterKeyId: "key-arn" });
      const { arn, policy } = only(registrations, "TopicPolicy", name).inputs;
      assert.equal(arn, `Topic/${name}#arn`);
      const Resource = `arn:aws:sns:eu-central-1:111122223333:${topic}`;
      const publisher = (Sid: string, service: string, sourceArn?: string) => ({
        Sid,
        Effect: "Allow",
        Principal: { Service: `${service}.amazonaws.com` },
        Action: "sns:Publish",
        Resource,
        Condition: {
          StringEquals: { "aws:SourceAccount": "111122223333" },
          ...(sourceArn === undefined ? {} : { ArnLike: { "aws:SourceArn": sourceArn } }),
        },
      });
      assert.deepEqual(policy, {
        Version: "2012-10-17",
        Statement: [
          publisher("Alarms", "cloudwatch", "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:*"),
          publisher("Budgets", "budgets", "arn:aws:budgets::111122223333:*"),
          publisher("CostAnomalies", "costalerts"),
          publisher("Backups", "backup"),
          publisher("DatabaseEvents", "events.rds", "arn:aws:rds:eu-central-1:111122223333:*"),
          {
            Sid: "Events",
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Action: "sns:Publish",
            Resource,
          },
          {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "sns:Publish",
            Resource,
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      });
    }
  });

  it("lets the topics keep what they can't deliver", async () => {
    const [statement] = statementsOf(only(await alerts({}), "QueuePolicy").inputs["policy"]);
    assert.deepEqual(statement, {
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: "arn:aws:sqs:eu-central-1:111122223333:streamflix-alerts-failures-unit",
      Condition: {
        ArnLike: {
          "aws:SourceArn": [
            "arn:aws:sns:eu-central-1:111122223333:streamflix-alerts-unit",
            "arn:aws:sns:eu-central-1:111122223333:streamflix-warnings-unit",
          ],
        },
      },
    });
  });

  it("subscribes each listed contact by its channel, named after contacts only", async () => {
    const contacts = contactsOf({
      operations: { email: "ops@example.org", phone: "+4915100000000" },
      onCall: { email: "oncall@example.org", phone: "+4915112345678" },
      unlisted: { email: "nobody@example.org" },
    });
    assert.deepEqual(subscriptions(await alerts(contacts)), [
      "alerts-onCall-email email oncall@example.org",
      "alerts-onCall-sms sms +4915112345678",
      "alerts-operations-email email ops@example.org",
      "alerts-warnings-onCall-email email oncall@example.org",
      "alerts-warnings-operations-email email ops@example.org",
    ]);
  });

  it("subscribes by text message only whom it was told to", async () => {
    const contacts = contactsOf({ onCall: { email: "oncall@example.org", phone: "+4915112345678" } });
    assert.deepEqual(subscriptions(await alerts(contacts, { email: ["onCall"], sms: [] })), [
      "alerts-onCall-email email oncall@example.org",
      "alerts-warnings-onCall-email email oncall@example.org",
    ]);
  });

  it("subscribes nobody without contacts", async () => {
    assert.deepEqual(subscriptions(await alerts(undefined)), []);
  });

  it("leaves out a contact that lacks the channel", async () => {
    const contacts = contactsOf({ onCall: { email: "oncall@example.org" } });
    assert.deepEqual(subscriptions(await alerts(contacts)), [
      "alerts-onCall-email email oncall@example.org",
      "alerts-warnings-onCall-email email oncall@example.org",
    ]);
  });
});
