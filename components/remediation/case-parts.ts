import type * as aws from "@pulumi/aws";
import type { Names } from "../../config";
import type { Mode, Settings } from "../../functions/remediation/settings";
import type { Trigger } from "../event-rule";

/** Where the stack is, and what its resources are tagged with. */
export interface CasePlace {
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A rule of a case. */
export interface CaseRule {
  readonly what: string;
  readonly description: string;
  readonly trigger: Trigger;
}

/** What the deployment makes of a case. */
export interface CaseParts {
  readonly rules: readonly CaseRule[];
  readonly statements: readonly aws.iam.PolicyStatement[];
  readonly settings: Settings["cases"];
  /** Parameter that the case remembers in, by the end of its name. */
  readonly flag?: string;
}

/** Lets the function read a case's flag and, unless it is a dry run, write it. */
export function flagStatement(
  sid: string,
  { names, accountId, region }: CasePlace,
  flag: string,
  mode: Mode,
): aws.iam.PolicyStatement {
  return {
    Sid: sid,
    Effect: "Allow",
    Action: mode === "act" ? ["ssm:GetParameter", "ssm:PutParameter"] : "ssm:GetParameter",
    Resource: `arn:aws:ssm:${region}:${accountId}:parameter${names.fixed("ssmParameter", flag)}`,
  };
}
