import { shaped } from "../checks";
import { AwsError, type Model } from "../model";
import { hexOf, strings, text, textOr } from "../world";

export const POLICY = "aws:iam/policy:Policy";
const OIDC_PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider";

/** Characters of a managed policy, white space apart (IAM quota, which can't be raised). */
const MANAGED_POLICY_CHARACTERS = 6_144;

const policy: Model = {
  type: POLICY,
  source: "internal/service/iam/policy.go",
  scope: "global",
  forceNew: ["description", "name", "namePrefix", "path"],
  seconds: 1,
  taggable: true,
  computed: ["arn", "attachmentCount", "name", "policyId"],
  defaults: { path: "/" },
  documents: [{ property: "policy", kind: "identity" }],
  verify: (inputs) => {
    if (text(inputs, "policy").replaceAll(/\s/g, "").length > MANAGED_POLICY_CHARACTERS) {
      throw new AwsError(
        "LimitExceeded",
        `Cannot exceed quota for PolicySize: ${MANAGED_POLICY_CHARACTERS} (${text(inputs, "name")})`,
      );
    }
  },
  make: (inputs, world) => {
    const name = text(inputs, "name");
    const arn = `arn:aws:iam::${world.place.account}:policy${textOr(inputs, "path", "/")}${name}`;
    return {
      id: arn,
      computed: { arn, attachmentCount: 0, policyId: `ANPA${hexOf(name, 16).toUpperCase()}` },
    };
  },
  // IAM deletes no policy that is attached, or is a boundary.
  heldBy: ({ id }, { accounts, place }) =>
    accounts
      .listType(place.account, "global", "aws:iam/role:Role")
      .filter(({ inputs, state }) => state === "available" && inputs["permissionsBoundary"] === id)
      .map((role) => role.id),
};

const serviceLinkedRole: Model = {
  type: "aws:iam/serviceLinkedRole:ServiceLinkedRole",
  source: "internal/service/iam/service_linked_role.go",
  scope: "global",
  forceNew: ["awsServiceName", "customSuffix"],
  seconds: 3,
  taggable: true,
  computed: ["arn", "createDate", "name", "path", "uniqueId"],
  check: (inputs) => shaped(inputs, "awsServiceName", /^[a-z0-9.-]+\.amazonaws\.com$/, "a service principal"),
  unique: (inputs, place) => ({
    claim: text(inputs, "awsServiceName"),
    taken:
      `InvalidInput: Service role of ${text(inputs, "awsServiceName")} has been taken in account ${place.account}, ` +
      "please try a different suffix (it exists: say adopt in `streamflix:serviceLinkedRoles`)",
  }),
  make: (inputs, world) => {
    const service = text(inputs, "awsServiceName");
    const name = `AWSServiceRoleFor${hexOf(service, 8)}`;
    const path = `/aws-service-role/${service}/`;
    const arn = `arn:aws:iam::${world.place.account}:role${path}${name}`;
    return {
      id: arn,
      computed: {
        arn,
        name,
        path,
        createDate: new Date().toISOString(),
        uniqueId: `AROA${hexOf(service, 16).toUpperCase()}`,
      },
    };
  },
};

const oidcProvider: Model = {
  type: OIDC_PROVIDER,
  source: "internal/service/iam/openid_connect_provider.go",
  scope: "global",
  forceNew: ["url"],
  kept: ["thumbprintLists"],
  seconds: 1,
  taggable: true,
  computed: ["arn", "thumbprintLists"],
  check: (inputs) => shaped(inputs, "url", /^https:\/\/[a-z0-9./-]+$/, "an https address"),
  verify: (inputs) => {
    if (strings(inputs["clientIdLists"]).length === 0) {
      throw new AwsError("ValidationError", "An identity provider needs at least one client id.");
    }
  },
  make: (inputs, world) => {
    const host = text(inputs, "url").replace("https://", "");
    const arn = `arn:aws:iam::${world.place.account}:oidc-provider/${host}`;
    return { id: arn, computed: { arn, thumbprintLists: [hexOf(host, 40)] } };
  },
};

const publicAccessBlock: Model = {
  type: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
  source: "internal/service/s3control/account_public_access_block.go",
  scope: "global",
  forceNew: ["accountId"],
  seconds: 2,
  taggable: false,
  computed: [],
  make: (_inputs, { place }) => ({ id: place.account, computed: {} }),
};

export const iamAccountModels: readonly Model[] = [
  policy,
  serviceLinkedRole,
  oidcProvider,
  publicAccessBlock,
];
