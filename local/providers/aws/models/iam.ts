import { AwsError, type Model } from "../model";
import { isPrepared } from "../preparation";
import { hexOf, text } from "../world";
import { POLICY } from "./iam-account";

export const ROLE = "aws:iam/role:Role";
export const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";

/** Characters of a role's inline policies together, white space apart (IAM quota). */
const INLINE_POLICY_CHARACTERS = 10_240;

const role: Model = {
  type: ROLE,
  source: "internal/service/iam/role.go",
  scope: "global",
  forceNew: ["name", "namePrefix", "path"],
  seconds: 2,
  taggable: true,
  computed: ["arn", "createDate", "uniqueId", "name"],
  defaults: { forceDetachPolicies: false, maxSessionDuration: 3600, path: "/" },
  documents: [{ property: "assumeRolePolicy", kind: "trust" }],
  verify: (inputs, world) => {
    const boundary = inputs["permissionsBoundary"];
    if (typeof boundary === "string" && isPrepared(world)) {
      world.need({ types: [POLICY], by: "arn" }, boundary);
    }
  },
  make: (inputs, world) => {
    const name = text(inputs, "name");
    const path = typeof inputs["path"] === "string" ? inputs["path"] : "/";
    return {
      id: name,
      computed: {
        arn: `arn:aws:iam::${world.place.account}:role${path}${name}`,
        createDate: new Date().toISOString(),
        uniqueId: `AROA${hexOf(name, 16).toUpperCase()}`,
      },
    };
  },
  keptWhileReferenced: true,
};

const rolePolicy: Model = {
  type: ROLE_POLICY,
  source: "internal/service/iam/role_policy.go",
  scope: "global",
  forceNew: ["name", "namePrefix", "role"],
  seconds: 1,
  taggable: false,
  computed: [],
  references: { role: { types: [ROLE], by: "id" } },
  documents: [{ property: "policy", kind: "identity" }],
  verify: (inputs) => {
    const length = text(inputs, "policy").replaceAll(/\s/g, "").length;
    if (length > INLINE_POLICY_CHARACTERS) {
      throw new AwsError(
        "LimitExceeded",
        `Maximum policy size of ${INLINE_POLICY_CHARACTERS} bytes exceeded for role ${text(inputs, "role")}`,
      );
    }
  },
  make: (inputs) => ({ id: `${text(inputs, "role")}:${text(inputs, "name")}`, computed: {} }),
};

const rolePolicyAttachment: Model = {
  type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  source: "internal/service/iam/role_policy_attachment.go",
  scope: "global",
  forceNew: ["policyArn", "role"],
  seconds: 1,
  taggable: false,
  computed: [],
  references: {
    policyArn: { types: ["aws:iam/policy:Policy"], by: "arn", builtIn: /^arn:aws:iam::aws:policy\// },
    role: { types: [ROLE], by: "id" },
  },
  unique: (inputs) => ({
    claim: `${text(inputs, "role")} ${text(inputs, "policyArn")}`,
    taken: `${text(inputs, "policyArn")} is attached to ${text(inputs, "role")} already: two resources would own one attachment`,
  }),
  make: (inputs) => ({
    id: `${text(inputs, "role")}-${hexOf(text(inputs, "policyArn"), 26)}`,
    computed: {},
  }),
  importId: (inputs) => `${text(inputs, "role")}/${text(inputs, "policyArn")}`,
};

export const iamModels: readonly Model[] = [role, rolePolicy, rolePolicyAttachment];
