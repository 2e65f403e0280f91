import { randomBytes } from "node:crypto";
import { outputsOf, type Props, type StoredObject } from "../../../account/store";
import { inRange, oneOf, shaped, under } from "../checks";
import { AwsError, type Model, type Reference } from "../model";
import { isPrepared } from "../preparation";
import { requireTrust } from "../policy-documents";
import { mapOf, text, textOr, type World } from "../world";
import { operationsOf, requireBody } from "./apigateway-body";
import { ROLE, ROLE_POLICY } from "./iam";
import { LOG_GROUP } from "./logs";

export const REST_API = "aws:apigateway/restApi:RestApi";
export const STAGE = "aws:apigateway/stage:Stage";
const DEPLOYMENT = "aws:apigateway/deployment:Deployment";
const ACCOUNT = "aws:apigateway/account:Account";
const MAPPING = "aws:apigateway/basePathMapping:BasePathMapping";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";

/** The API that something belongs to. */
const restApiReference: Reference = { types: [REST_API], by: "id" };

const ID_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** A new random id in API Gateway's shape: small letters and digits. */
export function gatewayId(length: number): string {
  return Array.from(randomBytes(length), (byte) => ID_CHARACTERS[byte % ID_CHARACTERS.length]).join("");
}

const restApi: Model = {
  type: REST_API,
  source: "internal/service/apigateway/rest_api.go",
  forceNew: [],
  kept: [
    ...["apiKeySource", "binaryMediaTypes", "description", "disableExecuteApiEndpoint"],
    ...["endpointConfiguration", "minimumCompressionSize", "policy", "securityPolicy"],
  ],
  autoName: "name",
  seconds: 3,
  taggable: true,
  computed: ["arn", "createdDate", "executionArn", "rootResourceId"],
  defaults: { apiKeySource: "HEADER", disableExecuteApiEndpoint: false, putRestApiMode: "overwrite" },
  documents: [{ property: "policy", kind: "resource" }],
  check: (inputs) => [
    ...shaped(inputs, "name", /^.{1,1024}$/s, "1 to 1024 characters"),
    ...under(
      "endpointConfiguration",
      oneOf(mapOf(inputs["endpointConfiguration"]), "types", ["EDGE", "REGIONAL", "PRIVATE"]),
    ),
  ],
  verify: (inputs, world) => {
    requireBody(inputs["body"], world);
    requireAccessMode(inputs);
  },
  verifyChange: (from, to) => {
    if (from["securityPolicy"] === "TLS_1_0" && to["securityPolicy"] === "TLS_1_2") {
      throw new AwsError("BadRequestException", "Security policy can't be updated from TLS_1_0 to TLS_1_2");
    }
  },
  make: (_inputs, world) => {
    const id = gatewayId(10);
    return {
      id,
      computed: {
        arn: `arn:aws:apigateway:${world.place.region}::/restapis/${id}`,
        createdDate: new Date().toISOString(),
        executionArn: world.arn("execute-api", id),
        rootResourceId: gatewayId(10),
      },
    };
  },
  beforeDelete: ({ id }, world) => {
    if (world.all(MAPPING).some(({ inputs }) => inputs["restApi"] === id)) {
      throw new AwsError(
        "BadRequestException",
        "Deleting REST API failed. Please remove all base path mappings related to the REST API in your domains.",
      );
    }
  },
};

const deployment: Model = {
  type: DEPLOYMENT,
  source: "internal/service/apigateway/deployment.go",
  forceNew: ["restApi", "triggers", "variables"],
  seconds: 2,
  taggable: false,
  computed: ["createdDate"],
  references: { restApi: restApiReference },
  verify: (inputs, world) => {
    const operations = operationsOf(apiOf(inputs, world).inputs["body"]);
    if (operations.length === 0) {
      throw new AwsError("BadRequestException", "The REST API doesn't contain any methods");
    }
    const idle = operations.find(({ integration }) => integration === undefined);
    if (idle) {
      throw new AwsError("BadRequestException", `No integration defined for method ${idle.place}`);
    }
  },
  make: () => ({ id: gatewayId(6), computed: { createdDate: new Date().toISOString() } }),
  importId: (inputs, id) => `${text(inputs, "restApi")}/${id}`,
  beforeDelete: ({ id }, world) => {
    if (world.all(STAGE).some(({ inputs }) => inputs["deployment"] === id)) {
      throw new AwsError(
        "BadRequestException",
        "Active stages pointing to this deployment must be moved or deleted",
      );
    }
  },
};

const stage: Model = {
  type: STAGE,
  source: "internal/service/apigateway/stage.go",
  forceNew: ["restApi", "stageName"],
  seconds: 2,
  taggable: true,
  computed: ["arn", "executionArn", "invokeUrl", "webAclArn"],
  defaults: { xrayTracingEnabled: false },
  references: {
    restApi: restApiReference,
    deployment: { types: [DEPLOYMENT], by: "id" },
    "accessLogSettings.destinationArn": { types: [LOG_GROUP], by: "arn" },
  },
  check: (inputs) => shaped(inputs, "stageName", /^[\w-]{1,128}$/, "1 to 128 letters, digits, _ and -"),
  unique: (inputs) => ({
    claim: `${text(inputs, "restApi")}/${text(inputs, "stageName")}`,
    taken: "ConflictException: Stage already exists",
  }),
  verify: (inputs, world) => {
    const deployed = world.need({ types: [DEPLOYMENT], by: "id" }, text(inputs, "deployment"));
    if (deployed.inputs["restApi"] !== inputs["restApi"]) {
      throw new AwsError("BadRequestException", "Invalid Deployment identifier specified");
    }
    const { format } = mapOf(inputs["accessLogSettings"]);
    if (typeof format === "string") {
      requireLogging(world);
      if (!/\$context\.(requestId|extendedRequestId)\b/.test(format) || format.includes("\n")) {
        throw new AwsError(
          "BadRequestException",
          "Access log format must be single line, and must contain at least $context.requestId or $context.extendedRequestId",
        );
      }
    }
  },
  make: (inputs, world) => {
    const [api, name] = [text(inputs, "restApi"), text(inputs, "stageName")];
    const { region } = world.place;
    return {
      id: `ags-${api}-${name}`,
      computed: {
        arn: `arn:aws:apigateway:${region}::/restapis/${api}/stages/${name}`,
        executionArn: world.arn("execute-api", `${api}/${name}`),
        invokeUrl: `https://${api}.execute-api.${region}.amazonaws.com/${name}`,
        webAclArn: "",
      },
    };
  },
  importId: (inputs) => `${text(inputs, "restApi")}/${text(inputs, "stageName")}`,
};

const methodSettings: Model = {
  type: "aws:apigateway/methodSettings:MethodSettings",
  source: "internal/service/apigateway/method_settings.go",
  forceNew: ["methodPath", "restApi", "stageName"],
  seconds: 1,
  taggable: false,
  computed: [],
  references: { restApi: restApiReference },
  check: (inputs) => {
    const settings = mapOf(inputs["settings"]);
    return under("settings", [
      ...oneOf(settings, "loggingLevel", ["OFF", "ERROR", "INFO"]),
      ...inRange(settings, "throttlingRateLimit", -1, Infinity),
      ...inRange(settings, "throttlingBurstLimit", -1, Infinity),
    ]);
  },
  verify: (inputs, world) => {
    requireStage(inputs, world);
    const { loggingLevel } = mapOf(inputs["settings"]);
    if (loggingLevel === "ERROR" || loggingLevel === "INFO") requireLogging(world);
  },
  make: (inputs) => ({ id: settingsId(inputs, "-"), computed: {} }),
  importId: (inputs) => settingsId(inputs, "/"),
};

const account: Model = {
  type: ACCOUNT,
  source: "internal/service/apigateway/account.go",
  forceNew: [],
  seconds: 5,
  taggable: false,
  computed: ["apiKeyVersion", "features", "throttleSettings"],
  unique: (_inputs, place) => ({
    claim: "account",
    taken:
      `API Gateway's role for logs is one setting of account ${place.account} in ${place.region}, and another stack manages it already. ` +
      "AWS would hand it over silently, and the first stack to be destroyed would end the logs of both. " +
      "Set `streamflix:settings.apiLogs: adopt` in one of them",
  }),
  verify: (inputs, world) => {
    const arn = inputs["cloudwatchRoleArn"];
    if (typeof arn !== "string") return;
    requireTrust(world, arn, "apigateway.amazonaws.com");
    const role = world.need({ types: [ROLE], by: "arn" }, arn);
    const rights = [ATTACHMENT, ROLE_POLICY]
      .flatMap((type) => world.accounts.listType(role.account, "global", type))
      .some(
        ({ inputs: given, state }) =>
          state === "available" &&
          given["role"] === role.id &&
          /AmazonAPIGatewayPushToCloudWatchLogs|logs:(\*|PutLogEvents)/.test(JSON.stringify(given)),
      );
    if (!rights) {
      throw new AwsError(
        "BadRequestException",
        "The role ARN does not have required permissions set to API Gateway",
      );
    }
  },
  make: (_inputs, world) => ({
    id: world.place.account,
    computed: {
      apiKeyVersion: "4",
      features: ["UsagePlans"],
      throttleSettings: [{ burstLimit: 5000, rateLimit: 10_000 }],
    },
  }),
};

export const apiGatewayModels: readonly Model[] = [restApi, deployment, stage, methodSettings, account];

/** Refuses unless an API has a stage of the name. */
export function requireStage(inputs: Props, world: World): void {
  const found = world
    .all(STAGE)
    .some(
      ({ inputs: other }) =>
        other["restApi"] === inputs["restApi"] && other["stageName"] === inputs["stageName"],
    );
  if (!found) throw new AwsError("NotFoundException", "Invalid stage identifier specified");
}

/** Policies of the newer kind say how strictly a caller's name is checked. */
export function requireAccessMode(inputs: Props): void {
  const enhanced = textOr(inputs, "securityPolicy", "").startsWith("SecurityPolicy_");
  if (enhanced !== ["BASIC", "STRICT"].includes(textOr(inputs, "endpointAccessMode", ""))) {
    throw new AwsError(
      "BadRequestException",
      "endpointAccessMode has to be BASIC or STRICT with a securityPolicy that begins with SecurityPolicy_, and goes with no other",
    );
  }
}

function apiOf(inputs: Props, world: World): StoredObject {
  return world.need(restApiReference, text(inputs, "restApi"));
}

function requireLogging(world: World): void {
  if (
    isPrepared(world) &&
    !world.all(ACCOUNT).some((object) => outputsOf(object)["cloudwatchRoleArn"] !== undefined)
  ) {
    throw new AwsError(
      "BadRequestException",
      "CloudWatch Logs role ARN must be set in account settings to enable logging",
    );
  }
}

function settingsId(inputs: Props, separator: string): string {
  return ["restApi", "stageName", "methodPath"].map((property) => text(inputs, property)).join(separator);
}
