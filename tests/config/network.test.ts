import { type Case, checkCases, one, prod } from "./cases";

const ZONES = "streamflix:aws.availabilityZones";
const SUBNETS = "streamflix:network.subnets";

// Written out: the list is what is tested.
const PLATFORM_ENDPOINTS =
  "secretsmanager logs ecr.api ecr.dkr kms sts ssm ssmmessages kinesis-streams monitoring xray events sns elasticfilesystem rds".split(
    " ",
  );

const CASES: readonly Case[] = [
  one(
    "VPC of /15",
    "streamflix:network.cidr",
    "10.20.0.0/15",
    'streamflix:network.cidr | "10.20.0.0/15" | its prefix length is /15, not /16 to /22',
  ),
  one(
    "VPC of /23",
    "streamflix:network.cidr",
    "10.20.0.0/23",
    'streamflix:network.cidr | "10.20.0.0/23" | its prefix length is /23, not /16 to /22',
  ),
  one(
    "public VPC",
    "streamflix:network.cidr",
    "172.32.0.0/16",
    'streamflix:network.cidr | "172.32.0.0/16" | it is outside 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16',
  ),
  one(
    "VPC with host bits",
    "streamflix:network.cidr",
    "10.20.1.0/16",
    'streamflix:network.cidr | "10.20.1.0/16" | host bits are set; the network is 10.20.0.0/16',
  ),
  one(
    "VPC in octal",
    "streamflix:network.cidr",
    "012.20.0.0/16",
    'streamflix:network.cidr | "012.20.0.0/16" | write it as four decimal numbers and a prefix length, such as 10.20.0.0/16',
  ),
  one(
    "VPC with octet 256",
    "streamflix:network.cidr",
    "10.256.0.0/16",
    'streamflix:network.cidr | "10.256.0.0/16" | write it as four decimal numbers and a prefix length, such as 10.20.0.0/16',
  ),
  one("subnet of /28", `${SUBNETS}.public[1]`, "10.20.1.0/28"),
  one(
    "subnet of /29",
    `${SUBNETS}.public[1]`,
    "10.20.1.0/29",
    `${SUBNETS}.public[1] | "10.20.1.0/29" | AWS subnets are /16 to /28, not /29`,
  ),
  one(
    "subnet with host bits",
    `${SUBNETS}.isolated[0]`,
    "10.20.8.1/24",
    `${SUBNETS}.isolated[0] | "10.20.8.1/24" | host bits are set; the network is 10.20.8.0/24`,
  ),
  one(
    "subnet outside the VPC",
    `${SUBNETS}.public[1]`,
    "10.21.1.0/24",
    `${SUBNETS}.public[1] | "10.21.1.0/24" | a network inside streamflix:network.cidr, 10.20.0.0/16`,
  ),
  one(
    "subnets overlap",
    `${SUBNETS}.isolated[1]`,
    "10.20.17.0/24",
    `${SUBNETS}.isolated[1] | "10.20.17.0/24" | it overlaps 10.20.16.0/20 at ${SUBNETS}.private[0]; move one of them`,
  ),
  one(
    "subnet too few",
    `${SUBNETS}.private`,
    ["10.20.16.0/20"],
    `${SUBNETS}.private | ["10.20.16.0/20"] | it has 1`,
  ),
  one(
    "subnet too many",
    `${SUBNETS}.public[2]`,
    "10.20.2.0/24",
    `${SUBNETS}.public | ["10.20.0.0/24","10.20.1.0/24","10.20.2.0/24"] | it has 3`,
  ),
  one(
    "tier missing",
    `${SUBNETS}.isolated`,
    undefined,
    `${SUBNETS}.isolated | nothing | a list of networks, one per zone of streamflix:aws.availabilityZones`,
  ),
  one(
    "nat unknown",
    "streamflix:network.nat",
    "onePerAZ",
    'streamflix:network.nat | "onePerAZ" | did you mean onePerAz?',
  ),
  one(
    "a value that has no text",
    "streamflix:network.blockPublicAccess",
    { toString: 0 },
    'streamflix:network.blockPublicAccess | {"toString":0} | create, adopt or off; prod: create or adopt',
  ),
  one(
    "no nat, few endpoints",
    "streamflix:network.nat",
    "none",
    'streamflix:network.nat | "none" | add to streamflix:network.endpoints: kms, sts, ssm, ssmmessages, kinesis-streams, monitoring, xray, events, sns, elasticfilesystem, rds',
  ),
  {
    id: "no nat, all endpoints",
    change: { "streamflix:network.nat": "none", "streamflix:network.endpoints": PLATFORM_ENDPOINTS },
    problems: [],
  },
  {
    id: "no nat, all endpoints but one",
    change: {
      "streamflix:network.nat": "none",
      "streamflix:network.endpoints": PLATFORM_ENDPOINTS.slice(0, -1),
    },
    problems: ['streamflix:network.nat | "none" | add to streamflix:network.endpoints: rds'],
  },
  prod(
    "prod with one nat",
    "streamflix:network.nat",
    "single",
    'streamflix:network.nat | "single" | onePerAz in prod',
  ),
  one(
    "endpoint misspelt",
    "streamflix:network.endpoints[1]",
    "log",
    'streamflix:network.endpoints[1] | "log" | did you mean logs?',
  ),
  one(
    "endpoint twice",
    "streamflix:network.endpoints[3]",
    "logs",
    'streamflix:network.endpoints[3] | "logs" | it is listed twice; remove one',
  ),
  one(
    "flow logs with days of their own",
    "streamflix:network.flowLogs.retentionDays",
    10,
    "streamflix:network.flowLogs.retentionDays | an unknown key | remove it",
  ),
  one("no flow logs, unprotected", "streamflix:network.flowLogs", undefined),
  prod(
    "no flow logs, protected",
    "streamflix:network.flowLogs",
    undefined,
    "streamflix:network.flowLogs | nothing | {}, since streamflix:environment.protection is true",
  ),
  prod(
    "faulty flow logs are reported once",
    "streamflix:network.flowLogs",
    30,
    "streamflix:network.flowLogs | 30 | {}; required when streamflix:environment.protection is true",
  ),
  one("public access adopted", "streamflix:network.blockPublicAccess", "adopt"),
  one("public access off in dev", "streamflix:network.blockPublicAccess", "off"),
  one(
    "public access misspelt",
    "streamflix:network.blockPublicAccess",
    "adopted",
    'streamflix:network.blockPublicAccess | "adopted" | did you mean adopt?',
  ),
  prod(
    "public access off in prod",
    "streamflix:network.blockPublicAccess",
    "off",
    'streamflix:network.blockPublicAccess | "off" | create or adopt in prod',
  ),
  {
    id: "prod with two zones",
    stack: "prod",
    change: {
      [ZONES]: ["eu-central-1a", "eu-central-1b"],
      [`${SUBNETS}.public`]: ["10.10.0.0/24", "10.10.1.0/24"],
      [`${SUBNETS}.private`]: ["10.10.16.0/20", "10.10.32.0/20"],
      [`${SUBNETS}.isolated`]: ["10.10.8.0/24", "10.10.9.0/24"],
    },
    problems: [`${ZONES} | ["eu-central-1a","eu-central-1b"] | 3 zones in prod`],
  },
];

checkCases("configuration rules: network", CASES);
