import assert from "node:assert/strict";

import { ApiAccount, type ApiCase, body, LOG_FORMAT, operation, T } from "./api-models-account";
import { ACCOUNT, document, NOTHING, refusal, REGION, T as DATA } from "./data-models-account";

const bad = (text: string) => `BadRequestException: ${text}`;
const GET_HEALTH = "'GET' on resource at path '/health'";
const NO_LOGGING = bad("CloudWatch Logs role ARN must be set in account settings to enable logging");
const INTEGRATION = "x-amazon-apigateway-integration";

const integration = (changes: object) =>
  body(operation({ [INTEGRATION]: { type: "http", uri: "https://example.com", ...changes } }));

const DOCUMENTS: readonly ApiCase[] = [
  ["no document", NOTHING, (it) => it.restApi({ body: undefined })],
  ["text that is none", bad("Invalid OpenAPI input."), (it) => it.restApi({ body: "{" })],
  [
    "a method that says nothing of who may call it",
    bad(
      `Method ${GET_HEALTH} has no security requirement; an empty list is how a document says that it is public`,
    ),
    (it) => it.restApi({ body: body(operation({ security: undefined })) }),
  ],
  [
    "a requirement that nobody defined",
    bad(`Unable to put method ${GET_HEALTH}: Invalid authorizer specified: caller`),
    (it) => it.restApi({ body: body(operation({ security: [{ caller: [] }] })) }),
  ],
  [
    "a model that nobody defined",
    bad(`Unable to put method ${GET_HEALTH}: Invalid model identifier specified: Batch`),
    (it) => {
      const schema = { $ref: "#/components/schemas/Batch" };
      const requestBody = { content: { "application/json": { schema } } };
      return it.restApi({ body: body(operation({ requestBody })) });
    },
  ],
  [
    "a validator that nobody defined",
    bad(`Unable to put method ${GET_HEALTH}: Invalid Request Validator identifier specified: all`),
    (it) => it.restApi({ body: body(operation({ "x-amazon-apigateway-request-validator": "all" })) }),
  ],
  [
    "a model's name with a hyphen",
    bad("Model name must be alphanumeric: event-batch"),
    (it) => it.restApi({ body: body(operation(), { components: { schemas: { "event-batch": {} } } }) }),
  ],
  [
    "a gateway response that AWS doesn't know",
    bad("Unsupported gateway response type: DEFAULT_3XX"),
    (it) =>
      it.restApi({
        body: body(operation(), { "x-amazon-apigateway-gateway-responses": { DEFAULT_3XX: {} } }),
      }),
  ],
  [
    "a path with a space",
    bad("Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable: /a b"),
    (it) => it.restApi({ body: JSON.stringify({ paths: { "/a b": {} } }) }),
  ],
  [
    "an answer that the method does not declare",
    bad(`Unable to put integration response ${GET_HEALTH}: No method response exists for status code 202`),
    (it) => it.restApi({ body: integration({ responses: { default: { statusCode: "202" } } }) }),
  ],
  [
    "a header that the method does not declare",
    bad(
      `Unable to put integration response ${GET_HEALTH}: Invalid mapping expression parameter specified: method.response.header.Age`,
    ),
    (it) =>
      it.restApi({
        body: integration({
          responses: {
            default: { statusCode: "200", responseParameters: { "method.response.header.Age": "'0'" } },
          },
        }),
      }),
  ],
  [
    "a path parameter that the method does not declare",
    bad(
      `Unable to put integration ${GET_HEALTH}: Invalid mapping expression specified: Validation Result: warnings : [], errors : ` +
        "[Invalid mapping expression parameter specified: method.request.path.proxy]",
    ),
    (it) =>
      it.restApi({
        body: integration({
          requestParameters: { "integration.request.path.proxy": "method.request.path.proxy" },
        }),
      }),
  ],
  [
    "a role that is not there",
    `Role.NotFound: Role "arn:aws:iam::${ACCOUNT}:role/writer" does not exist in account ${ACCOUNT}, ${REGION}`,
    (it) =>
      it.restApi({
        body: integration({ type: "aws", credentials: `arn:aws:iam::${ACCOUNT}:role/writer` }),
      }),
  ],
  [
    "a role for another service",
    `AccessDenied: apigateway.amazonaws.com may not assume arn:aws:iam::${ACCOUNT}:role/lambda: its trust policy does not name it`,
    async (it) => {
      const credentials = await it.role("lambda.amazonaws.com");
      await it.restApi({ body: integration({ type: "aws", credentials }) });
    },
  ],
  [
    "a policy without a principal",
    "MalformedPolicyDocument: policy: a statement needs a Principal",
    (it) => it.restApi({ policy: document({ Action: "execute-api:Invoke", Resource: "*" }) }),
  ],
  [
    "TLS policy without access mode",
    bad(
      "endpointAccessMode has to be BASIC or STRICT with a securityPolicy that begins with SecurityPolicy_, and goes with no other",
    ),
    (it) => it.restApi({ securityPolicy: "SecurityPolicy_TLS13_1_3_2025_09" }),
  ],
  [
    "TLS 1.0 to 1.2 in place",
    bad("Security policy can't be updated from TLS_1_0 to TLS_1_2"),
    async (it) => {
      const api = await it.restApi({ securityPolicy: "TLS_1_0" });
      await it.change(api, { securityPolicy: "TLS_1_2" });
    },
  ],
];

const LINKS: readonly ApiCase[] = [
  [
    "a load balancer through a link",
    NOTHING,
    async (it) => {
      const [link, integrationTarget] = [await it.link(), await it.loadBalancer()];
      await it.restApi({ body: it.linked(link, { integrationTarget }) });
    },
  ],
  [
    "a link that is not there",
    `VpcLink.NotFound: VpcLink "none" does not exist in account ${ACCOUNT}, ${REGION}`,
    async (it) => {
      const integrationTarget = await it.loadBalancer();
      await it.restApi({
        body: integration({ connectionType: "VPC_LINK", connectionId: "none", integrationTarget }),
      });
    },
  ],
  [
    "a link without a target",
    bad("IntegrationTarget is required for VpcLinkV2 <id>."),
    async (it) => it.restApi({ body: it.linked(await it.link(), {}) }),
  ],
  [
    "a target that is not there",
    bad(
      `Unable to put integration ${GET_HEALTH}: arn:aws:elasticloadbalancing:x is no load balancer of this account and region.`,
    ),
    async (it) =>
      it.restApi({
        body: it.linked(await it.link(), { integrationTarget: "arn:aws:elasticloadbalancing:x" }),
      }),
  ],
  [
    "a target in another VPC",
    bad(
      `Unable to put integration ${GET_HEALTH}: arn:aws:elasticloadbalancing:${REGION}:${ACCOUNT}:loadbalancer/app/service/50dc6c495c0c9188 ` +
        "is not in the VPC of VpcLinkV2 <id>.",
    ),
    async (it) => {
      const { foreignSubnetId } = await it.network();
      const integrationTarget = await it.loadBalancer([foreignSubnetId]);
      await it.restApi({ body: it.linked(await it.link(), { integrationTarget }) });
    },
  ],
  [
    "a link in two VPCs",
    "InvalidSubnet: The subnets of a group have to lie in one VPC.",
    async (it) => {
      const { subnetIds, foreignSubnetId } = await it.network();
      await it.link({ subnetIds: [...subnetIds, foreignSubnetId] });
    },
  ],
  [
    "a link with a group of another VPC",
    "InvalidVPCNetworkStateFault: Security group sg-# is not in vpc-#.",
    async (it) => it.link({ securityGroupIds: [(await it.network()).foreignGroupId] }),
  ],
  [
    "deletion of a link in use",
    bad("Cannot delete vpc link. Vpc link '<id>' is referenced in REST API <id>"),
    async (it) => {
      const [link, integrationTarget] = [await it.link(), await it.loadBalancer()];
      await it.restApi({ body: it.linked(link, { integrationTarget }) });
      await it.delete(link);
    },
  ],
  [
    "a name of 129 characters",
    'name: expected 1 to 128 characters, got "LONG"',
    (it) => it.link({ name: "x".repeat(129) }),
  ],
];

const DEPLOYMENTS: readonly ApiCase[] = [
  [
    "an API without methods",
    bad("The REST API doesn't contain any methods"),
    async (it) => it.deployment(await it.restApi({ body: undefined })),
  ],
  [
    "a method without integration",
    bad(`No integration defined for method ${GET_HEALTH}`),
    async (it) => it.deployment(await it.restApi({ body: body(operation({ [INTEGRATION]: undefined })) })),
  ],
  [
    "a stage on the deployment of another API",
    bad("Invalid Deployment identifier specified"),
    async (it) => {
      const deployment = (await it.deployment(await it.restApi())).id;
      await it.stage({ deployment });
    },
  ],
  [
    "deletion of a deployment that a stage points to",
    bad("Active stages pointing to this deployment must be moved or deleted"),
    async (it) => {
      const stage = await it.stage();
      await it.delete({ ...stage, type: T.Deployment, id: String(stage.inputs["deployment"]) });
    },
  ],
  [
    "deletion of a deployment after the stage moved",
    NOTHING,
    async (it) => {
      const stage = await it.stage();
      const api = { ...stage, type: T.RestApi, id: String(stage.inputs["restApi"]) };
      await it.change(stage, { deployment: (await it.deployment(api)).id });
      await it.delete({ ...stage, type: T.Deployment, id: String(stage.inputs["deployment"]) });
    },
  ],
  [
    "a second stage of one name",
    "ConflictException: Stage already exists",
    async (it) => {
      const { inputs } = await it.stage();
      await it.make(T.Stage, inputs);
    },
  ],
  [
    "a stage's name with a dot",
    'stageName: expected 1 to 128 letters, digits, _ and -, got "v1.0"',
    (it) => it.stage({ stageName: "v1.0" }),
  ],
  [
    "an access log without the account's role",
    NO_LOGGING,
    async (it) => {
      await it.prepare();
      const destinationArn = (await it.make(DATA.LogGroup, { name: "log" })).outputs["arn"];
      await it.stage({ accessLogSettings: { destinationArn, format: LOG_FORMAT } });
    },
  ],
  [
    "an access log that names no request",
    bad(
      "Access log format must be single line, and must contain at least $context.requestId or $context.extendedRequestId",
    ),
    async (it) => {
      await it.logging();
      const destinationArn = (await it.make(DATA.LogGroup, { name: "log" })).outputs["arn"];
      await it.stage({ accessLogSettings: { destinationArn, format: "$context.status" } });
    },
  ],
  [
    "an access log to a group that is not there",
    `LogGroup.NotFound: LogGroup "arn:aws:logs:x" does not exist in account ${ACCOUNT}, ${REGION}`,
    async (it) => {
      await it.logging();
      await it.stage({ accessLogSettings: { destinationArn: "arn:aws:logs:x", format: LOG_FORMAT } });
    },
  ],
  [
    "execution logs without the account's role",
    NO_LOGGING,
    async (it) => {
      await it.prepare();
      await it.make(T.MethodSettings, settings(await it.stage(), { loggingLevel: "ERROR" }));
    },
  ],
  [
    "throttling without the account's role",
    NOTHING,
    async (it) => it.make(T.MethodSettings, settings(await it.stage(), { throttlingRateLimit: 5 })),
  ],
  [
    "settings of a stage that is not there",
    "NotFoundException: Invalid stage identifier specified",
    async (it) => {
      const stage = await it.stage();
      await it.make(T.MethodSettings, { ...settings(stage, {}), stageName: "other" });
    },
  ],
];

const ACCOUNTS: readonly ApiCase[] = [
  [
    "a role without rights on logs",
    bad("The role ARN does not have required permissions set to API Gateway"),
    async (it) => it.make(T.Account, { cloudwatchRoleArn: await it.role("apigateway.amazonaws.com") }),
  ],
  [
    "a role for another service",
    `AccessDenied: apigateway.amazonaws.com may not assume arn:aws:iam::${ACCOUNT}:role/lambda: its trust policy does not name it`,
    async (it) => it.make(T.Account, { cloudwatchRoleArn: await it.role("lambda.amazonaws.com") }),
  ],
  [
    "a second owner of the account's setting",
    `API Gateway's role for logs is one setting of account ${ACCOUNT} in ${REGION}, and another stack manages it already. ` +
      "AWS would hand it over silently, and the first stack to be destroyed would end the logs of both. " +
      "Set `streamflix:settings.apiLogs: adopt` in one of them",
    async (it) => {
      const { inputs } = await it.logging();
      await it.make(T.Account, inputs);
    },
  ],
];

function settings(stage: { readonly inputs: Readonly<Record<string, unknown>> }, values: object) {
  const { restApi, stageName } = stage.inputs;
  return { restApi, stageName, methodPath: "*/*", settings: values };
}

/** Generated ids of API Gateway, and long texts, in words. */
function generic(text: string): string {
  return text
    .replaceAll(/(?<=REST API |VpcLinkV2 |')[0-9a-z]{6,10}(?=[.' ]|$)/g, "<id>")
    .replace(/x{100,}/, "LONG");
}

for (const [title, cases] of Object.entries({
  "documents of an API": DOCUMENTS,
  "links into a VPC": LINKS,
  "deployments and stages": DEPLOYMENTS,
  "the account's role for logs": ACCOUNTS,
})) {
  describe(`API models: ${title}`, () => {
    for (const [what, answer, attempt] of cases) {
      it(what, async () => {
        assert.equal(generic(await refusal(() => attempt(new ApiAccount()))), answer);
      });
    }
  });
}

describe("API models: what imports take", () => {
  it("is what the provider takes", async () => {
    const account = new ApiAccount();
    const stage = await account.stage();
    const { restApi, deployment } = stage.inputs as Record<string, string>;
    const made = await account.make(T.MethodSettings, settings(stage, {}));
    const ids = [stage, made, { type: T.Deployment, id: deployment ?? "" }].map(
      (it) => account.stored(it)?.importId,
    );
    assert.deepEqual(ids, [`${restApi}/live`, `${restApi}/live/*/*`, `${restApi}/${deployment}`]);
  });
});
