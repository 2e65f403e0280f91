import { type ExampleProps, type ExampleValue, one, UNKNOWN } from "../engine/example";
import { fail, notKnownYet } from "../engine/judge";
import { covers, matchesAction, readPolicyDocument, type Statement } from "../engine/policy-document";
import { defineRule, type Finding, type Rule } from "../engine/rule";
import { texts } from "../engine/setting";

interface RightsConfig {
  readonly accountWideActions: readonly string[];
  /** Only for managed policies: a policy inside a role is never a boundary. */
  readonly boundaries?: readonly string[];
}

const MANAGED = "aws:iam/policy:Policy";

/** Actions by which a role gives itself more than it has. */
const ESCALATIONS = [
  "iam:AddUserToGroup",
  "iam:AttachGroupPolicy",
  "iam:AttachRolePolicy",
  "iam:AttachUserPolicy",
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:CreatePolicyVersion",
  "iam:DeleteRolePermissionsBoundary",
  "iam:PutGroupPolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:PutUserPolicy",
  "iam:SetDefaultPolicyVersion",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateLoginProfile",
];

/** Those that IAM decides by the boundary of the role they change, too: a condition on it keeps the new rights inside. */
const BOUNDED_ESCALATIONS = [
  "iam:AttachRolePolicy",
  "iam:AttachUserPolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:PutUserPolicy",
];

/** Actions that read what others wrote, and the shape of a resource pattern that takes in all of it. */
const READS: readonly (readonly [action: string, everything: RegExp])[] = [
  ["secretsmanager:GetSecretValue", /^(\*|arn:[^/]*:secret:\*)$/],
  ["ssm:GetParameter", /^(\*|arn:[^/]*:parameter\/\*)$/],
  ["s3:GetObject", /^(\*|arn:aws:s3:::\*)/],
  ["kinesis:GetRecords", /^(\*|arn:[^/]*:stream\/\*)$/],
  ["sts:AssumeRole", /^(\*|arn:[^/]*:role\/\*)$/],
];

const KEY_CONDITIONS = /^kms:(viaservice|resourcealiases|encryptioncontext:.+)$/;

const allow = (action: ExampleValue, resource: ExampleValue, rest: ExampleProps = {}): ExampleProps => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
  ...rest,
});
const document = (...statements: readonly ExampleValue[]): ExampleProps => ({
  policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }),
});
const secret = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:streamflix/dev/database/service-*";
const viaSecrets = {
  Condition: { StringEquals: { "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com" } },
};
const bounded = {
  Condition: {
    StringEquals: { "iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/streamflix-workload" },
  },
};
const passed = { Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } } };

/** Roles may do what they are for. One rule for each type that holds a document. */
export const iamRights: readonly Rule[] = [
  rightsRule("iam-role-rights", "Policies of roles", "aws:iam/rolePolicy:RolePolicy"),
  rightsRule("iam-policy-rights", "Managed policies", MANAGED),
];

function rightsRule(id: string, subject: string, type: string): Rule {
  const example = (title: string, props: ExampleProps, ...findings: readonly string[]) =>
    one(title, type, props, { findings });
  const isManaged = type === MANAGED;
  const limit = { name: "streamflix-limit", ...document(allow("*", "*")) };
  return defineRule<RightsConfig>({
    id,
    title: `${subject} name actions and resources, and open no way to more rights`,
    severity: "critical",
    scope: "resource",
    types: { [type]: isManaged ? ["name", "policy"] : ["policy"] },
    refs: {
      checkov: [
        "CKV_AWS_62",
        "CKV_AWS_63",
        "CKV_AWS_286",
        "CKV_AWS_287",
        "CKV_AWS_288",
        "CKV_AWS_289",
        "CKV_AWS_290",
        "CKV_AWS_355",
      ],
      securityHub: ["IAM.1", "IAM.21", "KMS.1", "KMS.2"],
      cdkNag: ["AwsSolutions-IAM5"],
      prowler: ["iam_inline_policy_no_administrative_privileges", "iam_policy_allows_privilege_escalation"],
    },
    gdpr: ["25", "32(1)(b)"],
    rationale: "What a role may do is what a leak of its credentials costs.",
    remediation:
      "name each action and the ARNs it is for, and give iam:PassRole a role and iam:PassedToService, and kms:Decrypt kms:ViaService",
    configSchema: {
      accountWideActions: texts(
        "Actions for which AWS knows no single resource, or which read nothing of a viewer.",
        [
          "backup:DescribeRestoreJob",
          "backup:PutRestoreValidationResult",
          "cloudwatch:PutMetricData",
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:Describe*",
          "ec2:UnassignPrivateIpAddresses",
          "ecr:GetAuthorizationToken",
          "ecs:Describe*",
          "ecs:List*",
          "logs:CreateLogDelivery",
          "logs:DeleteLogDelivery",
          "logs:Describe*",
          "logs:GetLogDelivery",
          "logs:ListLogDeliveries",
          "logs:PutResourcePolicy",
          "logs:UpdateLogDelivery",
          "ssmmessages:*",
          "tag:GetResources",
          "xray:Get*",
          "xray:Put*",
        ],
      ),
      ...(isManaged && {
        boundaries: texts(
          "Names of policies that are permissions boundaries: they give no right, and take all but what they allow.",
          [],
        ),
      }),
    },
    examples: {
      pass: [
        example("named", document(allow("secretsmanager:GetSecretValue", secret))),
        example(
          "without a resource level",
          document(allow(["ec2:DescribeSubnets", "xray:PutTraceSegments"], "*")),
        ),
        example("refused", document({ Effect: "Deny", Action: "*", Resource: "*" })),
        example(
          "key through one service",
          document(allow("kms:Decrypt", "arn:aws:kms:eu-central-1:111122223333:key/*", viaSecrets)),
        ),
        example(
          "rights inside a boundary",
          document(
            allow(
              ["iam:CreateRole", "iam:PutRolePolicy"],
              "arn:aws:iam::111122223333:role/streamflix-*",
              bounded,
            ),
          ),
        ),
        example(
          "one role to one service",
          document(allow("iam:PassRole", "arn:aws:iam::111122223333:role/task", passed)),
        ),
        one("more by configuration", type, document(allow("pricing:GetProducts", "*")), {
          config: { accountWideActions: ["pricing:GetProducts"] },
        }),
        ...(isManaged
          ? [one("boundary by configuration", type, limit, { config: { boundaries: ["streamflix-limit"] } })]
          : []),
      ],
      fail: [
        example("all actions", document(allow("*", secret)), "all-actions", "escalation", "pass-role"),
        example(
          "all of a service",
          document(allow("s3:*", "arn:aws:s3:::streamflix-archive/*")),
          "all-actions",
        ),
        example("all resources", document(allow("kinesis:PutRecord", "*")), "all-resources"),
        example(
          "all but some actions",
          document({ Effect: "Allow", NotAction: "iam:*", Resource: secret }),
          "inverse",
        ),
        example(
          "all but some resources",
          document({ Effect: "Allow", Action: "kinesis:PutRecord", NotResource: secret }),
          "inverse",
        ),
        example(
          "gives itself rights",
          document(allow("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/x")),
          "escalation",
        ),
        example(
          "gives itself rights under any boundary but one",
          document(
            allow("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/x", {
              Condition: { StringNotEquals: bounded.Condition.StringEquals },
            }),
          ),
          "escalation",
        ),
        example(
          "takes the boundary away",
          document(allow("iam:DeleteRolePermissionsBoundary", "arn:aws:iam::111122223333:role/x", bounded)),
          "escalation",
        ),
        example(
          "any role to any service",
          document(allow("iam:PassRole", "*")),
          "all-resources",
          "pass-role",
        ),
        example(
          "a role to any service",
          document(allow("iam:PassRole", "arn:aws:iam::111122223333:role/x")),
          "pass-role",
        ),
        example(
          "every secret",
          document(
            allow(
              "secretsmanager:GetSecretValue",
              "arn:aws:secretsmanager:eu-central-1:111122223333:secret:*",
            ),
          ),
          "read-all",
        ),
        example("every role", document(allow("sts:AssumeRole", "*")), "all-resources", "read-all"),
        example(
          "every key",
          document(allow("kms:Decrypt", "arn:aws:kms:eu-central-1:111122223333:key/*")),
          "decrypt-all",
        ),
        example("not a policy", { policy: "{" }, "malformed"),
        ...(isManaged
          ? [
              one("a boundary of another name", type, limit, {
                findings: ["all-actions", "escalation", "pass-role"],
                config: { boundaries: ["streamflix-limit-of-another"] },
              }),
            ]
          : []),
      ],
      unknown: [
        example("document unknown", { policy: UNKNOWN }, "unknown"),
        example(
          "a statement unknown",
          { policy: { Statement: [allow("s3:GetObject", UNKNOWN)] } },
          "unknown",
        ),
      ],
      notApplicable: [one("another type", "aws:iam/role:Role", {})],
    },
    check: ({ resource, config }) => {
      const found = readPolicyDocument(resource.props.raw("policy"), "policy");
      switch (found.kind) {
        case "absent":
          return [];
        case "unknown":
          return [notKnownYet("policy")];
        case "malformed":
          return [
            fail(
              "malformed",
              "policy can't be read as a policy document",
              "Allowed: JSON with a list of statements",
            ),
          ];
        case "known":
          if (isManaged && isBoundary(resource.props.raw("name"), config)) return [];
          return [
            ...found.value.statements
              .filter(({ allows }) => allows)
              .flatMap((statement) => judge(statement, config)),
            ...found.value.unknownPaths.map((path) => notKnownYet(path)),
          ];
      }
    },
  });
}

function isBoundary(name: unknown, { boundaries = [] }: RightsConfig): boolean {
  return typeof name === "string" && boundaries.includes(name);
}

function judge(statement: Statement, config: RightsConfig): readonly Finding[] {
  const { path, actions, notActions, resources, notResources, conditions } = statement;
  const isWide = (action: string) =>
    config.accountWideActions.some((pattern) => matchesAction(pattern, action));
  const isEverywhere = resources.includes("*");
  const has = (key: RegExp) => conditions.some((condition) => key.test(condition.key));
  const isBounded = conditions.some(
    ({ operator, key }) => /^(string|arn)equals$/i.test(operator) && key === "iam:permissionsboundary",
  );
  const escalations = isBounded ? ESCALATIONS.filter((it) => !BOUNDED_ESCALATIONS.includes(it)) : ESCALATIONS;
  const findings: readonly (readonly [boolean, string, string, string])[] = [
    [
      actions.some((action) => /^(\*|[^:]+:\*)$/.test(action) && !isWide(action)),
      "all-actions",
      "allows every action",
      "Allowed: the actions that are used",
    ],
    [
      isEverywhere && actions.some((action) => action !== "*" && !isWide(action)),
      "all-resources",
      "allows its actions on every resource",
      "Allowed: ARNs",
    ],
    [
      notActions.length > 0 || notResources.length > 0,
      "inverse",
      "allows all but what it names",
      "Allowed: Action and Resource",
    ],
    [
      escalations.some((action) => actions.some((pattern) => matchesAction(pattern, action))),
      "escalation",
      "lets a role give itself more rights",
      "Allowed: no such action, or a condition on iam:PermissionsBoundary",
    ],
    [
      actions.some((pattern) => matchesAction(pattern, "iam:PassRole")) &&
        (isEverywhere || !has(/^iam:passedtoservice$/)),
      "pass-role",
      "lets a role be handed to any service",
      "Required: the role's ARN and iam:PassedToService",
    ],
    [
      READS.some(
        ([action, everything]) => covers(statement, action) && resources.some((it) => everything.test(it)),
      ) &&
        notActions.length === 0 &&
        !actions.includes("*"),
      "read-all",
      "reads everything of its kind",
      "Allowed: ARNs with a name",
    ],
    [
      covers(statement, "kms:Decrypt") &&
        notActions.length === 0 &&
        !actions.includes("*") &&
        resources.some((it) => /^(\*|arn:[^/]*:key\/\*)$/.test(it)) &&
        !has(KEY_CONDITIONS),
      "decrypt-all",
      "decrypts with every key",
      "Required: the key's ARN, or kms:ViaService or kms:ResourceAliases",
    ],
  ];
  return findings.flatMap(([isFound, id, what, allowed]) =>
    isFound ? [fail(id, `${path} ${what}`, allowed)] : [],
  );
}
