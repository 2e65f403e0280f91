import type { Operation, Schema } from "./document";

/** Most records that one PutRecords call takes. */
const MAX_RECORDS = 500;

/**
 * The body of `POST /v1/events`. A session is named by the id that the service gave it; the contract has no place for
 * a viewer's name or id, since nothing on this way could pseudonymise it.
 */
export const EVENT_BATCH: Schema = {
  type: "object",
  required: ["events"],
  additionalProperties: false,
  properties: {
    events: {
      type: "array",
      minItems: 1,
      maxItems: MAX_RECORDS,
      items: {
        type: "object",
        required: ["eventId", "sessionId", "type", "occurredAt"],
        additionalProperties: false,
        properties: {
          eventId: {
            type: "string",
            description: "UUID; readers drop a second event of the same id, so a batch may be sent again.",
            pattern: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
          },
          sessionId: {
            type: "string",
            description: "Pseudonym of the session; events of one session stay in order.",
            pattern: "^[A-Za-z0-9_-]{8,64}$",
          },
          type: { type: "string", pattern: "^[a-z][a-z0-9.-]{0,63}$" },
          occurredAt: {
            type: "string",
            description: "UTC in the form of RFC 3339, with at most six decimals.",
            pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,6})?Z$",
          },
          properties: { type: "object" },
        },
      },
    },
  },
};

/** One PutRecords call a batch. The validator has admitted nothing into a session id that would need escaping. */
const requestTemplate = (streamName: string) =>
  [
    `{"StreamName":"${streamName}","Records":[`,
    "#foreach($event in $input.path('$.events'))",
    '{"Data":"$util.base64Encode($input.json("$.events[$foreach.index]"))","PartitionKey":"$event.sessionId"}',
    "#if($foreach.hasNext),#end",
    "#end",
    "]}",
  ].join("\n");

/**
 * Kinesis answers 200 even when it stored nothing. A batch of which a part failed gets 503 and the positions to send
 * again, never a success.
 */
const PARTIAL_FAILURE = [
  "#set($answer = $input.path('$'))",
  "#if($answer.FailedRecordCount == 0)",
  '{"accepted":$answer.Records.size()}',
  "#else",
  "#set($context.responseOverride.status = 503)",
  '#set($context.responseOverride.header.Retry-After = "1")',
  '#set($comma = "")',
  '{"message":"Send the failed events again.","failed":[',
  "#foreach($record in $answer.Records)",
  '#if("$!record.ErrorCode" != "")${comma}${foreach.index}#set($comma = ",")#end',
  "#end",
  "]}",
  "#end",
].join("\n");

/** Kinesis answers 400 both to a bad call and to a full stream, and names which in `__type`. */
const REFUSED = [
  "#set($type = $input.path('$.__type'))",
  // Text in any case, so that a missing name has no methods to fail on.
  '#set($type = "$!type")',
  '#if($type.indexOf("Throughput") >= 0 || $type.indexOf("Throttl") >= 0 || $type.indexOf("LimitExceeded") >= 0)',
  "#set($context.responseOverride.status = 503)",
  '#set($context.responseOverride.header.Retry-After = "1")',
  '{"message":"Send all events again."}',
  '#elseif($type.indexOf("Validation") >= 0 || $type.indexOf("InvalidArgument") >= 0)',
  `{"message":"A batch has 1 to ${MAX_RECORDS} events."}`,
  "#else",
  "#set($context.responseOverride.status = 500)",
  '{"message":"The request failed. Try again later."}',
  "#end",
].join("\n");

/** `POST /v1/events`: from the caller straight into the stream, without a program in between. */
export function eventsRoute(args: {
  readonly region: string;
  readonly streamName: string;
  readonly roleArn: string;
  readonly security: Operation["security"];
}): Operation {
  const json = (template: string) => ({ "application/json": template });
  return {
    operationId: "postEvents",
    summary: "Stores a batch of playback events.",
    security: args.security,
    requestBody: {
      required: true,
      content: { "application/json": { schema: { $ref: "#/components/schemas/EventBatch" } } },
    },
    responses: {
      "202": { description: "All events are stored." },
      "400": { description: "The batch does not match the contract." },
      "500": { description: "Nothing is stored." },
    },
    "x-amazon-apigateway-request-validator": "all",
    "x-amazon-apigateway-integration": {
      type: "aws",
      httpMethod: "POST",
      uri: `arn:aws:apigateway:${args.region}:kinesis:action/PutRecords`,
      credentials: args.roleArn,
      passthroughBehavior: "never",
      requestParameters: { "integration.request.header.Content-Type": "'application/x-amz-json-1.1'" },
      requestTemplates: json(requestTemplate(args.streamName)),
      responses: {
        "200": { statusCode: "202", responseTemplates: json(PARTIAL_FAILURE) },
        "400": { statusCode: "400", responseTemplates: json(REFUSED) },
        default: {
          statusCode: "500",
          responseTemplates: json('{"message":"The request failed. Try again later."}'),
        },
      },
    },
  };
}
