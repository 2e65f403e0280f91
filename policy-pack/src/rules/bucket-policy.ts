import { type ExampleProps, one, UNKNOWN } from "../engine/example";
import { fail, notKnownYet } from "../engine/judge";
import { covers, readPolicyDocument } from "../engine/policy-document";
import { defineRule } from "../engine/rule";

const POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const everything = { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" };
const document = (change: ExampleProps): ExampleProps => ({
  policy: JSON.stringify({ Statement: [{ ...everything, ...change }] }),
});

/** A bucket's policy can still be changed. */
export const bucketPolicyNoLockout = defineRule({
  id: "bucket-policy-no-lockout",
  title: "No bucket policy refuses everybody to change it",
  severity: "high",
  scope: "resource",
  types: { [POLICY]: ["policy"] },
  refs: { checkov: ["CKV_AWS_93"] },
  gdpr: ["32(1)(b)", "32(1)(c)"],
  rationale: "Only the account's root user gets into such a bucket again, and nobody signs in as that.",
  remediation:
    "give the refusal a condition, or leave s3:PutBucketPolicy and s3:DeleteBucketPolicy out of it",
  configSchema: {},
  examples: {
    pass: [
      one("TLS only", POLICY, document({ Condition: { Bool: { "aws:SecureTransport": "false" } } })),
      one("nobody reads", POLICY, document({ Action: "s3:GetObject" })),
      one("one role", POLICY, document({ Principal: { AWS: "arn:aws:iam::111122223333:role/x" } })),
      one("a grant", POLICY, document({ Effect: "Allow" })),
    ],
    fail: [
      one("everything", POLICY, document({}), { findings: ["lockout"] }),
      one("the policy alone", POLICY, document({ Action: "s3:PutBucketPolicy" }), { findings: ["lockout"] }),
      one(
        "all but one",
        POLICY,
        { policy: { Statement: { Effect: "Deny", NotPrincipal: { AWS: "x" }, NotAction: "s3:GetObject" } } },
        { findings: ["lockout"] },
      ),
    ],
    unknown: [
      one("document unknown", POLICY, { policy: UNKNOWN }, { findings: ["unknown"] }),
      one("statement unknown", POLICY, { policy: { Statement: [UNKNOWN] } }, { findings: ["unknown"] }),
    ],
    notApplicable: [one("another type", "aws:s3/bucket:Bucket", {})],
  },
  check: ({ resource }) => {
    const found = readPolicyDocument(resource.props.raw("policy"), "policy");
    if (found.kind !== "known") {
      // One that is malformed is refused by `bucket-policy`.
      return found.kind === "unknown" ? [notKnownYet("policy")] : [];
    }
    const { statements, unknownPaths } = found.value;
    return [
      ...statements
        .filter(
          (statement) =>
            !statement.allows &&
            statement.conditions.length === 0 &&
            statement.principals.some(({ kind }) => kind === "*") &&
            covers(statement, "s3:PutBucketPolicy"),
        )
        .map(({ path }) =>
          fail("lockout", `${path} lets nobody change the policy`, "Required: a condition, or other actions"),
        ),
      ...unknownPaths.map((path) => notKnownYet(path)),
    ];
  },
});
