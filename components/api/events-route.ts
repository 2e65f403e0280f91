import type { Operation, Schema } from "./document";

/** Most records that one PutRecords call takes. */
const MAX_RECORDS = 500;

/** Ids that a client makes up: 16 random bytes in base64url. */
const RANDOM_ID = "^[A-Za-z0-9_-]{22}$";

/**
 * The body of `POST /v1/events`: what a player measures. Nothing on this way could pseudonymise an id, so the contract
 * has no place for one of a viewer: fields are listed, and a UUID fits into none of them. What a viewer does goes to
 * `POST /v1/viewing-events` of the service, which knows how to name viewers.
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
            description:
              "Random; readers drop a second event of the same id, so a batch may be sent again. " +
              "16 bytes in base64url.",
            pattern: RANDOM_ID,
          },
          sessionId: {
            type: "string",
            description:
              "Random, new for every playback, and kept nowhere else; events of one session stay in order. " +
              "16 bytes in base64url.",
            pattern: RANDOM_ID,
          },
          type: { type: "string", pattern: "^[a-z][a-z0-9.-]{0,23}$" },
          titleId: { type: "string", pattern: "^[a-z0-9-]{1,24}$" },
          positionSeconds: { type: "integer", minimum: 0, maximum: 86_400 },
          bitrateKbps: { type: "integer", minimum: 0, maximum: 1_000_000 },
          bufferedMilliseconds: { type: "integer", minimum: 0, maximum: 86_400_000 },
          errorCode: { type: "string", pattern: "^[A-Z][A-Z0-9_]{0,23}$" },
          occurredAt: {
            type: "string",
            description: "UTC in the form of RFC 3339, with at most six decimals.",
            pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,6})?Z$",
          },
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
