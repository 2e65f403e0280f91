import assert from "node:assert/strict";

import { INTERFACE_ENDPOINTS, type InterfaceEndpoint } from "../../config";
import { made, type Registration } from "./mocks";
import { network } from "./network-stack";
import { ofType, only, type PolicyStatement, statementsOf } from "./registrations";

const OWN: PolicyStatement = {
  Sid: "OwnPrincipalsOwnResources",
  Effect: "Allow",
  Principal: "*",
  Action: "*",
  Resource: "*",
  Condition: {
    StringEquals: { "aws:PrincipalAccount": "111122223333" },
    StringEqualsIfExists: { "aws:ResourceAccount": "111122223333" },
  },
};

const GUARD_DUTY_IMAGE: PolicyStatement = {
  Sid: "GuardDutyAgentImage",
  Effect: "Allow",
  Principal: "*",
  Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
  Resource: "arn:aws:ecr:eu-central-1:*:repository/aws-guardduty-agent-fargate",
  Condition: { StringEquals: { "aws:PrincipalAccount": "111122223333" } },
};

/** What may pass besides the account's own: every other endpoint lets nothing else pass. */
const EXCEPTIONS: Partial<Record<InterfaceEndpoint, readonly PolicyStatement[]>> = {
  "ecr.api": [GUARD_DUTY_IMAGE],
  "ecr.dkr": [GUARD_DUTY_IMAGE],
  "guardduty-data": [
    {
      Sid: "GuardDutyTelemetry",
      Effect: "Allow",
      Principal: "*",
      Action: "guardduty:SendSecurityTelemetry",
      Resource: "*",
      Condition: { StringEquals: { "aws:PrincipalAccount": "111122223333" } },
    },
  ],
};

describe("Endpoints", () => {
  let registrations: readonly Registration[];
  before(async () => {
    registrations = await network({ endpoints: INTERFACE_ENDPOINTS });
  });

  it("makes one endpoint for each listed service, and S3's gateway", () => {
    assert.deepEqual(
      ofType(registrations, "VpcEndpoint").map((it) => it.name),
      ["s3", ...INTERFACE_ENDPOINTS].map((service) => `network-endpoints-${service}`).sort(),
    );
  });

  it("S3: a gateway in every route table, for own buckets and three kinds of AWS's own", () => {
    const { policy, ...inputs } = only(registrations, "VpcEndpoint", "network-endpoints-s3").inputs;
    assert.deepEqual(inputs, {
      vpcId: "vpc",
      serviceName: "com.amazonaws.eu-central-1.s3",
      vpcEndpointType: "Gateway",
      routeTableIds: ["table-1", "table-2", "table-3"],
      tags: { Name: "streamflix-s3-unit" },
    });
    assert.deepEqual(JSON.parse(String(policy)), {
      Version: "2012-10-17",
      Statement: [
        OWN,
        {
          Sid: "AwsOwnedBuckets",
          Effect: "Allow",
          Principal: "*",
          Action: "s3:GetObject",
          Resource: [
            "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/*",
            "arn:aws:s3:::aws-ssm-eu-central-1/*",
            "arn:aws:s3:::amazon-ssm-eu-central-1/*",
          ],
        },
      ],
    });
  });

  for (const service of INTERFACE_ENDPOINTS) {
    const exceptions = EXCEPTIONS[service] ?? [];
    it(`${service}: private DNS, and ${exceptions.length === 0 ? "no exception" : "its exception"}`, () => {
      const { policy, ...inputs } = only(registrations, "VpcEndpoint", `network-endpoints-${service}`).inputs;
      assert.deepEqual(inputs, {
        vpcId: "vpc",
        serviceName: `com.amazonaws.eu-central-1.${service}`,
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        subnetIds: ["private-1", "private-2"],
        securityGroupIds: [made("SecurityGroup", "network-endpoints", "id")],
        tags: { Name: `streamflix-${service.replaceAll(".", "-")}-unit` },
      });
      assert.deepEqual(statementsOf(policy), [OWN, ...exceptions]);
    });
  }

  it("no endpoints listed: S3's gateway alone", async () => {
    const names = ofType(await network({ endpoints: [] }), "VpcEndpoint").map((it) => it.name);
    assert.deepEqual(names, ["network-endpoints-s3"]);
  });
});
