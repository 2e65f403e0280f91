/** What API Gateway reads in an OpenAPI document, and what it refuses of one. */
import type { Props, StoredObject } from "../../../account/store";
import { AwsError } from "../model";
import { vpcOf } from "../placement";
import { requireTrust } from "../policy-documents";
import { mapOf, mapsOf, strings, textOr, type World } from "../world";

export const VPC_LINK = "aws:apigatewayv2/vpcLink:VpcLink";

const METHODS = /^(get|put|post|delete|options|head|patch|x-amazon-apigateway-any-method)$/;
const INTEGRATION = "x-amazon-apigateway-integration";

/** Answers that API Gateway gives by itself and that can be written anew. */
const GATEWAY_RESPONSES = [
  ...["ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE"],
  ...["BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "DEFAULT_4XX", "DEFAULT_5XX", "EXPIRED_TOKEN"],
  ...["INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "INVALID_API_KEY", "INVALID_SIGNATURE"],
  ...["MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED", "REQUEST_TOO_LARGE", "RESOURCE_NOT_FOUND"],
  ...["THROTTLED", "UNAUTHORIZED", "UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED"],
];

/** One method of a path in a document. */
export interface BodyOperation {
  /** Such as `'POST' on resource at path '/v1/events'`. */
  readonly place: string;
  readonly definition: Props;
  readonly integration: Props | undefined;
}

/** The operations of a document; none where there is no document. */
export function operationsOf(body: unknown): BodyOperation[] {
  return Object.entries(mapOf(parse(body)["paths"])).flatMap(([path, item]) =>
    Object.entries(mapOf(item))
      .filter(([method]) => METHODS.test(method))
      .map(([method, definition]) => ({
        place: `'${method.startsWith("x-") ? "ANY" : method.toUpperCase()}' on resource at path '${path}'`,
        definition: mapOf(definition),
        integration: mapOf(definition)[INTEGRATION] as Props | undefined,
      })),
  );
}

/** Whether a document names a VPC link. */
export function usesLink(body: unknown, linkId: string): boolean {
  return operationsOf(body).some(({ integration }) => integration?.["connectionId"] === linkId);
}

/** Refuses a document that API Gateway would not import, or that names what is not there. */
export function requireBody(body: unknown, world: World): void {
  const document = parse(body);
  for (const path of Object.keys(mapOf(document["paths"]))) {
    if (!/^(\/|(\/([\w.,:-]+|\{[\w.,:-]+\+?\}))+)$/.test(path)) {
      refuse(`Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable: ${path}`);
    }
  }
  for (const model of Object.keys(mapOf(mapOf(document["components"])["schemas"]))) {
    if (!/^[A-Za-z0-9]+$/.test(model)) refuse(`Model name must be alphanumeric: ${model}`);
  }
  for (const type of Object.keys(mapOf(document["x-amazon-apigateway-gateway-responses"]))) {
    if (!GATEWAY_RESPONSES.includes(type)) refuse(`Unsupported gateway response type: ${type}`);
  }
  for (const operation of operationsOf(body)) {
    requireOperation(operation, document);
    if (operation.integration !== undefined) requireIntegration(operation, operation.integration, world);
  }
}

function requireOperation({ place, definition }: BodyOperation, document: Props): void {
  const components = mapOf(document["components"]);
  const { security } = definition;
  if (!Array.isArray(security)) {
    // AWS would let everybody call it, and ignores what the document's root says.
    refuse(
      `Method ${place} has no security requirement; an empty list is how a document says that it is public`,
    );
  }
  for (const scheme of mapsOf(security).flatMap((requirement) => Object.keys(requirement))) {
    if (!Object.hasOwn(mapOf(components["securitySchemes"]), scheme)) {
      refuse(`Unable to put method ${place}: Invalid authorizer specified: ${scheme}`);
    }
  }
  const content = mapOf(mapOf(mapOf(definition["requestBody"])["content"])["application/json"]);
  const model = textOr(mapOf(content["schema"]), "$ref", "").split("/").at(-1) ?? "";
  if (model !== "" && !Object.hasOwn(mapOf(components["schemas"]), model)) {
    refuse(`Unable to put method ${place}: Invalid model identifier specified: ${model}`);
  }
  const validator = textOr(definition, "x-amazon-apigateway-request-validator", "");
  if (
    validator !== "" &&
    !Object.hasOwn(mapOf(document["x-amazon-apigateway-request-validators"]), validator)
  ) {
    refuse(`Unable to put method ${place}: Invalid Request Validator identifier specified: ${validator}`);
  }
}

function requireIntegration({ place, definition }: BodyOperation, integration: Props, world: World): void {
  const type = textOr(integration, "type", "").toLowerCase();
  if (type === "aws" && integration["credentials"] !== undefined) {
    requireTrust(world, textOr(integration, "credentials", ""), "apigateway.amazonaws.com");
  }
  if (textOr(integration, "connectionType", "").toUpperCase() === "VPC_LINK") {
    requireLink(place, integration, world);
  }
  const declared = mapsOf(definition["parameters"]).map(
    (parameter) => `method.request.${textOr(parameter, "in", "")}.${textOr(parameter, "name", "")}`,
  );
  for (const source of strings(Object.values(mapOf(integration["requestParameters"])))) {
    if (source.startsWith("method.request.") && !declared.includes(source)) {
      refuse(
        `Unable to put integration ${place}: Invalid mapping expression specified: Validation Result: warnings : [], errors : ` +
          `[Invalid mapping expression parameter specified: ${source}]`,
      );
    }
  }
  for (const response of Object.values(mapOf(integration["responses"])).map(mapOf)) {
    requireResponse(place, definition, response);
  }
}

function requireResponse(place: string, definition: Props, response: Props): void {
  const status = textOr(response, "statusCode", "");
  const method = mapOf(definition["responses"])[status];
  if (method === undefined) {
    refuse(
      `Unable to put integration response ${place}: No method response exists for status code ${status}`,
    );
  }
  const headers = Object.keys(mapOf(mapOf(method)["headers"])).map(
    (name) => `method.response.header.${name}`,
  );
  const missing = Object.keys(mapOf(response["responseParameters"])).find((name) => !headers.includes(name));
  if (missing !== undefined) {
    refuse(
      `Unable to put integration response ${place}: Invalid mapping expression parameter specified: ${missing}`,
    );
  }
}

function requireLink(place: string, integration: Props, world: World): void {
  const link = world.need({ types: [VPC_LINK], by: "id" }, textOr(integration, "connectionId", ""));
  const arn = integration["integrationTarget"];
  if (typeof arn !== "string") {
    return refuse(`IntegrationTarget is required for VpcLinkV2 ${link.id}.`);
  }
  const target = world.accounts
    .list(world.place.account)
    .find(({ computed, state }) => state === "available" && computed["arn"] === arn);
  if (!/:loadbalancer\/(app|net)\//.test(arn) || target?.region !== world.place.region) {
    return refuse(
      `Unable to put integration ${place}: ${arn} is no load balancer of this account and region.`,
    );
  }
  const subnets = strings(target.inputs["subnets"]);
  if (subnets.length > 0 && vpcOf(world, subnets) !== vpcOfLink(link, world)) {
    refuse(`Unable to put integration ${place}: ${arn} is not in the VPC of VpcLinkV2 ${link.id}.`);
  }
}

function vpcOfLink(link: StoredObject, world: World): string {
  return vpcOf(world, strings(link.inputs["subnetIds"]));
}

function parse(body: unknown): Props {
  if (typeof body !== "string") return {};
  try {
    return mapOf(JSON.parse(body) as unknown);
  } catch {
    return refuse("Invalid OpenAPI input.");
  }
}

function refuse(text: string): never {
  throw new AwsError("BadRequestException", text);
}
