import { type Example, type ExampleProps, type ExampleResource, UNKNOWN } from "../engine/example";
import { fail, notKnownYet } from "../engine/judge";
import { defineRule } from "../engine/rule";

const ROLE = "aws:iam/role:Role";
const POLICY = "aws:iam/policy:Policy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const ATTACHMENTS = [
  ATTACHMENT,
  "aws:iam/policyAttachment:PolicyAttachment",
  "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
];
const BOUNDED = [ROLE, "aws:iam/user:User"];

const arn = "arn:aws:iam::111122223333:policy/streamflix-workload";
const boundary: ExampleResource = { type: POLICY, name: "boundary", props: { arn } };
const other: ExampleResource = { type: POLICY, name: "other", props: { arn: `${arn}-2` } };
const role = (permissionsBoundary: ExampleProps[string], from: readonly string[] = []): ExampleResource => ({
  type: ROLE,
  name: "role",
  props: { permissionsBoundary },
  dependsOn: { permissionsBoundary: from },
});
const attached = (
  policyArn: ExampleProps[string],
  from: readonly string[] = [],
  type = ATTACHMENT,
): ExampleResource => ({ type, props: { policyArn }, dependsOn: { policyArn: from } });
const stack = (
  title: string,
  resources: readonly ExampleResource[],
  ...findings: readonly string[]
): Example => ({ title, resources, findings });

/** What bounds rights gives none. */
export const boundaryNotAttached = defineRule({
  id: "iam-boundary-not-attached",
  title: "A permissions boundary is attached to nobody as a policy",
  severity: "high",
  scope: "stack",
  types: {
    [POLICY]: [],
    ...Object.fromEntries(BOUNDED.map((type) => [type, ["permissionsBoundary"]])),
    ...Object.fromEntries(ATTACHMENTS.map((type) => [type, ["policyArn"]])),
  },
  refs: { aws: ["iam-policy-blacklisted-policy-check"] },
  gdpr: ["25", "32(1)(b)"],
  rationale:
    "A boundary allows nearly everything and forbids the rest: as a policy it makes an administrator of whom it was to hold.",
  remediation:
    "write an aws.iam.RolePolicy with the actions that are used, and name the boundary in permissionsBoundary",
  configSchema: {},
  examples: {
    pass: [
      stack("another policy", [boundary, other, role(UNKNOWN, ["boundary"]), attached(UNKNOWN, ["other"])]),
      stack("another policy by its ARN", [role(arn), attached(`${arn}-2`)]),
    ],
    fail: [
      stack(
        "made in the same run",
        [boundary, role(UNKNOWN, ["boundary"]), attached(UNKNOWN, ["boundary"])],
        "boundary@example",
      ),
      stack("by its ARN", [role(arn), attached(arn)], "boundary@example"),
      stack(
        "one of the stack by its ARN",
        [boundary, role(UNKNOWN, ["boundary"]), attached(arn)],
        "boundary@example",
      ),
      stack("to a group", [role(arn), attached(arn, [], ATTACHMENTS[3])], "boundary@example"),
    ],
    unknown: [stack("a policy that is not known", [role(arn), attached(UNKNOWN)], "unknown@example")],
    notApplicable: [stack("nothing is attached", [role(arn)])],
  },
  check: ({ graph, notApplicable }) => {
    const attachments = graph.ofTypes(ATTACHMENTS);
    if (attachments.length === 0) {
      return notApplicable("the stack attaches no policy");
    }
    const bounded = graph.ofTypes(BOUNDED);
    const policies = bounded.map((entry) => graph.targets(entry, "permissionsBoundary", [POLICY]));
    const boundaries = new Set(policies.flatMap((found) => (found.kind === "known" ? found.value : [])));
    const arns = new Set(
      bounded
        .map(({ props }) => props.string("permissionsBoundary"))
        .flatMap((text) => (text.kind === "known" ? [text.value] : [])),
    );
    return attachments.flatMap((entry) => {
      const { urn } = entry;
      const named = entry.props.string("policyArn");
      const found = graph.targets(entry, "policyArn", [POLICY]);
      if (found.kind === "unknown") {
        return [notKnownYet("policyArn", urn)];
      }
      const isBoundary =
        (named.kind === "known" && arns.has(named.value)) ||
        (found.kind === "known" && found.value.some((policy) => boundaries.has(policy)));
      return isBoundary
        ? [fail("boundary", "policyArn names a permissions boundary", "Allowed: other policies", { urn })]
        : [];
    });
  },
});
