import assert from "node:assert/strict";

import type { Operation } from "../../components/api/document";
import { GATEWAY_RESPONSES } from "../../components/api/gateway-responses";
import { api, COGNITO, documentOf, DOMAIN, SERVICE, STREAM, triggersOf, WAF } from "./api-stack";
import { made, type Registration } from "./mocks";
import { countByType, ofType, only, statementsOf } from "./registrations";

const HOME = "arn:aws:execute-api:eu-central-1:111122223333:*/live";
const ALWAYS = {
  "aws:apigateway/deployment:Deployment": 1,
  "aws:apigateway/methodSettings:MethodSettings": 1,
  "aws:apigateway/restApi:RestApi": 1,
  "aws:apigateway/stage:Stage": 1,
  "aws:cloudwatch/logGroup:LogGroup": 2,
  "streamflix:api:Api": 1,
};
const WITH_STREAM = {
  ...ALWAYS,
  "aws:iam/role:Role": 1,
  "aws:iam/rolePolicy:RolePolicy": 1,
  "streamflix:api:EventWriter": 1,
};
const LINK = {
  "aws:apigatewayv2/vpcLink:VpcLink": 1,
  "aws:ec2/securityGroup:SecurityGroup": 1,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 1,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 1,
  "streamflix:api:ServiceLink": 1,
};
const FIREWALL = {
  "aws:cloudwatch/logGroup:LogGroup": 3,
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": 1,
  "aws:wafv2/webAcl:WebAcl": 1,
  "aws:wafv2/webAclAssociation:WebAclAssociation": 1,
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": 1,
  "streamflix:api:Firewall": 1,
};

describe("Api with nothing behind it", () => {
  let all: readonly Registration[];
  before(async () => {
    all = await api();
  });

  it("registers exactly these resources", () => {
    assert.deepEqual(countByType(all), ALWAYS);
  });

  it("has TLS 1.2 or later, its own address, and refuses a document with warnings", () => {
    const { body, policy, ...inputs } = only(all, "RestApi").inputs;
    assert.equal(typeof body, "string");
    assert.deepEqual(statementsOf(policy), [
      {
        Sid: "HealthIsPublic",
        Effect: "Allow",
        Principal: "*",
        Action: "execute-api:Invoke",
        Resource: `${HOME}/GET/health`,
      },
      {
        Sid: "Callers",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111122223333:root" },
        Action: "execute-api:Invoke",
        Resource: `${HOME}/*/v1/*`,
      },
    ]);
    assert.deepEqual(inputs, {
      name: "streamflix-api-unit",
      failOnWarnings: true,
      disableExecuteApiEndpoint: false,
      endpointConfiguration: { types: "REGIONAL", ipAddressType: "ipv4" },
      securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
      endpointAccessMode: "STRICT",
    });
  });

  it("says so in the document too, which an import would reset otherwise", () => {
    const document = documentOf(all);
    assert.deepEqual(
      [document["x-amazon-apigateway-security-policy"], document["x-amazon-apigateway-endpoint-access-mode"]],
      ["SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09", "STRICT"],
    );
  });

  it("answers /health itself, to everybody, and has no other route", () => {
    const { paths, components } = documentOf(all);
    assert.deepEqual(Object.keys(paths), ["/health"]);
    assert.deepEqual(components.schemas, {});
    const health = paths["/health"]?.get;
    assert.deepEqual(health?.security, []);
    assert.deepEqual(health["x-amazon-apigateway-integration"], {
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
    });
    assert.deepEqual(components.securitySchemes, {
      caller: {
        type: "apiKey",
        name: "Authorization",
        in: "header",
        "x-amazon-apigateway-authtype": "awsSigv4",
      },
    });
  });

  it("moves its stage to each new deployment, and traces", () => {
    const { inputs, dependsOn } = only(all, "Stage");
    const { accessLogSettings, ...rest } = inputs;
    assert.deepEqual(rest, {
      restApi: made("RestApi", "api", "id"),
      deployment: made("Deployment", "api", "id"),
      stageName: "live",
      xrayTracingEnabled: true,
    });
    assert.deepEqual(dependsOn, ["LogGroup api-execution"]);
    const { destinationArn, format } = accessLogSettings as { destinationArn: string; format: string };
    assert.equal(destinationArn, made("LogGroup", "api-access", "arn"));
    const fields = Object.values(JSON.parse(format) as Record<string, string>);
    assert.ok(fields.includes("$context.requestId"));
    // Addresses, callers, agents and paths with ids are personal data.
    assert.deepEqual(
      fields.filter((field) => /identity|authorizer|\.path$|userAgent|sourceIp/.test(field)),
      [],
    );
  });

  it("logs errors without bodies, and limits every route", () => {
    assert.deepEqual(only(all, "MethodSettings").inputs, {
      restApi: made("RestApi", "api", "id"),
      stageName: "live",
      methodPath: "*/*",
      settings: {
        throttlingRateLimit: 50,
        throttlingBurstLimit: 100,
        loggingLevel: "ERROR",
        dataTraceEnabled: false,
      },
    });
  });

  it("encrypts both logs and lets them expire, also the one that API Gateway would make", () => {
    const [access, execution] = ofType(all, "LogGroup").map(({ inputs }) => inputs);
    assert.deepEqual(access, {
      name: "/streamflix/unit/api/access",
      retentionInDays: 30,
      kmsKeyId: "logs-key-arn",
      tags: { "data-classification": "internal", "retention-class": "access-log" },
    });
    assert.deepEqual(execution, {
      name: `API-Gateway-Execution-Logs_${made("RestApi", "api", "id")}/live`,
      retentionInDays: 7,
      kmsKeyId: "logs-key-arn",
      tags: { "data-classification": "internal", "retention-class": "operational" },
    });
  });

  it("tells nothing in the answers that API Gateway gives by itself", () => {
    const responses = Object.entries(documentOf(all)["x-amazon-apigateway-gateway-responses"]);
    assert.deepEqual(
      responses.map(([type, { statusCode }]) => [type, statusCode]),
      [
        ["DEFAULT_4XX", undefined],
        ["DEFAULT_5XX", undefined],
        ["BAD_REQUEST_BODY", 400],
        ["UNAUTHORIZED", 401],
        ["THROTTLED", 429],
      ],
    );
    for (const [, { responseTemplates, responseParameters }] of responses) {
      const text = responseTemplates["application/json"];
      const { message, requestId, ...rest } = JSON.parse(text) as Record<string, string>;
      assert.deepEqual(rest, {});
      assert.equal(requestId, "$context.extendedRequestId");
      assert.doesNotMatch(message ?? "$", /\$/);
      assert.equal(responseParameters["gatewayresponse.header.Cache-Control"], "'no-store'");
    }
    assert.deepEqual(Object.keys(GATEWAY_RESPONSES).length, responses.length);
  });
});

describe("Api with what lies behind it", () => {
  it("puts events into the stream with a role that can do nothing else", async () => {
    const all = await api({}, { stream: STREAM });
    assert.deepEqual(countByType(all), WITH_STREAM);
    const { paths, components } = documentOf(all);
    assert.deepEqual(Object.keys(paths), ["/health", "/v1/events"]);
    assert.deepEqual(Object.keys(components.schemas), ["EventBatch"]);
    const { post } = paths["/v1/events"] ?? {};
    assert.deepEqual(post?.security, [{ caller: [] }]);
    assert.equal(post["x-amazon-apigateway-integration"].credentials, made("Role", "api-events", "arn"));
    const policy = only(all, "RolePolicy").inputs["policy"];
    assert.deepEqual(statementsOf(policy), [
      { Sid: "PutEvents", Effect: "Allow", Action: "kinesis:PutRecords", Resource: STREAM.arn },
      {
        Sid: "EncryptEvents",
        Effect: "Allow",
        Action: "kms:GenerateDataKey",
        Resource: "arn:aws:kms:eu-central-1:111122223333:key/*",
        Condition: {
          StringEquals: {
            "kms:ViaService": "kinesis.eu-central-1.amazonaws.com",
            "kms:EncryptionContext:aws:kinesis:arn": STREAM.arn,
          },
          "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/streamflix-viewer-data-unit" },
        },
      },
    ]);
    // Named by texts that make no dependency.
    assert.deepEqual(only(all, "RolePolicy").dependsOn, ["Stream stream"]);
  });

  it("passes everything else to the service, through a link that reaches one port", async () => {
    const all = await api({}, { service: SERVICE });
    assert.deepEqual(countByType(all), { ...ALWAYS, ...LINK });
    const { paths } = documentOf(all);
    assert.deepEqual(Object.keys(paths), ["/health", "/v1/{proxy+}"]);
    const common = {
      type: "http_proxy",
      connectionType: "VPC_LINK",
      connectionId: made("VpcLink", "api-link", "id"),
      integrationTarget: "load-balancer-arn",
      passthroughBehavior: "when_no_match",
    };
    const any = paths["/v1/{proxy+}"]?.["x-amazon-apigateway-any-method"];
    assert.deepEqual(any?.security, [{ caller: [] }]);
    assert.deepEqual(any["x-amazon-apigateway-integration"], {
      ...common,
      uri: "http://internal-service.elb.amazonaws.com:8080/v1/{proxy}",
      httpMethod: "ANY",
      requestParameters: { "integration.request.path.proxy": "method.request.path.proxy" },
    });
    const health = paths["/health"]?.get;
    assert.deepEqual(health?.security, []);
    assert.deepEqual(health["x-amazon-apigateway-integration"], {
      ...common,
      uri: "http://internal-service.elb.amazonaws.com:8080/health",
      httpMethod: "GET",
    });
    assert.deepEqual(only(all, "VpcLink").inputs, {
      name: "streamflix-api-unit",
      subnetIds: ["private-1", "private-2"],
      securityGroupIds: [made("SecurityGroup", "api-link", "id")],
    });
    const ports = { ipProtocol: "tcp", fromPort: 8080, toPort: 8080 };
    const description = "API Gateway to the service's load balancer";
    const tags = { Name: "streamflix-api-link-unit" };
    const [link, balancer] = [made("SecurityGroup", "api-link", "id"), "load-balancer-group"];
    assert.deepEqual(only(all, "SecurityGroupEgressRule").inputs, {
      ...{ ...ports, description, tags },
      securityGroupId: link,
      referencedSecurityGroupId: balancer,
    });
    assert.deepEqual(only(all, "SecurityGroupIngressRule").inputs, {
      ...{ ...ports, description, tags },
      securityGroupId: balancer,
      referencedSecurityGroupId: link,
    });
  });

  it("speaks TLS to a load balancer that has a name for it", async () => {
    const loadBalancer = {
      ...SERVICE.loadBalancer,
      listenerPort: 443,
      tlsServerName: "eu-central-1.api.streamflix.example",
    };
    const { paths } = documentOf(await api({}, { service: { ...SERVICE, loadBalancer } }));
    const any = paths["/v1/{proxy+}"]?.["x-amazon-apigateway-any-method"];
    assert.equal(
      any?.["x-amazon-apigateway-integration"].uri,
      "https://eu-central-1.api.streamflix.example:443/v1/{proxy}",
    );
  });

  it("has everything at once, and no route that says nothing of who may call it", async () => {
    const all = await api({ waf: WAF, domain: DOMAIN, auth: COGNITO }, { stream: STREAM, service: SERVICE });
    assert.deepEqual(countByType(all), { ...WITH_STREAM, ...LINK, ...FIREWALL });
    const { paths } = documentOf(all);
    assert.deepEqual(Object.keys(paths), ["/health", "/v1/events", "/v1/{proxy+}"]);
    const operations = Object.values(paths).flatMap((path) => Object.values<Operation>(path));
    assert.deepEqual(
      operations.map(({ operationId, security }) => [operationId, security]),
      [
        ["getHealth", []],
        ["postEvents", [{ caller: ["read"] }]],
        ["service", [{ caller: ["read"] }]],
      ],
    );
    assert.equal(only(all, "RestApi").inputs["disableExecuteApiEndpoint"], true);
  });

  it("lets a user pool say who may call", async () => {
    const all = await api({ auth: COGNITO }, { stream: STREAM });
    assert.deepEqual(documentOf(all).components.securitySchemes, {
      caller: {
        type: "apiKey",
        name: "Authorization",
        in: "header",
        "x-amazon-apigateway-authtype": "cognito_user_pools",
        "x-amazon-apigateway-authorizer": {
          type: "cognito_user_pools",
          providerARNs: ["arn:aws:cognito-idp:eu-central-1:111122223333:userpool/pool"],
        },
      },
    });
    // Tokens bring no principal that a policy could name.
    const [, callers] = statementsOf(only(all, "RestApi").inputs["policy"]);
    assert.deepEqual([callers?.Principal, callers?.Resource], ["*", `${HOME}/*/v1/*`]);
  });
});

describe("Api deployments", () => {
  it("are made anew for a change of routes, callers, address or policy, and for nothing else", async () => {
    const fingerprint = async (...args: Parameters<typeof api>) =>
      JSON.stringify(triggersOf(await api(...args)));
    const before = await fingerprint();
    assert.match(before, /^\{"definition":"[0-9a-f]{64}"\}$/);
    assert.equal(await fingerprint(), before);
    assert.equal(await fingerprint({ throttling: { requestsPerSecond: 1, burst: 1 } }), before);
    assert.equal(await fingerprint({ waf: WAF }), before);
    const others = [
      await fingerprint({ auth: COGNITO }),
      await fingerprint({ domain: DOMAIN }),
      await fingerprint({}, { stream: STREAM }),
      await fingerprint({}, { service: SERVICE }),
      await fingerprint(
        {},
        { service: { ...SERVICE, loadBalancer: { ...SERVICE.loadBalancer, listenerPort: 81 } } },
      ),
    ];
    assert.equal(new Set([before, ...others]).size, 6);
  });
});

describe("Firewall", () => {
  let all: readonly Registration[];
  before(async () => {
    all = await api({ waf: WAF });
  });
  const rulesOf = (registrations: readonly Registration[]) =>
    only(registrations, "WebAcl").inputs["rules"] as {
      name: string;
      priority: number;
      action?: object;
      overrideAction?: object;
      statement: Record<string, Record<string, unknown>>;
      visibilityConfig: object;
    }[];

  it("adds exactly these resources", () => {
    assert.deepEqual(countByType(all), { ...ALWAYS, ...FIREWALL });
  });

  it("limits an address, and blocks what AWS's rules find", () => {
    const rules = rulesOf(all);
    assert.deepEqual(
      rules.map(({ name, priority, action, overrideAction, statement }) => [
        priority,
        name,
        action ?? overrideAction,
        statement["managedRuleGroupStatement"]?.["name"],
      ]),
      [
        [0, "rate-per-address", { block: {} }, undefined],
        [1, "bad-addresses", { none: {} }, "AWSManagedRulesAmazonIpReputationList"],
        [2, "known-bad-inputs", { none: {} }, "AWSManagedRulesKnownBadInputsRuleSet"],
        [3, "common-attacks", { none: {} }, "AWSManagedRulesCommonRuleSet"],
        [4, "large-bodies-of-no-batch", { block: {} }, undefined],
      ],
    );
    assert.deepEqual(rules[0]?.statement["rateBasedStatement"], {
      limit: 1000,
      aggregateKeyType: "IP",
      evaluationWindowSec: 300,
    });
    for (const { visibilityConfig, name } of rules) {
      assert.deepEqual(visibilityConfig, {
        cloudwatchMetricsEnabled: true,
        metricName: name,
        sampledRequestsEnabled: false,
      });
    }
  });

  it("counts large bodies in AWS's rules, and blocks them where no batch is sent", () => {
    const [, , , common, large] = rulesOf(all);
    assert.deepEqual(common?.statement["managedRuleGroupStatement"]?.["ruleActionOverrides"], [
      { name: "SizeRestrictions_BODY", actionToUse: { count: {} } },
    ]);
    assert.deepEqual(large?.statement["andStatement"]?.["statements"], [
      {
        labelMatchStatement: {
          scope: "LABEL",
          key: "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body",
        },
      },
      ...["/v1/events", "/v1/viewing-events"].map((searchString) => ({
        notStatement: {
          statement: {
            byteMatchStatement: {
              fieldToMatch: { uriPath: {} },
              positionalConstraint: "ENDS_WITH",
              searchString,
              textTransformations: [{ priority: 0, type: "NONE" }],
            },
          },
        },
      })),
    ]);
  });

  for (const [mode, action] of [
    ["count", { count: {} }],
    ["block", { none: {} }],
  ] as const) {
    it(`can ${mode} anonymous addresses`, async () => {
      const rules = rulesOf(await api({ waf: { ...WAF, anonymousIps: mode } }));
      const rule = rules.find(({ name }) => name === "anonymous-addresses");
      assert.deepEqual(rule?.overrideAction, action);
      assert.equal(rule.statement["managedRuleGroupStatement"]?.["name"], "AWSManagedRulesAnonymousIpList");
      assert.deepEqual(
        rules.map(({ priority }) => priority),
        [0, 1, 2, 3, 4, 5],
      );
    });
  }

  it("logs what it blocks or counts, without credentials, encrypted and for a while", () => {
    const group = only(all, "LogGroup", "api-firewall");
    assert.deepEqual(group.inputs, {
      name: "aws-waf-logs-streamflix-api-unit",
      retentionInDays: 30,
      kmsKeyId: "logs-key-arn",
      tags: { "data-classification": "personal", "retention-class": "access-log" },
    });
    const { inputs, dependsOn } = only(all, "WebAclLoggingConfiguration");
    assert.deepEqual(inputs, {
      resourceArn: made("WebAcl", "api-firewall", "arn"),
      logDestinationConfigs: [made("LogGroup", "api-firewall", "arn")],
      redactedFields: [{ singleHeader: { name: "authorization" } }, { singleHeader: { name: "cookie" } }],
      loggingFilter: {
        defaultBehavior: "DROP",
        filters: [
          {
            behavior: "KEEP",
            requirement: "MEETS_ANY",
            conditions: [{ actionCondition: { action: "BLOCK" } }, { actionCondition: { action: "COUNT" } }],
          },
        ],
      },
    });
    assert.deepEqual(dependsOn, ["LogResourcePolicy api-firewall"]);
  });

  it("lets only this account's log delivery write to its log", () => {
    const { inputs, dependsOn } = only(all, "LogResourcePolicy");
    assert.equal(inputs["policyName"], "streamflix-waf-logs-unit");
    assert.deepEqual(dependsOn, ["LogGroup api-firewall"]);
    assert.deepEqual(statementsOf(inputs["policyDocument"]), [
      {
        Sid: "DeliverWafLogs",
        Effect: "Allow",
        Principal: { Service: "delivery.logs.amazonaws.com" },
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: "arn:aws:logs:eu-central-1:111122223333:log-group:aws-waf-logs-streamflix-api-unit:*",
        Condition: {
          StringEquals: { "aws:SourceAccount": "111122223333" },
          ArnLike: { "aws:SourceArn": "arn:aws:logs:eu-central-1:111122223333:*" },
        },
      },
    ]);
  });

  it("stands before the stage, once its log is ready", () => {
    const { inputs, dependsOn } = only(all, "WebAclAssociation");
    assert.deepEqual(inputs, {
      resourceArn: made("Stage", "api", "arn"),
      webAclArn: made("WebAcl", "api-firewall", "arn"),
    });
    assert.deepEqual(dependsOn, ["WebAclLoggingConfiguration api-firewall"]);
  });
});
