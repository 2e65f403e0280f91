import { bad, good, propertyRule } from "../engine/demand";
import { type ExampleProps, type ExampleValue, one, UNKNOWN } from "../engine/example";
import { fail, notKnownYet } from "../engine/judge";
import { decide, isGiven, isLeftOut, isOneOf, type Must, orMade } from "../engine/must";
import {
  isAnyone,
  isHeldToAccounts,
  matchesPattern,
  readPolicyDocument,
  type Statement,
} from "../engine/policy-document";
import { defineRule, type Finding } from "../engine/rule";
import { flag, texts } from "../engine/setting";

const ROLE = "aws:iam/role:Role";
const ACCOUNT = "111122223333";

interface TrustConfig {
  readonly sourcelessServices: readonly string[];
}

const trust = (principal: ExampleValue, condition: ExampleProps = {}) => ({
  assumeRolePolicy: JSON.stringify({
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: principal, Condition: condition }],
  }),
});
const ecs = { Service: "ecs-tasks.amazonaws.com" };
const root = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
const github = { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com` };
const subject = (pattern: string) => ({ StringLike: { "token.actions.githubusercontent.com:sub": pattern } });

/** Roles are taken by whom they are made for. */
export const roleTrust = defineRule<TrustConfig>({
  id: "iam-role-trust",
  title: "Roles are trusted to services on our behalf, to people with a condition, and to named workflows",
  severity: "critical",
  scope: "resource",
  isSuppressible: false,
  types: { [ROLE]: ["assumeRolePolicy"] },
  refs: {
    checkov: ["CKV_AWS_60", "CKV_AWS_61", "CKV_AWS_393"],
    prowler: [
      "iam_role_cross_service_confused_deputy_prevention",
      "iam_no_custom_policy_permissive_role_assumption",
    ],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale:
    "Who may take a role has all its rights; a service that may take it for anybody takes it for strangers.",
  remediation:
    "name the principal, and add aws:SourceAccount or aws:SourceArn for services, a condition for people, and the subject for workflows",
  configSchema: {
    sourcelessServices: texts("Services that send no source when they take a role.", [
      "apigateway.amazonaws.com",
      "backup.amazonaws.com",
      "lambda.amazonaws.com",
    ]),
  },
  examples: {
    pass: [
      one("service on our behalf", ROLE, trust(ecs, { StringEquals: { "aws:SourceAccount": ACCOUNT } })),
      one(
        "service by ARN",
        ROLE,
        trust(ecs, { ArnLike: { "aws:SourceArn": `arn:aws:ecs:eu-central-1:${ACCOUNT}:*` } }),
      ),
      one("service without a source", ROLE, trust({ Service: "lambda.amazonaws.com" })),
      one(
        "people with a second factor",
        ROLE,
        trust(root, { Bool: { "aws:MultiFactorAuthPresent": "true" } }),
      ),
      one("one role", ROLE, trust({ AWS: `arn:aws:iam::${ACCOUNT}:role/deploy` })),
      one("one repository's workflows", ROLE, trust(github, subject("repo:streamflix/platform:*"))),
    ],
    fail: [
      one("anybody", ROLE, trust("*"), { findings: ["anyone"] }),
      one("anybody with an account", ROLE, trust({ AWS: "*" }), { findings: ["anyone"] }),
      one("service on anybody's behalf", ROLE, trust(ecs), { findings: ["any-source"] }),
      one("whole account", ROLE, trust(root), { findings: ["whole-account"] }),
      one("whole account by id", ROLE, trust({ AWS: ACCOUNT }), { findings: ["whole-account"] }),
      one("any workflow", ROLE, trust(github), { findings: ["any-subject"] }),
      one("any repository", ROLE, trust(github, subject("*")), { findings: ["any-subject"] }),
      one("not a policy", ROLE, { assumeRolePolicy: "{" }, { findings: ["malformed"] }),
      one("service by configuration", ROLE, trust({ Service: "lambda.amazonaws.com" }), {
        findings: ["any-source"],
        config: { sourcelessServices: [] },
      }),
    ],
    unknown: [
      one("document unknown", ROLE, { assumeRolePolicy: UNKNOWN }, { findings: ["unknown"] }),
      one(
        "a statement unknown",
        ROLE,
        { assumeRolePolicy: { Statement: [{ Principal: { AWS: UNKNOWN } }] } },
        { findings: ["unknown"] },
      ),
    ],
    notApplicable: [one("another type", "aws:iam/rolePolicy:RolePolicy", {})],
  },
  check: ({ resource, config }) => {
    const found = readPolicyDocument(resource.props.raw("assumeRolePolicy"), "assumeRolePolicy");
    switch (found.kind) {
      case "absent":
        return [];
      case "unknown":
        return [notKnownYet("assumeRolePolicy")];
      case "malformed":
        return [
          fail(
            "malformed",
            "assumeRolePolicy can't be read as a policy document",
            "Allowed: JSON with a list of statements",
          ),
        ];
      case "known":
        return [
          ...found.value.statements
            .filter(({ allows }) => allows)
            .flatMap((statement) => judge(statement, config)),
          ...found.value.unknownPaths.map((path) => notKnownYet(path)),
        ];
    }
  },
});

function judge(statement: Statement, config: TrustConfig): readonly Finding[] {
  const { path, principals, conditions } = statement;
  if (principals.some(isAnyone)) {
    return isHeldToAccounts(statement)
      ? []
      : [fail("anyone", `${path} trusts anybody`, "Allowed: named principals")];
  }
  const isSourced = conditions.some(({ key }) => /^aws:source(account|arn|orgid)$/.test(key));
  const isPinned = conditions.some(
    ({ key, values }) => key.endsWith(":sub") && values.every((value) => !/^\*|^repo:\*/.test(value)),
  );
  return principals.flatMap(({ kind, value }) => {
    if (kind === "Service" && !isSourced && !config.sourcelessServices.includes(value)) {
      return [
        fail(
          "any-source",
          `${path} trusts a service on anybody's behalf`,
          "Required: aws:SourceAccount or aws:SourceArn",
        ),
      ];
    }
    if (kind === "AWS" && /^(\d{12}|.*:root)$/.test(value) && conditions.length === 0) {
      return [
        fail(
          "whole-account",
          `${path} trusts every role of an account`,
          "Required: a condition, or the role's ARN",
        ),
      ];
    }
    return kind === "Federated" && !isPinned
      ? [
          fail(
            "any-subject",
            `${path} trusts every workflow of a provider`,
            "Required: a condition on the subject",
          ),
        ]
      : [];
  });
}

interface BoundsConfig {
  readonly needsBoundary: boolean;
}

/** A role's rights are where rules look for them, and have an end. */
export const roleBounds = propertyRule<BoundsConfig>({
  id: "iam-role-bounds",
  title: "Roles have a permissions boundary, and their policies as resources of their own",
  severity: "high",
  type: ROLE,
  refs: { checkov: ["CKV_AWS_274"], prowler: ["iam_role_administratoraccess_policy"] },
  gdpr: ["25", "32(1)(b)", "44"],
  rationale: "The boundary holds whatever a later policy says; rights inside the role are seen by no rule.",
  remediation: "set permissionsBoundary, and make aws.iam.RolePolicy resources",
  configSchema: { needsBoundary: flag("Whether roles need a permissions boundary.", true) },
  demands: [
    {
      finding: "no-boundary",
      at: "permissionsBoundary",
      must: ({ needsBoundary }) => (needsBoundary ? isGiven : undefined),
    },
    { finding: "inline", at: "inlinePolicies", must: isLeftOut },
    { finding: "managed", at: "managedPolicyArns", must: isLeftOut },
  ],
  examples: {
    good: { permissionsBoundary: `arn:aws:iam::${ACCOUNT}:policy/streamflix-workload-dev` },
    pass: [good("no boundary by configuration", { permissionsBoundary: null }, { needsBoundary: false })],
    fail: [
      bad("no boundary", { permissionsBoundary: null }, "no-boundary"),
      bad("policies inside", { inlinePolicies: [{ name: "x", policy: "{}" }] }, "inline"),
      bad("attached inside", { managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }, "managed"),
    ],
    unknown: ["inlinePolicies", "managedPolicyArns"],
    made: ["permissionsBoundary"],
  },
});

interface AttachmentConfig {
  readonly awsPolicies: readonly string[];
  readonly boundaries: readonly string[];
}

/** Policies that AWS writes grow without asking, and boundaries allow nearly everything. */
export const roleAttachment = propertyRule<AttachmentConfig>({
  id: "iam-role-attachment",
  title: "Roles have AWS's own policies only where no other is possible, and no boundary as a policy",
  severity: "high",
  type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  refs: {
    checkov: ["CKV_AWS_274", "CKV2_AWS_56"],
    cdkNag: ["AwsSolutions-IAM4"],
    prowler: ["iam_aws_attached_policy_no_administrative_privileges"],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale:
    "AWS's policies are for everybody, so they allow more than one program needs, and change over night; a boundary as a policy makes an administrator.",
  remediation: "write an aws.iam.RolePolicy with the actions that are used",
  configSchema: {
    awsPolicies: texts("AWS's policies that may be attached.", [
      "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    ]),
    boundaries: texts("Patterns of ARNs of permissions boundaries.", [
      "arn:aws:iam::*:policy/streamflix-account/streamflix-operator",
      "arn:aws:iam::*:policy/streamflix-account/streamflix-replication",
      "arn:aws:iam::*:policy/streamflix-account/streamflix-workload-*",
    ]),
  },
  demands: [
    {
      finding: "aws-policy",
      at: "policyArn",
      must: ({ awsPolicies }): Must =>
        orMade({
          judge: decide(
            (value) => !/^arn:[^:]+:iam::aws:/.test(String(value)) || awsPolicies.includes(String(value)),
          ),
          wrong: "names one of AWS's policies",
          allowed: "policies of the account, and those of the settings",
        }),
    },
    {
      finding: "boundary",
      at: "policyArn",
      must: ({ boundaries }): Must =>
        orMade({
          judge: decide((value) => !boundaries.some((pattern) => matchesPattern(pattern, String(value)))),
          wrong: "names a permissions boundary",
          allowed: "policies that say what a role is for",
        }),
    },
  ],
  examples: {
    good: { policyArn: `arn:aws:iam::${ACCOUNT}:policy/streamflix` },
    pass: [
      good("no other is possible", {
        policyArn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
      }),
    ],
    fail: [
      bad("everything", { policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" }, "aws-policy"),
      bad("none by configuration", { policyArn: "arn:aws:iam::aws:policy/service-role/x" }, "aws-policy", {
        awsPolicies: [],
      }),
      bad(
        "a boundary",
        { policyArn: `arn:aws:iam::${ACCOUNT}:policy/streamflix-account/streamflix-workload-eu-central-1` },
        "boundary",
      ),
      bad("a boundary by configuration", { policyArn: `arn:aws:iam::${ACCOUNT}:policy/limit` }, "boundary", {
        boundaries: ["arn:aws:iam::*:policy/limit"],
      }),
    ],
    made: ["policyArn"],
  },
});

interface PeopleConfig {
  readonly users: readonly string[];
}

/** People come in through roles. */
export const noUsers = propertyRule<PeopleConfig>({
  id: "iam-no-users",
  title: "The program makes no IAM users",
  severity: "high",
  type: "aws:iam/user:User",
  refs: { checkov: ["CKV_AWS_273"], securityHub: ["IAM.2"], prowler: ["iam_user_accesskey_unused"] },
  gdpr: ["25", "32(1)(b)"],
  rationale: "A user's keys are good until somebody takes them away, and nobody does.",
  remediation: "make a role, and let people and workflows take it for an hour",
  configSchema: { users: texts("Users that may be made all the same.", []) },
  demands: [{ finding: "user", at: "name", must: ({ users }) => isOneOf(users) }],
  examples: {
    good: { name: "emergency" },
    config: { users: ["emergency"] },
    fail: [bad("user", {}, "user", { users: [] })],
    unknown: ["name"],
  },
});

/** Nobody has keys that never end. */
export const noAccessKeys = propertyRule<PeopleConfig>({
  id: "iam-no-access-keys",
  title: "The program makes no access keys",
  severity: "high",
  type: "aws:iam/accessKey:AccessKey",
  refs: {
    checkov: ["CKV_AWS_273"],
    securityHub: ["IAM.3"],
    prowler: ["iam_user_no_setup_initial_access_key"],
  },
  gdpr: ["25", "32(1)(b)"],
  rationale: "The key lands in the state, and is good until somebody takes it away.",
  remediation: "make a role that is taken for an hour",
  configSchema: { users: texts("Users that may have keys all the same.", []) },
  demands: [{ finding: "key", at: "user", must: ({ users }) => isOneOf(users) }],
  examples: {
    good: { user: "emergency" },
    config: { users: ["emergency"] },
    fail: [bad("key", {}, "key", { users: [] })],
    unknown: ["user"],
  },
});
