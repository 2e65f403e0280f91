/** What of an OpenAPI 3.0 document with API Gateway's extensions this API uses, as types. */

/** A JSON schema, draft 4 as far as API Gateway checks it. */
export interface Schema {
  readonly type: "object" | "array" | "string" | "integer";
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** For readers: API Gateway doesn't check it. */
  readonly minItems?: number;
  /** For readers: API Gateway doesn't check it. */
  readonly maxItems?: number;
}

/** What becomes of an answer of the integration. */
export interface IntegrationResponse {
  readonly statusCode: string;
  readonly responseParameters?: Readonly<Record<string, string>>;
  /** Velocity templates by content type. */
  readonly responseTemplates?: Readonly<Record<string, string>>;
}

/** Where API Gateway passes a request on to. */
export interface Integration {
  readonly type: "aws" | "http_proxy" | "mock";
  readonly httpMethod?: string;
  readonly uri?: string;
  /** ARN of the role that API Gateway calls AWS with. */
  readonly credentials?: string;
  readonly connectionType?: "VPC_LINK";
  readonly connectionId?: string;
  /** ARN of the load balancer behind a VPC link V2. */
  readonly integrationTarget?: string;
  readonly passthroughBehavior: "never" | "when_no_match";
  readonly requestParameters?: Readonly<Record<string, string>>;
  /** Velocity templates by content type. */
  readonly requestTemplates?: Readonly<Record<string, string>>;
  /** By pattern of the integration's status code; `default` for all others. */
  readonly responses?: Readonly<Record<string, IntegrationResponse>>;
}

interface MethodResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly schema: Schema }>>;
}

/** One method of a path. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  /** Every one is required to say it: an empty list admits everybody. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: "path";
    readonly required: true;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly required: true;
    readonly content: {
      readonly "application/json": { readonly schema: { readonly $ref: string } };
    };
  };
  readonly responses: Readonly<Record<string, MethodResponse>>;
  readonly "x-amazon-apigateway-request-validator"?: string;
  readonly "x-amazon-apigateway-integration": Integration;
}

/** How callers prove who they are. */
export interface SecurityScheme {
  readonly type: "apiKey";
  readonly name: "Authorization";
  readonly in: "header";
  readonly "x-amazon-apigateway-authtype": "awsSigv4" | "cognito_user_pools";
  readonly "x-amazon-apigateway-authorizer"?: {
    readonly type: "cognito_user_pools";
    readonly providerARNs: readonly string[];
  };
}

/** An answer that API Gateway gives by itself. */
export interface GatewayResponse {
  /** Left out where every kind of refusal keeps its own. */
  readonly statusCode?: number;
  readonly responseParameters: Readonly<Record<string, string>>;
  readonly responseTemplates: { readonly "application/json": string };
}

/** Methods a path can have here; `any` is API Gateway's word for all. */
export type Path = Readonly<Partial<Record<"get" | "post" | "x-amazon-apigateway-any-method", Operation>>>;

/** The whole document. */
export interface ApiDocument {
  readonly openapi: "3.0.1";
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Path>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes: Readonly<Record<string, SecurityScheme>>;
  };
  readonly "x-amazon-apigateway-request-validators": Readonly<
    Record<string, { readonly validateRequestBody: boolean; readonly validateRequestParameters: boolean }>
  >;
  readonly "x-amazon-apigateway-security-policy": string;
  readonly "x-amazon-apigateway-endpoint-access-mode": string;
  readonly "x-amazon-apigateway-gateway-responses": Readonly<Record<string, GatewayResponse>>;
}
