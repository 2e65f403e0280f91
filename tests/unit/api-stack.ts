import * as aws from "@pulumi/aws";
import { Api, type ApiArgs } from "../../components/api";
import type { ApiDocument } from "../../components/api/document";
import { Dns, type DnsArgs } from "../../components/dns";
import { Certificate } from "../../components/dns/certificate";
import { type Inputs, record, type Registration } from "./mocks";
import { only, PLACE } from "./registrations";

/** Behind IAM, with nothing behind it. */
export const PLAIN: ApiArgs["api"] = {
  auth: { iam: {} },
  throttling: { requestsPerSecond: 50, burst: 100 },
};

export const WAF = { requestsPerIp: 1000 } as const;

export const DOMAIN: DnsArgs["domain"] = {
  name: "api.streamflix.example",
  hostedZone: { id: "Z0123456789EXAMPLE00", name: "streamflix.example" },
  failover: "armed",
};

export const COGNITO: ApiArgs["api"]["auth"] = {
  cognito: { userPoolArn: "arn:aws:cognito-idp:eu-central-1:111122223333:userpool/pool", scopes: ["read"] },
};

export const STREAM = {
  name: "streamflix-events-unit",
  arn: "arn:aws:kinesis:eu-central-1:111122223333:stream/streamflix-events-unit",
};

export const SERVICE: NonNullable<ApiArgs["service"]> = {
  loadBalancer: {
    arn: "load-balancer-arn",
    dnsName: "internal-service.elb.amazonaws.com",
    securityGroupId: "load-balancer-group",
    listenerPort: 8080,
  },
  vpcId: "vpc",
  subnetIds: ["private-1", "private-2"],
};

/** What an Api registers with some settings and things behind it. */
export async function api(
  settings: Partial<ApiArgs["api"]> = {},
  { stream, service }: Pick<ApiArgs, "service"> & { readonly stream?: typeof STREAM } = {},
): Promise<readonly Registration[]> {
  const { registrations } = await record(() => {
    const resource = stream && new aws.kinesis.Stream("stream", { name: stream.name });
    new Api("api", {
      ...PLACE,
      api: { ...PLAIN, ...settings },
      logsKeyArn: "logs-key-arn",
      stream: stream && resource && { ...stream, resource },
      service,
    });
  });
  return registrations.filter(({ name }) => name !== "stream");
}

/** What the names of an API register, the API apart. */
export async function dns(changes: Partial<Pick<DnsArgs, "role" | "domain" | "alertTopics">> = {}) {
  const { names, region } = PLACE;
  const { domain, role, alertTopics } = { domain: DOMAIN, role: "home" as const, ...changes };
  const { registrations, result } = await record(() => {
    const certificate = new Certificate("certificate", { region, role, domain });
    const target = new Api("api", { ...PLACE, api: { ...PLAIN, domain }, logsKeyArn: "logs-key-arn" });
    return new Dns("dns", { names, region, role, domain, certificate, api: target, alertTopics }).url;
  });
  return { registrations: registrations.filter(({ name }) => !name.startsWith("api")), url: result };
}

/** The document that an API is made from. */
export function documentOf(registrations: readonly Registration[]): ApiDocument {
  return JSON.parse(String(only(registrations, "RestApi").inputs["body"])) as ApiDocument;
}

/** What makes a new deployment. */
export function triggersOf(registrations: readonly Registration[]): Inputs {
  return only(registrations, "Deployment").inputs["triggers"] as Inputs;
}
