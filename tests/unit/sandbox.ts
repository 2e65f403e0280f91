import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { type Accounts, openAccounts, type Props } from "../../local/account/store";
import { modelOf } from "../../local/providers/aws/catalog";
import { SimulatedAws } from "../../local/providers/aws/provider";
import type { Subject } from "../../local/providers/frame";
import type { RunSettings } from "../../local/providers/run";

export const ACCOUNT = "111122223333";
export const REGION = "eu-central-1";

/** Type tokens by their last part. */
export const T = {
  Alias: "aws:kms/alias:Alias",
  DefaultSecurityGroup: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  Egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  Eip: "aws:ec2/eip:Eip",
  FlowLog: "aws:ec2/flowLog:FlowLog",
  Ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  InternetGateway: "aws:ec2/internetGateway:InternetGateway",
  Key: "aws:kms/key:Key",
  LogGroup: "aws:cloudwatch/logGroup:LogGroup",
  NatGateway: "aws:ec2/natGateway:NatGateway",
  Role: "aws:iam/role:Role",
  RolePolicy: "aws:iam/rolePolicy:RolePolicy",
  Route: "aws:ec2/route:Route",
  RouteTable: "aws:ec2/routeTable:RouteTable",
  RouteTableAssociation: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  SecurityGroup: "aws:ec2/securityGroup:SecurityGroup",
  Subnet: "aws:ec2/subnet:Subnet",
  Topic: "aws:sns/topic:Topic",
  TopicPolicy: "aws:sns/topicPolicy:TopicPolicy",
  TopicSubscription: "aws:sns/topicSubscription:TopicSubscription",
  Vpc: "aws:ec2/vpc:Vpc",
  VpcBlockPublicAccessOptions: "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
  VpcEndpoint: "aws:ec2/vpcEndpoint:VpcEndpoint",
} as const;

/** A resource as the engine keeps it after a create. */
export interface Made {
  readonly type: string;
  readonly id: string;
  readonly inputs: Props;
  readonly outputs: Props;
}

/** A simulated provider over accounts of its own, in a temporary folder. */
export class Sandbox {
  readonly run: RunSettings;
  readonly aws: SimulatedAws;
  readonly accounts: Accounts;

  constructor(settings: Partial<RunSettings> = {}) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "streamflix-unit-"));
    folders.push(folder);
    this.run = {
      accounts: path.join(folder, "accounts"),
      folder: path.join(folder, "run"),
      stack: "unit",
      signedInAccount: undefined,
      latency: 0,
      fault: undefined,
      ...settings,
    };
    this.accounts = openAccounts(this.run.accounts);
    this.aws = this.provider();
  }

  /** Another provider process of the same run. */
  provider(args: Props = {}): SimulatedAws {
    const provider = new SimulatedAws(this.run);
    provider.configure({ region: REGION, allowedAccountIds: JSON.stringify([ACCOUNT]), ...args });
    return provider;
  }

  /** Checks and creates, as the engine does for a new resource. */
  async make(type: string, inputs: Props = {}, name = "it"): Promise<Made> {
    const checked = this.aws.check(subjectOf(type, name), {}, inputs);
    if (checked.failures.length > 0) {
      throw new Error(checked.failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
    }
    const { id, outputs } = await this.aws.create(subjectOf(type, name), checked.inputs);
    return { type, id, inputs: checked.inputs, outputs };
  }

  /** Changes some inputs, as the engine does after a diff without replacement. */
  async change(made: Made, changes: Props): Promise<Made> {
    const { inputs } = this.aws.check(subjectOf(made.type), made.inputs, { ...made.inputs, ...changes });
    const outputs = await this.aws.update(subjectOf(made.type), made.id, made.inputs, inputs);
    return { ...made, inputs, outputs };
  }

  delete(made: Made): Promise<void> {
    return this.aws.delete(subjectOf(made.type), made.id, made.inputs);
  }

  read({ type, id, inputs, outputs }: Made) {
    return this.aws.read(subjectOf(type), id, { inputs, outputs });
  }

  /** The object as the account has it. */
  stored({ type, id }: Pick<Made, "type" | "id">) {
    const region = modelOf(type).scope === "global" ? "global" : REGION;
    return this.accounts.find(ACCOUNT, region, type, id);
  }

  /** Grants quotas, as a Service Quotas request would. */
  grant(quotas: Readonly<Record<string, number>>): void {
    const folder = path.join(this.run.accounts, ACCOUNT);
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, "quotas.json"), JSON.stringify(quotas));
  }

  vpc(inputs: Props = {}): Promise<Made> {
    return this.make(T.Vpc, { cidrBlock: "10.20.0.0/16", ...inputs });
  }

  subnet(vpc: Made, cidrBlock = "10.20.0.0/24", zone = "a"): Promise<Made> {
    return this.make(T.Subnet, { vpcId: vpc.id, cidrBlock, availabilityZone: `${REGION}${zone}` });
  }

  group(vpc: Made, name = "app"): Promise<Made> {
    return this.make(T.SecurityGroup, { vpcId: vpc.id, name });
  }

  role(service = "vpc-flow-logs.amazonaws.com"): Promise<Made> {
    const assumeRolePolicy = policy({ Principal: { Service: service }, Action: "sts:AssumeRole" });
    return this.make(T.Role, { name: "role", assumeRolePolicy });
  }

  /** A key for CloudWatch Logs, with the grant that its log groups need. */
  logsKey(pattern = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:*`): Promise<Made> {
    return this.make(T.Key, {
      policy: policy({
        Principal: { Service: `logs.${REGION}.amazonaws.com` },
        Action: ["kms:Decrypt*", "kms:GenerateDataKey*"],
        Resource: "*",
        Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": pattern } },
      }),
    });
  }
}

/** A policy document that allows one statement. */
export function policy(statement: Props): Props {
  return { Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] };
}

export function subjectOf(type: string, name = "it"): Subject {
  return { urn: `urn:pulumi:unit::streamflix::${type}::${name}`, type, name };
}

/** Text of the error that a call ends with, generated ids as `#`. */
export async function refusal(attempt: () => unknown): Promise<string> {
  try {
    await attempt();
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text.replaceAll(/(?<=[a-z]-)0[0-9a-f]{16}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "#");
  }
  return "nothing was refused";
}

const folders: string[] = [];

after(() => {
  for (const folder of folders) {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
