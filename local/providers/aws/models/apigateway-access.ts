/** The ways to and from an API: names that clients call, and links into a VPC. */
import { oneOf, shaped } from "../checks";
import { AwsError, type Model } from "../model";
import { requireGroupsIn, vpcOf } from "../placement";
import { hexOf, mapOf, strings, text, textOr } from "../world";
import { CERTIFICATE, requireCertificateFor } from "./acm";
import { gatewayId, requireAccessMode, requireStage, REST_API } from "./apigateway";
import { usesLink, VPC_LINK } from "./apigateway-body";

export const DOMAIN_NAME = "aws:apigateway/domainName:DomainName";

/** Hosted zone of API Gateway's own names, by region (AWS General Reference, "API Gateway endpoints"). */
const GATEWAY_ZONES: Readonly<Record<string, string>> = {
  "eu-central-1": "Z1U9ULNL0V5AJ3",
  "eu-west-1": "ZLY8HYME6SFDD",
};

const domainName: Model = {
  type: DOMAIN_NAME,
  source: "internal/service/apigateway/domain_name.go",
  forceNew: ["certificateBody", "certificateChain", "certificatePrivateKey", "domainName"],
  kept: ["endpointConfiguration", "ownershipVerificationCertificateArn", "securityPolicy"],
  seconds: 20,
  taggable: true,
  computed: ["arn", "domainNameId", "regionalDomainName", "regionalZoneId"],
  defaults: { securityPolicy: "TLS_1_2" },
  references: { regionalCertificateArn: { types: [CERTIFICATE], by: "arn" } },
  check: (inputs) => [
    ...shaped(
      inputs,
      "domainName",
      /^(\*\.)?([a-z0-9-]{1,63}\.)+[a-z]{2,63}$/,
      "a domain name in lower case",
    ),
    ...oneOf(mapOf(inputs["endpointConfiguration"]), "types", ["EDGE", "REGIONAL", "PRIVATE"]),
  ],
  // One owner in the world; here, in the account's region.
  unique: (inputs) => ({
    claim: text(inputs, "domainName"),
    taken: "BadRequestException: The domain name you provided already exists.",
  }),
  verify: (inputs, world) => {
    requireAccessMode(inputs);
    requireCertificateFor(text(inputs, "domainName"), text(inputs, "regionalCertificateArn"), world);
  },
  make: (inputs, world) => {
    const name = text(inputs, "domainName");
    const { region } = world.place;
    return {
      id: name,
      computed: {
        arn: `arn:aws:apigateway:${region}::/domainnames/${name}`,
        domainNameId: "",
        regionalDomainName: `d-${hexOf(`${world.place.account} ${region} ${name}`, 10)}.execute-api.${region}.amazonaws.com`,
        regionalZoneId: GATEWAY_ZONES[region] ?? `Z${hexOf(region, 13).toUpperCase()}`,
      },
    };
  },
};

const basePathMapping: Model = {
  type: "aws:apigateway/basePathMapping:BasePathMapping",
  source: "internal/service/apigateway/base_path_mapping.go",
  forceNew: ["domainName"],
  seconds: 2,
  taggable: false,
  computed: [],
  references: {
    domainName: { types: [DOMAIN_NAME], by: "id" },
    restApi: { types: [REST_API], by: "id" },
  },
  unique: (inputs) => ({
    claim: `${text(inputs, "domainName")}/${textOr(inputs, "basePath", "")}`,
    taken: "ConflictException: Base path already exists for this domain name",
  }),
  verify: (inputs, world) => {
    if (inputs["stageName"] !== undefined) requireStage(inputs, world);
  },
  make: (inputs) => ({
    id: `${text(inputs, "domainName")}/${textOr(inputs, "basePath", "")}`,
    computed: {},
  }),
};

const vpcLink: Model = {
  type: VPC_LINK,
  source: "internal/service/apigatewayv2/vpc_link.go",
  forceNew: ["securityGroupIds", "subnetIds"],
  autoName: "name",
  seconds: 150,
  taggable: true,
  computed: ["arn"],
  references: {
    securityGroupIds: { types: ["aws:ec2/securityGroup:SecurityGroup"], by: "id" },
    subnetIds: { types: ["aws:ec2/subnet:Subnet"], by: "id" },
  },
  check: (inputs) => shaped(inputs, "name", /^.{1,128}$/s, "1 to 128 characters"),
  verify: (inputs, world) => {
    requireGroupsIn(world, vpcOf(world, strings(inputs["subnetIds"])), strings(inputs["securityGroupIds"]));
  },
  make: (_inputs, world) => {
    const id = gatewayId(6);
    return { id, computed: { arn: `arn:aws:apigateway:${world.place.region}::/vpclinks/${id}` } };
  },
  beforeDelete: ({ id }, world) => {
    const user = world.all(REST_API).find(({ inputs }) => usesLink(inputs["body"], id));
    if (user) {
      throw new AwsError(
        "BadRequestException",
        `Cannot delete vpc link. Vpc link '${id}' is referenced in REST API ${user.id}`,
      );
    }
  },
};

export const apiGatewayAccessModels: readonly Model[] = [domainName, basePathMapping, vpcLink];
