import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ApiConfig, Names, RetentionConfig } from "../../config";
import { logGroup } from "../log-group";
import type { MetricSource } from "../metrics";
import { policyText } from "../policy";
import type { EventStream } from "../streaming";
import { EventWriter } from "./event-writer";
import { Firewall } from "./firewall";
import { openApiDocument } from "./openapi";
import { type LoadBalancer, originOf, ServiceLink } from "./service-link";
import { TLS } from "./tls";

export interface ApiArgs {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly retention: RetentionConfig;
  readonly api: ApiConfig;
  readonly logsKeyArn: pulumi.Input<string>;
  /** Stream that events go to. @default there is no route for events */
  readonly stream?: EventStream | undefined;
  /** The service's load balancer, and where to reach it from. @default there is no other route */
  readonly service?:
    | {
        readonly loadBalancer: LoadBalancer;
        readonly vpcId: pulumi.Input<string>;
        readonly subnetIds: pulumi.Input<string[]>;
      }
    | undefined;
}

/** The one stage. Its name is part of the API's own address, and clients on a domain never see it. */
const STAGE = "live";

/** What an access log says of a request: no address, no caller, and the route instead of the path, which holds ids. */
const ACCESS_LOG_FORMAT = JSON.stringify({
  requestId: "$context.requestId",
  extendedRequestId: "$context.extendedRequestId",
  requestTimeEpoch: "$context.requestTimeEpoch",
  httpMethod: "$context.httpMethod",
  route: "$context.resourcePath",
  status: "$context.status",
  errorType: "$context.error.responseType",
  integrationStatus: "$context.integration.status",
  responseLatency: "$context.responseLatency",
  integrationLatency: "$context.integration.latency",
  responseLength: "$context.responseLength",
  wafStatus: "$context.waf.status",
  tlsVersion: "$context.tlsVersion",
  traceId: "$context.xrayTraceId",
});

/**
 * Regional REST API made from one document: events straight into the stream, everything else to the service.
 *
 * A change of what is deployed (document, policy, addresses) makes a new deployment; the stage moves to it before the
 * old one goes. Settings of the stage need none.
 */
export class Api extends pulumi.ComponentResource {
  readonly restApiId: pulumi.Output<string>;
  /** Name of the stage, known once it answers. */
  readonly stageName: pulumi.Output<string>;
  /** Address that API Gateway gives the stage; without effect where the API has a domain. */
  readonly url: pulumi.Output<string>;
  /** Figures of the stage, and of the firewall before it where there is one. */
  readonly metrics: { readonly stage: MetricSource; readonly firewall?: MetricSource };
  /** Logs of requests, and of what the firewall did with them. */
  readonly logGroupNames: {
    readonly access: pulumi.Output<string>;
    readonly firewall?: pulumi.Output<string>;
  };

  constructor(name: string, args: ApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:api:Api", name, {}, opts);
    const { names, api } = args;
    const parent = { parent: this };
    const apiName = names.fixed("restApi", "api");
    const body = this.document(name, apiName, args);
    const policy = policyText(callStatements(args));
    const disableExecuteApiEndpoint = api.domain !== undefined;
    const restApi = new aws.apigateway.RestApi(
      name,
      {
        name: apiName,
        body,
        failOnWarnings: true,
        policy,
        disableExecuteApiEndpoint,
        endpointConfiguration: { types: "REGIONAL", ipAddressType: "ipv4" },
        ...TLS,
      },
      parent,
    );
    const deployment = new aws.apigateway.Deployment(
      name,
      {
        restApi: restApi.id,
        triggers: { definition: fingerprint({ body, policy, disableExecuteApiEndpoint }) },
      },
      parent,
    );
    const log = { classification: "internal", retention: args.retention, keyArn: args.logsKeyArn } as const;
    const accessLog = logGroup(
      `${name}-access`,
      { ...log, logGroupName: names.fixed("logGroup", "api/access"), retentionClass: "access-log" },
      parent,
    );
    // API Gateway would make this group itself, without encryption and kept for ever.
    const executionLog = logGroup(
      `${name}-execution`,
      {
        ...log,
        logGroupName: pulumi.interpolate`API-Gateway-Execution-Logs_${restApi.id}/${STAGE}`,
        retentionClass: "operational",
      },
      parent,
    );
    // The role that writes them is a setting of the account, which bootstrap/ makes.
    const stage = new aws.apigateway.Stage(
      name,
      {
        restApi: restApi.id,
        deployment: deployment.id,
        stageName: STAGE,
        xrayTracingEnabled: true,
        accessLogSettings: { destinationArn: accessLog.arn, format: ACCESS_LOG_FORMAT },
      },
      { parent: this, dependsOn: [executionLog] },
    );
    const settings = new aws.apigateway.MethodSettings(
      name,
      {
        restApi: restApi.id,
        stageName: stage.stageName,
        methodPath: "*/*",
        settings: {
          throttlingRateLimit: api.throttling.requestsPerSecond,
          throttlingBurstLimit: api.throttling.burst,
          // Errors only, and never what was sent: both would hold viewers' data.
          loggingLevel: "ERROR",
          dataTraceEnabled: false,
        },
      },
      parent,
    );
    const { accountId, region, retention, logsKeyArn } = args;
    const firewall =
      api.waf &&
      new Firewall(
        `${name}-firewall`,
        { names, accountId, region, retention, waf: api.waf, stageArn: stage.arn, logsKeyArn },
        parent,
      );
    this.restApiId = restApi.id;
    this.stageName = pulumi.all([stage.stageName, settings.id]).apply(([stageName]) => stageName);
    this.url = stage.invokeUrl;
    this.metrics = {
      stage: { namespace: "AWS/ApiGateway", dimensions: { ApiName: apiName, Stage: STAGE } },
      ...(firewall && { firewall: firewall.metrics }),
    };
    this.logGroupNames = {
      access: accessLog.name,
      ...(firewall && { firewall: firewall.logGroupName }),
    };
    this.registerOutputs({
      restApiId: this.restApiId,
      stageName: this.stageName,
      url: this.url,
      metrics: this.metrics,
      logGroupNames: this.logGroupNames,
    });
  }

  /** The text that the API is made from. A preview shows it unless it names what is not there yet. */
  private document(name: string, title: string, args: ApiArgs): pulumi.Output<string> {
    const { names, accountId, region, api, stream, service } = args;
    const parent = { parent: this };
    const writer = stream && new EventWriter(`${name}-events`, { names, accountId, region, stream }, parent);
    const link = service && new ServiceLink(`${name}-link`, { names, ...service }, parent);
    return pulumi
      .all({
        roleArn: writer?.roleArn,
        vpcLinkId: link?.id,
        loadBalancerArn: service?.loadBalancer.arn,
        origin: service && originOf(service.loadBalancer),
      })
      .apply(({ roleArn, vpcLinkId, loadBalancerArn, origin }) =>
        JSON.stringify(
          openApiDocument({
            title,
            region,
            auth: api.auth,
            ...(stream && roleArn !== undefined && { stream: { name: stream.name, roleArn } }),
            ...(vpcLinkId !== undefined &&
              loadBalancerArn !== undefined &&
              origin !== undefined && { service: { vpcLinkId, loadBalancerArn, origin } }),
          }),
        ),
      );
  }
}

/**
 * Who may call what, whatever the routes say. The policy stands for this API, so its id is left open: naming it would
 * make the API wait for itself, and AWS writes the short form out, which looks like drift ever after.
 */
function callStatements({ accountId, region, api }: ApiArgs): aws.iam.PolicyStatement[] {
  const route = (path: string) => `arn:aws:execute-api:${region}:${accountId}:*/${STAGE}/${path}`;
  const Action = "execute-api:Invoke";
  return [
    {
      Sid: "HealthIsPublic",
      Effect: "Allow",
      Principal: "*",
      Action,
      Resource: route("GET/health"),
    },
    {
      Sid: "Callers",
      Effect: "Allow",
      // Tokens have no principal: the user pool's authorizer looks at them.
      Principal: api.auth.cognito === undefined ? { AWS: `arn:aws:iam::${accountId}:root` } : "*",
      Action,
      Resource: route("*/v1/*"),
    },
  ];
}

/** SHA-256, in hex, of everything that only a new deployment brings to the stage. */
function fingerprint(definition: {
  readonly body: pulumi.Output<string>;
  readonly policy: string;
  readonly disableExecuteApiEndpoint: boolean;
}): pulumi.Output<string> {
  return pulumi.jsonStringify(definition).apply((text) => createHash("sha256").update(text).digest("hex"));
}
