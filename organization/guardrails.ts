import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import { policyText } from "../components/policy";
import type { Names } from "../config";
import type { OrganizationConfig } from "./config";
import { AI_OPT_OUT, COMPUTE_SETTINGS, evidenceStatements, regionStatements } from "./policies";

export interface GuardrailsArgs {
  readonly names: Names;
  readonly regions: OrganizationConfig["regions"];
  readonly guardrails: OrganizationConfig["guardrails"];
  /** Refuses to delete policies, and to detach them. */
  readonly protect: boolean;
}

/**
 * Policies of the organization: what accounts can't do, whoever asks. They don't reach the management account itself,
 * nor service-linked roles, and they give no right to anybody.
 */
export class Guardrails extends pulumi.ComponentResource {
  readonly #name: string;
  readonly #args: GuardrailsArgs;

  constructor(name: string, args: GuardrailsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streamflix:organization:Guardrails", name, {}, opts);
    this.#name = name;
    this.#args = args;
    const { targets, protectedTargets } = args.guardrails;
    this.policy("regions", "Keeps accounts in the platform's regions, and in the organization", targets, {
      type: "SERVICE_CONTROL_POLICY",
      content: policyText(regionStatements(args.regions)),
    });
    this.policy("evidence", "Keeps audit, keys and backups", protectedTargets, {
      type: "SERVICE_CONTROL_POLICY",
      content: policyText(evidenceStatements()),
    });
    this.policy("compute", "Keeps images and snapshots unshared, and serial consoles closed", targets, {
      type: "DECLARATIVE_POLICY_EC2",
      content: JSON.stringify(COMPUTE_SETTINGS),
    });
    this.policy("ai", "No AI service keeps what it is given", targets, {
      type: "AISERVICES_OPT_OUT_POLICY",
      content: JSON.stringify(AI_OPT_OUT),
    });
    this.registerOutputs({});
  }

  private policy(
    what: string,
    description: string,
    targets: readonly string[],
    document: Required<Pick<aws.organizations.PolicyArgs, "type" | "content">>,
  ): void {
    const opts = { parent: this, protect: this.#args.protect };
    const policy = new aws.organizations.Policy(
      `${this.#name}-${what}`,
      { name: this.#args.names.fixed("organizationPolicy", what), description, ...document },
      opts,
    );
    for (const targetId of targets) {
      new aws.organizations.PolicyAttachment(
        `${this.#name}-${what}-${targetId}`,
        { policyId: policy.id, targetId },
        opts,
      );
    }
  }
}
