import { one, UNKNOWN } from "../engine/example";
import { fail, notKnownYet } from "../engine/judge";
import { readPolicyDocument } from "../engine/policy-document";
import { namesSource } from "../engine/resource-policy";
import { defineRule } from "../engine/rule";
import { texts } from "../engine/setting";

const KEY = "aws:kms/key:Key";
const KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy";
const ACCOUNT = "111122223333";

const keyPolicy = (Condition: Readonly<Record<string, unknown>>, service = "sns.amazonaws.com") => ({
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: service },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Resource: "*",
        Condition,
      },
    ],
  }),
});
const anySource = { findings: ["any-source"] };

interface ServicesConfig {
  readonly sourcelessServices: readonly string[];
}

// What a service tells KMS about the resource that it uses the key for.
const CONTEXT = /^kms:encryptioncontext:/;

/** A service uses a key of ours for us alone. */
export const kmsServicesScoped = defineRule<ServicesConfig>({
  id: "kms-services-scoped",
  title: "KMS key policies let services in for this account alone",
  severity: "high",
  scope: "resource",
  types: {
    [KEY]: ["policy"],
    [KEY_POLICY]: ["policy"],
    "aws:kms/replicaKey:ReplicaKey": ["policy"],
    "aws:kms/externalKey:ExternalKey": ["policy"],
  },
  refs: {},
  gdpr: ["25", "32(1)(a)"],
  rationale:
    "A service works for every account: without a source in the condition, another account can have it use our key.",
  remediation:
    "add a condition on aws:SourceAccount or aws:SourceArn, or on the encryption context that the service sends",
  configSchema: {
    sourcelessServices: texts("Services that never say on whose behalf they call.", ["events.amazonaws.com"]),
  },
  examples: {
    pass: [
      one("AWS's default policy", KEY, {}),
      one("source account", KEY, keyPolicy({ StringEquals: { "aws:SourceAccount": ACCOUNT } })),
      one(
        "source ARN",
        KEY_POLICY,
        keyPolicy({ ArnLike: { "AWS:SourceArn": `arn:aws:sns:eu-central-1:${ACCOUNT}:*` } }),
      ),
      one(
        "encryption context",
        KEY,
        keyPolicy({
          ArnLike: {
            "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:eu-central-1:${ACCOUNT}:log-group:*`,
          },
        }),
      ),
      one("a service without a source", KEY, keyPolicy({}, "events.amazonaws.com")),
    ],
    fail: [
      one("no condition", KEY, keyPolicy({}), anySource),
      one("any source", KEY, keyPolicy({ StringLike: { "aws:SourceAccount": "*" } }), anySource),
      one(
        "nothing asked where no source is sent",
        KEY,
        keyPolicy({ StringEqualsIfExists: { "aws:SourceAccount": ACCOUNT } }),
        anySource,
      ),
      one("all but one", KEY, keyPolicy({ StringNotEquals: { "aws:SourceAccount": ACCOUNT } }), anySource),
      one(
        "any context",
        KEY,
        keyPolicy({ ArnLike: { "kms:EncryptionContext:aws:logs:arn": "*" } }),
        anySource,
      ),
      one("something else", KEY, keyPolicy({ StringEquals: { "aws:RequestedRegion": "x" } }), anySource),
      one("no exception by configuration", KEY, keyPolicy({}, "events.amazonaws.com"), {
        ...anySource,
        config: { sourcelessServices: [] },
      }),
    ],
    unknown: [
      one("document unknown", KEY, { policy: UNKNOWN }, { findings: ["unknown"] }),
      one("statement unknown", KEY, { policy: { Statement: [UNKNOWN] } }, { findings: ["unknown"] }),
    ],
    notApplicable: [one("another type", "aws:kms/alias:Alias", {})],
  },
  check: ({ resource, config }) => {
    const document = readPolicyDocument(resource.props.raw("policy"), "policy");
    if (document.kind !== "known") {
      // One that is malformed is refused by `kms-policy-not-public`.
      return document.kind === "unknown" ? [notKnownYet("policy")] : [];
    }
    const { statements, unknownPaths } = document.value;
    return [
      ...statements
        .filter(
          (statement) =>
            statement.allows &&
            !namesSource(statement, CONTEXT) &&
            statement.principals.some(
              ({ kind, value }) => kind === "Service" && !config.sourcelessServices.includes(value),
            ),
        )
        .map(({ path }) =>
          fail(
            "any-source",
            `${path} lets a service use the key on anybody's behalf`,
            "Required: a source of this account",
          ),
        ),
      ...unknownPaths.map((path) => notKnownYet(path)),
    ];
  },
});
