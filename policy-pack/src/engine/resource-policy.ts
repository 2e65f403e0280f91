import { type ExampleProps, type ExampleValue, one, UNKNOWN } from "./example";
import { fail, notKnownYet } from "./judge";
import {
  covers,
  isAnyone,
  isHeldToAccounts,
  matchesPattern,
  type PolicyDocument,
  readPolicyDocument,
  type Statement,
} from "./policy-document";
import { defineRule, type Finding, type References, type Rule } from "./rule";
import { texts } from "./setting";

/** A rule about the policy that stands on a resource. */
export interface PolicyRule {
  readonly id: string;
  /** What the policy opens, such as `buckets`. */
  readonly of: string;
  readonly type: string;
  /** The property that holds the document. */
  readonly property: string;
  /** The action that the refusal of calls without TLS must take in, such as `s3:GetObject`. @default AWS takes TLS alone */
  readonly tlsFor?: string;
  readonly refs: References;
  /** Resource patterns that anybody may be let to. @default none */
  readonly openResources?: readonly string[];
  /** Services that send no word on whose behalf they call. @default none */
  readonly sourcelessServices?: readonly string[];
}

interface PolicyConfig {
  readonly openResources: readonly string[];
  readonly sourcelessServices: readonly string[];
}

const ACCOUNT = "111122223333";
const service = (name: string) => ({ Service: `${name}.amazonaws.com` });

/** Makes the rule: who may call is named, services call on our behalf alone, and nobody without TLS. */
export function resourcePolicyRule(rule: PolicyRule): Rule {
  const { of, type, property, tlsFor, openResources = [], sourcelessServices = [], ...facts } = rule;
  const tls = {
    Effect: "Deny",
    Principal: "*",
    Action: "*",
    Resource: "*",
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  const own = {
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: tlsFor ?? "x:Read",
    Resource: "*",
  };
  const document = (...statements: readonly ExampleValue[]): ExampleProps => ({
    [property]: JSON.stringify({
      Version: "2012-10-17",
      Statement: [...statements, ...(tlsFor === undefined ? [] : [tls])],
    }),
  });
  const sourced = { Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } } };
  return defineRule<PolicyConfig>({
    ...facts,
    title: `Policies of ${of} name who may call${tlsFor === undefined ? "" : ", and refuse calls without TLS"}`,
    severity: "critical",
    scope: "resource",
    isSuppressible: false,
    types: { [type]: [property] },
    gdpr: tlsFor === undefined ? ["25", "32(1)(b)"] : ["25", "32(1)(a)", "32(1)(b)"],
    rationale:
      "A policy on the resource opens it past every role. A service calls for every account that asks it to, unless the policy says for whose.",
    remediation: `name account, role or service in ${property}, give services aws:SourceAccount or aws:SourceArn${
      tlsFor === undefined ? "" : ", and deny all to `*` where aws:SecureTransport is false"
    }`,
    configSchema: {
      openResources: texts("Patterns of resources that anybody may be let to.", openResources),
      sourcelessServices: texts("Services that never say on whose behalf they call.", sourcelessServices),
    },
    examples: {
      pass: [
        one("own account", type, document(own)),
        one(
          "service on our behalf",
          type,
          document({ ...own, Principal: service("cloudwatch"), ...sourced }),
        ),
        one(
          "anyone of the account",
          type,
          document({
            ...own,
            Principal: "*",
            Condition: { StringEquals: { "aws:PrincipalAccount": ACCOUNT } },
          }),
        ),
        one("open by configuration", type, document({ ...own, Principal: "*", Resource: "x/health" }), {
          config: { openResources: ["*/health"] },
        }),
        one(
          "service without a source by configuration",
          type,
          document({ ...own, Principal: service("events") }),
          {
            config: { sourcelessServices: ["events.amazonaws.com"] },
          },
        ),
      ],
      fail: [
        one("anyone", type, document({ ...own, Principal: "*" }), { findings: ["anyone"] }),
        one("anyone with an account", type, document({ ...own, Principal: { AWS: "*" } }), {
          findings: ["anyone"],
        }),
        one(
          "all but one",
          type,
          document({ Effect: "Allow", NotPrincipal: own.Principal, Action: "*", Resource: "*" }),
          {
            findings: ["anyone"],
          },
        ),
        one("service on anybody's behalf", type, document({ ...own, Principal: service("cloudwatch") }), {
          findings: ["any-source"],
        }),
        one("not a policy", type, { [property]: "{" }, { findings: ["malformed"] }),
        ...(tlsFor === undefined
          ? []
          : [
              one(
                "calls in clear",
                type,
                { [property]: JSON.stringify({ Statement: [own] }) },
                { findings: ["no-tls"] },
              ),
              one(
                "refusal for some",
                type,
                { [property]: JSON.stringify({ Statement: [{ ...tls, Principal: own.Principal }] }) },
                { findings: ["no-tls"] },
              ),
              one(
                "refusal of something else",
                type,
                { [property]: JSON.stringify({ Statement: [{ ...tls, Action: "x:Other" }] }) },
                { findings: ["no-tls"] },
              ),
            ]),
      ],
      unknown: [
        one("document unknown", type, { [property]: UNKNOWN }, { findings: ["unknown"] }),
        one(
          "a statement unknown",
          type,
          { [property]: { Statement: [tls, { ...own, Principal: { AWS: UNKNOWN } }] } },
          { findings: ["unknown"] },
        ),
      ],
      notApplicable: [one("another type", "aws:ec2/keyPair:KeyPair", {})],
    },
    check: ({ resource, config }) => {
      const found = readPolicyDocument(resource.props.raw(property), property);
      switch (found.kind) {
        case "absent":
          return [];
        case "unknown":
          return [notKnownYet(property)];
        case "malformed":
          return [
            fail(
              "malformed",
              `${property} can't be read as a policy document`,
              "Allowed: JSON with a list of statements",
            ),
          ];
        case "known":
          return [
            ...found.value.statements.flatMap((statement) => judgeStatement(statement, config)),
            ...found.value.unknownPaths.map((path) => notKnownYet(path)),
            ...(tlsFor === undefined ? [] : judgeTls(found.value, property, tlsFor)),
          ];
      }
    },
  });
}

function judgeStatement(statement: Statement, config: PolicyConfig): readonly Finding[] {
  const { path, allows, principals, resources } = statement;
  const isOpen =
    resources.length > 0 &&
    resources.every((resource) => config.openResources.some((pattern) => matchesPattern(pattern, resource)));
  if (!allows || isOpen) {
    return [];
  }
  const isPublic = principals.some(isAnyone) && !isHeldToAccounts(statement);
  const isForAnybody =
    !namesSource(statement) &&
    principals.some(({ kind, value }) => kind === "Service" && !config.sourcelessServices.includes(value));
  return [
    ...(isPublic
      ? [fail("anyone", `${path} lets anybody in`, "Allowed: named accounts, roles and services")]
      : []),
    ...(isForAnybody
      ? [
          fail(
            "any-source",
            `${path} lets a service in on anybody's behalf`,
            "Required: aws:SourceAccount or aws:SourceArn",
          ),
        ]
      : []),
  ];
}

const SOURCE = /^aws:source(account|arn|orgid)$/;

/**
 * Whether a statement holds a service to calls on behalf of named accounts, by AWS's keys for that or others that say
 * the same. Negated and "IfExists" operators let a call without the key through.
 */
export function namesSource({ conditions }: Statement, other?: RegExp): boolean {
  return conditions.some(
    ({ operator, key, values }) =>
      /^(string|arn)(equals|like|equalsignorecase)$/.test(operator) &&
      (SOURCE.test(key) || other?.test(key) === true) &&
      values.every((value) => /\d{12}|^o-/.test(value)),
  );
}

function judgeTls(
  { statements, unknownPaths }: PolicyDocument,
  property: string,
  action: string,
): readonly Finding[] {
  const isRefused = statements.some(
    (statement) =>
      !statement.allows &&
      statement.principals.some(({ kind }) => kind === "*") &&
      covers(statement, action) &&
      statement.conditions.length === 1 &&
      statement.conditions.some(
        ({ operator, key, values }) =>
          operator === "bool" && key === "aws:securetransport" && values.every((value) => value === "false"),
      ),
  );
  return isRefused || unknownPaths.length > 0
    ? []
    : [fail("no-tls", `${property} does not refuse calls without TLS`, "Required: a refusal for all")];
}
