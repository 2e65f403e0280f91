import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { policyText } from "../../components/policy";
import { GUARDED_PATH, type Names } from "../../config";
import type { CiConfig } from "../config";
import { deployStatements, driftStatements } from "./deploy-rights";
import { imageStatements, integrationStatements } from "./other-rights";
import { serviceDocuments, type Use } from "./service-statements";
import type { StackPlace } from "./stack-place";
import { readStateStatements, writeStateStatements } from "./state-rights";
import { AUDIENCE, ISSUER, workflowTrust } from "./trust";

export interface PipelineArgs {
  readonly names: Names;
  readonly accountId: string;
  /** Region of the service's repository. */
  readonly region: string;
  readonly ci: CiConfig;
  /** The platform's stacks in the account, one for each of `ci.stacks`. */
  readonly stacks: readonly StackPlace[];
  /** Permissions boundary of all roles. */
  readonly boundaryArn: pulumi.Input<string>;
}

/** What a role may do, and for how long it is taken. */
interface Rights {
  readonly description: string;
  /** Policies inside the role, by name. */
  readonly inline: Readonly<Record<string, readonly aws.iam.PolicyStatement[]>>;
  /** @default none */
  readonly managed?: readonly aws.iam.Policy[];
  /** Seconds. @default an hour */
  readonly maxSessionDuration?: number;
}

/** What a deployment may take may take: its workflow asks for as many, and AWS gives one unless the role says more. */
const DEPLOYMENT_SECONDS = 2 * 60 * 60;

/**
 * The roles with which the repository's workflows come into the account, without any long-lived key. Each belongs to one
 * environment of the repository, so that the approvals and branches of that environment decide who gets it.
 */
export class Pipeline extends pulumi.ComponentResource {
  /** ARNs by stack, and by what the role is for: values of the variables that the workflows read. */
  readonly roleArns: Readonly<Record<string, Readonly<Record<string, pulumi.Output<string>>>>>;
  /** Role that pushes images; undefined where the account gets none from a workflow. */
  readonly imageRoleArn: pulumi.Output<string> | undefined;

  readonly #name: string;
  readonly #args: PipelineArgs;
  readonly #issuer: pulumi.Resource[];

  constructor(name: string, args: PipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:bootstrap:Pipeline", name, {}, opts);
    this.#name = name;
    this.#args = args;
    const { ci } = args;
    this.#issuer =
      ci.identityProvider === "create"
        ? [
            new aws.iam.OpenIdConnectProvider(
              name,
              { url: `https://${ISSUER}`, clientIdLists: [AUDIENCE] },
              { parent: this },
            ),
          ]
        : [];
    this.roleArns = Object.fromEntries(args.stacks.map((place) => [place.stack, this.rolesOf(place)]));
    this.imageRoleArn =
      ci.imageEnvironment === undefined
        ? undefined
        : this.role("image", args.names.fixed("iamRole", "image"), ci.imageEnvironment, {
            description: "Pushes the service's images",
            inline: { images: imageStatements(args) },
          });
    this.registerOutputs({ roleArns: this.roleArns, imageRoleArn: this.imageRoleArn });
  }

  private rolesOf(place: StackPlace): Record<string, pulumi.Output<string>> {
    const { stack, roleNames } = place;
    const environments = this.#args.ci.stacks[stack];
    if (environments === undefined) throw new RangeError(`streamflix:ci.stacks has no ${stack}.`);
    const role = (what: string, environment: string, rights: Rights) =>
      this.role(`${what}-${stack}`, roleNames.fixed("iamRole", what), environment, rights);
    const read = this.services("read", place);
    return {
      deploy: role("deploy", environments.deploy, {
        description: `Deploys ${stack}`,
        inline: { state: writeStateStatements(place), platform: deployStatements(place) },
        managed: [...read, ...this.services("write", place)],
        maxSessionDuration: DEPLOYMENT_SECONDS,
      }),
      preview: role("preview", environments.preview, {
        description: `Previews ${stack}: reads its state, and nothing of the account`,
        inline: { state: readStateStatements(place) },
      }),
      drift: role("drift", environments.drift, {
        description: `Compares ${stack} with its state, and reads no secret of the account`,
        inline: { state: readStateStatements(place), platform: driftStatements(place) },
        managed: read,
      }),
      ...(environments.integration !== undefined && {
        integration: role("integration", environments.integration, {
          description: `Checks ${stack} as it is deployed`,
          inline: { state: readStateStatements(place), checks: integrationStatements(place) },
        }),
      }),
    };
  }

  /** Policies for what is done with the services; they are too long to be in a role. */
  private services(use: Use, place: StackPlace): aws.iam.Policy[] {
    const what =
      use === "read" ? "Looks at what the stack has" : "Makes, changes and deletes what the stack has";
    return serviceDocuments(use, place).map((statements, index) => {
      const part = `${use}-${index + 1}`;
      return new aws.iam.Policy(
        `${this.#name}-${part}-${place.stack}`,
        {
          name: place.roleNames.fixed("iamPolicy", part),
          path: GUARDED_PATH,
          description: `${what}, part ${index + 1}`,
          policy: policyText(statements),
        },
        { parent: this },
      );
    });
  }

  private role(id: string, roleName: string, environment: string, rights: Rights): pulumi.Output<string> {
    const { accountId, ci, boundaryArn } = this.#args;
    const name = `${this.#name}-${id}`;
    const { description, inline, managed = [], ...settings } = rights;
    const made = new aws.iam.Role(
      name,
      {
        name: roleName,
        path: GUARDED_PATH,
        description,
        assumeRolePolicy: workflowTrust(accountId, { repository: ci.repository, environment }),
        permissionsBoundary: boundaryArn,
        ...settings,
      },
      { parent: this, dependsOn: this.#issuer },
    );
    for (const [policy, statements] of Object.entries(inline)) {
      new aws.iam.RolePolicy(
        `${name}-${policy}`,
        { name: policy, role: made.id, policy: { Version: "2012-10-17", Statement: [...statements] } },
        { parent: this },
      );
    }
    managed.forEach((policy, index) => {
      new aws.iam.RolePolicyAttachment(
        `${name}-services-${index + 1}`,
        { role: made.id, policyArn: policy.arn },
        { parent: this },
      );
    });
    return made.arn;
  }
}

/** ARN of the role that deploys a stack, known before it exists. */
export function deployRoleArn({ accountId, roleNames }: StackPlace): string {
  return `arn:aws:iam::${accountId}:role${GUARDED_PATH}${roleNames.fixed("iamRole", "deploy")}`;
}
