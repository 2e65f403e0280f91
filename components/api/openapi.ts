import type { ApiConfig } from "../../config";
import type { ApiDocument, Integration, Operation, Path, SecurityScheme } from "./document";
import { EVENT_BATCH, eventsRoute } from "./events-route";
import { GATEWAY_RESPONSES } from "./gateway-responses";
import { TLS } from "./tls";

/** What the routes depend on, all of it plain. */
export interface OpenApiArgs {
  readonly title: string;
  readonly region: string;
  readonly auth: ApiConfig["auth"];
  /** Where events go. @default there is no route for events */
  readonly stream?: { readonly name: string; readonly roleArn: string };
  /** Who answers everything else. @default there is no other route, and `/health` is answered by API Gateway */
  readonly service?: {
    readonly vpcLinkId: string;
    readonly loadBalancerArn: string;
    /** Scheme, host and port, such as `https://eu-central-1.api.example.com:443`. */
    readonly origin: string;
  };
}

/** The contract of the API: the one document that API Gateway is made from. */
export function openApiDocument(args: OpenApiArgs): ApiDocument {
  const { scheme, security } = callers(args.auth);
  const { stream, service } = args;
  const paths: Record<string, Path> = {
    // Open to all: it tells nothing but that the API, and the service where there is one, answers.
    "/health": { get: service === undefined ? healthOfGateway() : healthOfService(service) },
  };
  if (stream !== undefined) {
    const { name: streamName, roleArn } = stream;
    paths["/v1/events"] = { post: eventsRoute({ region: args.region, streamName, roleArn, security }) };
  }
  if (service !== undefined) {
    paths["/v1/{proxy+}"] = { "x-amazon-apigateway-any-method": proxyRoute(service, security) };
  }
  return {
    openapi: "3.0.1",
    info: { title: args.title, version: "1" },
    paths,
    components: {
      schemas: stream === undefined ? {} : { EventBatch: EVENT_BATCH },
      securitySchemes: { [CALLER]: scheme },
    },
    "x-amazon-apigateway-request-validators": {
      all: { validateRequestBody: true, validateRequestParameters: true },
    },
    // Also set beside the document: an import resets what the document leaves out.
    "x-amazon-apigateway-security-policy": TLS.securityPolicy,
    "x-amazon-apigateway-endpoint-access-mode": TLS.endpointAccessMode,
    "x-amazon-apigateway-gateway-responses": GATEWAY_RESPONSES,
  };
}

const CALLER = "caller";

function callers({ cognito }: ApiConfig["auth"]): {
  scheme: SecurityScheme;
  security: Operation["security"];
} {
  const header = { type: "apiKey", name: "Authorization", in: "header" } as const;
  if (cognito === undefined) {
    return {
      scheme: { ...header, "x-amazon-apigateway-authtype": "awsSigv4" },
      security: [{ [CALLER]: [] }],
    };
  }
  return {
    scheme: {
      ...header,
      "x-amazon-apigateway-authtype": "cognito_user_pools",
      "x-amazon-apigateway-authorizer": {
        type: "cognito_user_pools",
        providerARNs: [cognito.userPoolArn],
      },
    },
    security: [{ [CALLER]: cognito.scopes }],
  };
}

const HEALTH = {
  operationId: "getHealth",
  summary: "Says whether requests are answered.",
  security: [],
} as const satisfies Partial<Operation>;

function healthOfGateway(): Operation {
  return {
    ...HEALTH,
    responses: {
      "200": {
        description: "API Gateway answers.",
        headers: { "Cache-Control": { schema: { type: "string" } } },
      },
    },
    "x-amazon-apigateway-integration": {
      type: "mock",
      passthroughBehavior: "never",
      requestTemplates: { "application/json": '{"statusCode":200}' },
      responses: {
        default: {
          statusCode: "200",
          responseParameters: { "method.response.header.Cache-Control": "'no-store'" },
          responseTemplates: { "application/json": '{"status":"ok"}' },
        },
      },
    },
  };
}

function healthOfService(service: NonNullable<OpenApiArgs["service"]>): Operation {
  return {
    ...HEALTH,
    responses: { "200": { description: "The service answers." } },
    "x-amazon-apigateway-integration": {
      ...throughLink(service, "/health"),
      httpMethod: "GET",
    },
  };
}

function proxyRoute(
  service: NonNullable<OpenApiArgs["service"]>,
  security: Operation["security"],
): Operation {
  return {
    operationId: "service",
    summary: "Everything that the service answers.",
    security,
    parameters: [{ name: "proxy", in: "path", required: true, schema: { type: "string" } }],
    responses: { "200": { description: "What the service answered." } },
    "x-amazon-apigateway-integration": {
      ...throughLink(service, "/v1/{proxy}"),
      httpMethod: "ANY",
      requestParameters: { "integration.request.path.proxy": "method.request.path.proxy" },
    },
  };
}

/** The host of the URI is what the load balancer's certificate has to be for; the target is where the request goes. */
function throughLink(
  { origin, vpcLinkId, loadBalancerArn }: NonNullable<OpenApiArgs["service"]>,
  path: string,
): Integration {
  return {
    type: "http_proxy",
    uri: `${origin}${path}`,
    connectionType: "VPC_LINK",
    connectionId: vpcLinkId,
    integrationTarget: loadBalancerArn,
    passthroughBehavior: "when_no_match",
  };
}
