import { type Example, type ExampleProps, type ExampleResource, UNKNOWN } from "../engine/example";
import { fail, notKnownYet } from "../engine/judge";
import { defineRule } from "../engine/rule";
import { texts } from "../engine/setting";

const VPC = "aws:ec2/vpc:Vpc";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const SECRET = "aws:secretsmanager/secret:Secret";

/** Services that work inside the network calls when the stack has such a resource. */
const CALLED: Readonly<Record<string, readonly string[]>> = {
  "aws:ecs/taskDefinition:TaskDefinition": ["ecr.api", "ecr.dkr", "logs", "s3"],
  [SECRET]: ["secretsmanager"],
  "aws:kms/key:Key": ["kms"],
  "aws:cloudwatch/logGroup:LogGroup": ["logs"],
  "aws:s3/bucket:Bucket": ["s3"],
  "aws:kinesis/stream:Stream": ["kinesis-streams"],
  "aws:efs/fileSystem:FileSystem": ["elasticfilesystem"],
  "aws:ssm/parameter:Parameter": ["ssm"],
  "aws:ssm/document:Document": ["ssm", "ssmmessages"],
  "aws:sns/topic:Topic": ["sns"],
};

interface EndpointConfig {
  readonly elsewhere: readonly string[];
}

const vpc: ExampleResource = { type: VPC, props: {} };
const secret: ExampleResource = { type: SECRET, name: "secret", props: {} };
const endpoint = (serviceName: ExampleProps[string]): ExampleResource => ({
  type: ENDPOINT,
  name: "endpoint",
  props: { serviceName },
});
const stack = (
  title: string,
  resources: readonly ExampleResource[],
  ...findings: readonly string[]
): Example => ({ title, resources, findings });

/** What the network calls, it calls inside AWS. */
export const endpointsComplete = defineRule<EndpointConfig>({
  id: "endpoints-complete",
  title: "Every AWS service that the network calls has an endpoint in it",
  severity: "medium",
  scope: "stack",
  types: {
    [VPC]: [],
    [ENDPOINT]: ["serviceName"],
    ...Object.fromEntries(Object.keys(CALLED).map((type) => [type, []])),
  },
  refs: { securityHub: ["EC2.55", "EC2.56", "EC2.57"], prowler: ["vpc_endpoint_for_ec2_enabled"] },
  gdpr: ["25", "32(1)(b)", "44"],
  rationale:
    "Without an endpoint the call leaves through a NAT gateway, past the policy that holds data to our accounts.",
  remediation: "add the service to the endpoints of the stack's network",
  configSchema: {
    elsewhere: texts(
      "Services, by the end of their endpoint's name, that are called by way of a NAT gateway.",
      [],
    ),
  },
  examples: {
    pass: [
      stack("endpoint", [vpc, secret, endpoint("com.amazonaws.eu-central-1.secretsmanager")]),
      {
        ...stack("by way of a NAT gateway, by configuration", [vpc, secret]),
        config: { elsewhere: ["secretsmanager"] },
      },
    ],
    fail: [
      stack("none", [vpc, secret], "no-endpoint"),
      stack("of another service", [vpc, secret, endpoint("com.amazonaws.eu-central-1.ssm")], "no-endpoint"),
      stack(
        "two services of one type",
        [vpc, { type: "aws:ssm/document:Document", name: "document", props: {} }],
        "no-endpoint",
        "no-endpoint",
      ),
    ],
    unknown: [stack("a service that is not known", [vpc, secret, endpoint(UNKNOWN)], "unknown")],
    notApplicable: [stack("no network", [secret])],
  },
  check: ({ graph, config, notApplicable }) => {
    const [network] = graph.ofTypes([VPC]);
    if (network === undefined) {
      return notApplicable("the stack has no network");
    }
    const names = graph.ofTypes([ENDPOINT]).map(({ props }) => props.string("serviceName"));
    const there = names.flatMap((name) =>
      name.kind === "known" ? [/^com\.amazonaws\.[^.]+\.(.+)$/.exec(name.value)?.[1]] : [],
    );
    const isOpen = names.some(({ kind }) => kind === "unknown");
    const called = Object.entries(CALLED).flatMap(([type, services]) =>
      graph.ofTypes([type]).length > 0 ? services : [],
    );
    return [...new Set(called)]
      .filter((service) => !there.includes(service) && !config.elsewhere.includes(service))
      .map((service) =>
        isOpen
          ? notKnownYet(`the endpoint of ${service}`, network.urn)
          : fail("no-endpoint", `the network has no endpoint of ${service}`, "Required: one", {
              urn: network.urn,
            }),
      );
  },
});
