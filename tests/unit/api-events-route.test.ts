import assert from "node:assert/strict";

import { render } from "velocityjs";

import { EVENT_BATCH, eventsRoute } from "../../components/api/events-route";

const route = eventsRoute({
  region: "eu-central-1",
  streamName: "streamflix-events-dev",
  roleArn: "role",
  security: [{ caller: [] }],
});
const integration = route["x-amazon-apigateway-integration"];

const SESSION = "q7Hc0m9S3kqz1vJ2bX4e5A";
const OTHER_SESSION = "Zr8Td1n_T4lr-2wK3cY5f6";

const event = (changes: object = {}) => ({
  eventId: "b5YZ_4uGTQG0LQDPT8lk-w",
  sessionId: SESSION,
  type: "playback.started",
  titleId: "tt-42",
  positionSeconds: 12,
  occurredAt: "2026-01-31T23:59:59.999Z",
  ...changes,
});

/** What API Gateway answers with, in the words of the template that it fills. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Fills a template as API Gateway does, with its `$input`, `$util` and `$context`. */
function fill(template: string, input: unknown): { text: string; override: Override } {
  const override: Override = { header: {} };
  const text = render(template, {
    input: {
      path: (expression: string) => at(input, expression),
      json: (expression: string) => JSON.stringify(at(input, expression)),
    },
    util: { base64Encode: (value: string) => Buffer.from(value).toString("base64") },
    context: { responseOverride: override },
  });
  return { text, override };
}

interface Override {
  status?: number;
  header: Record<string, string>;
}

/** The few JSON paths that the templates use. */
function at(input: unknown, expression: string): unknown {
  return expression
    .split(/[.[\]]/)
    .filter((part) => part !== "" && part !== "$")
    .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], input);
}

/** What a caller gets when Kinesis answers so. */
function answerTo(status: number, kinesis: unknown): Answer {
  const responses = integration.responses ?? {};
  const response = responses[String(status)] ?? responses["default"];
  assert.ok(response);
  const { text, override } = fill(response.responseTemplates?.["application/json"] ?? "", kinesis);
  return {
    status: override.status ?? Number(response.statusCode),
    headers: override.header,
    body: JSON.parse(text),
  };
}

const AGAIN = { "Retry-After": "1" };
const stored = { SequenceNumber: "1", ShardId: "shardId-000000000000" };
const refused = { ErrorCode: "ProvisionedThroughputExceededException", ErrorMessage: "Rate exceeded" };
const FAILED = { message: "The request failed. Try again later." };

describe("POST /v1/events", () => {
  it("puts each event of a batch into the stream as it came, by session", () => {
    // Nothing that has to be escaped passes the contract; it would not break the request either.
    const odd = { titleId: 'He said "#if" & left $5 \\ éü\n' };
    const events = [event(), event({ sessionId: OTHER_SESSION }), event(odd)];
    const template = integration.requestTemplates?.["application/json"] ?? "";
    const request = JSON.parse(fill(template, { events }).text) as {
      StreamName: string;
      Records: { Data: string; PartitionKey: string }[];
    };
    assert.equal(request.StreamName, "streamflix-events-dev");
    assert.deepEqual(
      request.Records.map(({ PartitionKey }) => PartitionKey),
      [SESSION, OTHER_SESSION, SESSION],
    );
    const data = request.Records.map(
      ({ Data }) => JSON.parse(Buffer.from(Data, "base64").toString()) as unknown,
    );
    assert.deepEqual(data, events);
  });

  it("calls Kinesis with a role, and takes nothing but JSON", () => {
    const { type, httpMethod, uri, credentials, passthroughBehavior, requestParameters } = integration;
    assert.deepEqual(
      { type, httpMethod, uri, credentials, passthroughBehavior, requestParameters },
      {
        type: "aws",
        httpMethod: "POST",
        uri: "arn:aws:apigateway:eu-central-1:kinesis:action/PutRecords",
        credentials: "role",
        passthroughBehavior: "never",
        requestParameters: { "integration.request.header.Content-Type": "'application/x-amz-json-1.1'" },
      },
    );
    assert.deepEqual(Object.keys(integration.requestTemplates ?? {}), ["application/json"]);
  });

  it("answers 202 when every event is stored", () => {
    assert.deepEqual(answerTo(200, { FailedRecordCount: 0, Records: [stored, stored] }), {
      status: 202,
      headers: {},
      body: { accepted: 2 },
    });
  });

  it("never answers a success when a part failed, and says which part", () => {
    const Records = [refused, stored, refused, stored, refused];
    assert.deepEqual(answerTo(200, { FailedRecordCount: 3, Records }), {
      status: 503,
      headers: AGAIN,
      body: { message: "Send the failed events again.", failed: [0, 2, 4] },
    });
    assert.equal(answerTo(200, { FailedRecordCount: 1, Records: [refused] }).status, 503);
  });

  it("takes an answer without a count for a failure", () => {
    assert.equal(answerTo(200, { Records: [] }).status, 503);
  });

  for (const type of [
    "ProvisionedThroughputExceededException",
    "KMSThrottlingException",
    "LimitExceededException",
  ]) {
    it(`asks to send everything again after ${type}`, () => {
      assert.deepEqual(answerTo(400, { __type: type, message: "details of the stream" }), {
        status: 503,
        headers: AGAIN,
        body: { message: "Send all events again." },
      });
    });
  }

  it("names the limit of a batch that Kinesis refuses", () => {
    for (const __type of ["ValidationException", "InvalidArgumentException"]) {
      assert.deepEqual(answerTo(400, { __type, message: "1 validation error detected: Value '[]'" }), {
        status: 400,
        headers: {},
        body: { message: "A batch has 1 to 500 events." },
      });
    }
  });

  it("tells nothing of what went wrong behind the API", () => {
    const message = "User: arn:aws:sts::111122223333:assumed-role/x is not authorized";
    const hidden = { status: 500, headers: {}, body: FAILED };
    assert.deepEqual(answerTo(400, { __type: "AccessDeniedException", message }), hidden);
    assert.deepEqual(answerTo(400, { message }), hidden);
    assert.deepEqual(answerTo(500, { __type: "InternalFailure", message }), hidden);
  });

  it("has its body checked, and declares every status that an answer starts from", () => {
    assert.equal(route["x-amazon-apigateway-request-validator"], "all");
    assert.deepEqual(route.requestBody?.content["application/json"].schema, {
      $ref: "#/components/schemas/EventBatch",
    });
    const statuses = Object.values(integration.responses ?? {}).map(({ statusCode }) => statusCode);
    assert.deepEqual(statuses.sort(), Object.keys(route.responses).sort());
  });
});

describe("a batch of events", () => {
  const item = EVENT_BATCH.properties?.["events"]?.items;
  const pattern = (property: string) => new RegExp(item?.properties?.[property]?.pattern ?? "^$");

  const fields = item?.properties ?? {};

  it("has listed fields only", () => {
    assert.equal(EVENT_BATCH.additionalProperties, false);
    assert.equal(item?.additionalProperties, false);
    assert.deepEqual(Object.keys(fields), [
      ...[
        "eventId",
        "sessionId",
        "type",
        "titleId",
        "positionSeconds",
        "bitrateKbps",
        "bufferedMilliseconds",
      ],
      ...["errorCode", "occurredAt"],
    ]);
    assert.deepEqual(item.required, ["eventId", "sessionId", "type", "occurredAt"]);
  });

  it("has no field that an id, a name, an address or a number of a viewer fits into", () => {
    const uuid = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
    const personal = [uuid, uuid.replaceAll("-", ""), uuid.toUpperCase(), "Ada Lovelace", "ada@example.org"];
    for (const [name, { type, pattern: source, minimum, maximum }] of Object.entries(fields)) {
      if (type === "string") {
        const form = new RegExp(source ?? "");
        assert.deepEqual(
          personal.filter((it) => form.test(it)),
          [],
          name,
        );
      } else {
        // A telephone number has nine digits or more.
        assert.ok(type === "integer" && minimum === 0 && Number(maximum) < 1e8, name);
      }
    }
  });

  it("has patterns that take good values and leave nothing in a session id that would need escaping", () => {
    const good = event();
    for (const property of ["eventId", "sessionId", "type", "titleId", "occurredAt"] as const) {
      assert.match(good[property], pattern(property));
    }
    assert.match("MEDIA_DECODE_3", pattern("errorCode"));
    for (const bad of [
      'a","PartitionKey":"bcd',
      "short",
      "with space 12345678901",
      "x".repeat(23),
      "ünicode-12345678901234",
      "line\nbreak-12345678901",
    ]) {
      assert.doesNotMatch(bad, pattern("sessionId"));
    }
    assert.doesNotMatch("2026-01-31 23:59:59", pattern("occurredAt"));
    assert.doesNotMatch("Playback", pattern("type"));
  });
});
