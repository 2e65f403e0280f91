import assert from "node:assert/strict";

import { models } from "../../local/providers/aws/catalog";
import { T } from "./bootstrap-types";
import { ACCOUNT, DataAccount, document, NOTHING, refusal, REGION, T as DATA } from "./data-models-account";

type Attempt = (account: DataAccount) => Promise<unknown>;

/** What can't change on an existing object, `region` apart, as the Terraform provider has it. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  [T.CacheRule]: ["ecrRepositoryPrefix", "upstreamRegistryUrl", "upstreamRepositoryPrefix"],
  [T.LifecyclePolicy]: ["policy", "repository"],
  [T.OidcProvider]: ["url"],
  [T.Policy]: ["description", "name", "namePrefix", "path"],
  [T.PublicAccessBlock]: ["accountId"],
  [T.Replication]: [],
  [T.Repository]: ["encryptionConfigurations", "name"],
  [T.Scanning]: [],
  [T.ServiceLinkedRole]: ["awsServiceName", "customSuffix"],
  [T.Template]: ["prefix"],
};

const ROOT = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
const EXPIRE = { action: { type: "expire" } };
const lifecycle =
  (...rules: object[]): Attempt =>
  async (it) => {
    const repository = (await it.make(T.Repository, { name: "a" })).id;
    await it.make(T.LifecyclePolicy, { repository, policy: JSON.stringify({ rules }) });
  };
const rule = (rulePriority: number, selection: object) => ({
  rulePriority,
  selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 1, ...selection },
  ...EXPIRE,
});
const template =
  (changes: object): Attempt =>
  (it) =>
    it.make(T.Template, { prefix: "a", appliedFors: ["REPLICATION"], ...changes });
const cache =
  (upstreamRegistryUrl: string): Attempt =>
  (it) =>
    it.make(T.CacheRule, { ecrRepositoryPrefix: "copies", upstreamRegistryUrl });
const LIFECYCLE = "InvalidParameterException: Lifecycle policy:";

const CASES: readonly (readonly [title: string, answer: string, attempt: Attempt])[] = [
  [
    "a repository with capitals",
    'name: expected lower-case path segments, got "A"',
    (it) => it.make(T.Repository, { name: "A" }),
  ],
  [
    "a second repository of a name",
    `EntityAlreadyExists: Repository a already exists in account ${ACCOUNT}, ${REGION}`,
    async (it) => {
      await it.make(T.Repository, { name: "a" });
      await it.make(T.Repository, { name: "a" }, "other");
    },
  ],
  [
    "a repository under a key that ECR may not use",
    `KMSKeyNotAccessibleFault: The policy of arn:aws:kms:${REGION}:${ACCOUNT}:key/# does not allow kms:CreateGrant to account ${ACCOUNT} through ecr`,
    async (it) => {
      const kmsKey = await it.key([{ Principal: ROOT, Action: "kms:Decrypt", Resource: "*" }]);
      await it.make(T.Repository, {
        name: "a",
        encryptionConfigurations: [{ encryptionType: "KMS", kmsKey }],
      });
    },
  ],
  ["a lifecycle of two rules", NOTHING, lifecycle(rule(1, { tagStatus: "untagged" }), rule(2, {}))],
  [`a lifecycle without rules`, `${LIFECYCLE} expected 1 to 50 rules, got 0`, lifecycle()],
  [
    "two rules of one rank",
    `${LIFECYCLE} two rules have the same rulePriority`,
    lifecycle(rule(1, {}), rule(1, {})),
  ],
  [
    "a rule for any image before another",
    `${LIFECYCLE} a rule with tagStatus any must have the highest rulePriority`,
    lifecycle(rule(1, {}), rule(2, { tagStatus: "untagged" })),
  ],
  [
    "a count of none",
    `${LIFECYCLE} countNumber has to be greater than 0`,
    lifecycle(rule(1, { countNumber: 0 })),
  ],
  [
    "an age without its unit",
    `${LIFECYCLE} countUnit goes with sinceImagePushed and with nothing else`,
    lifecycle(rule(1, { countType: "sinceImagePushed" })),
  ],
  [
    "a rule for tags that names none",
    `${LIFECYCLE} tagStatus tagged needs a tagPrefixList or a tagPatternList`,
    lifecycle(rule(1, { tagStatus: "tagged" })),
  ],
  [
    "a lifecycle of a repository that is not there",
    `Repository.NotFound: Repository "a" does not exist in account ${ACCOUNT}, ${REGION}`,
    (it) => it.make(T.LifecyclePolicy, { repository: "a", policy: JSON.stringify({ rules: [rule(1, {})] }) }),
  ],
  ["a template without a key", NOTHING, template({})],
  [
    "an encrypted template without a role",
    "InvalidParameterException: A custom role is required for a template with KMS encryption or resource tags",
    template({ encryptionConfigurations: [{ encryptionType: "KMS" }] }),
  ],
  [
    "a template with a role that ECR may not assume",
    `AccessDenied: ecr.amazonaws.com may not assume arn:aws:iam::${ACCOUNT}:role/lambda: its trust policy does not name it`,
    async (it) => {
      await template({ customRoleArn: await it.role("lambda.amazonaws.com") })(it);
    },
  ],
  [
    "a template for nothing that ECR knows",
    "appliedFors: expected one of PULL_THROUGH_CACHE, REPLICATION, CREATE_ON_PUSH, got COPY",
    template({ appliedFors: ["COPY"] }),
  ],
  ["copies of public images", NOTHING, cache("public.ecr.aws")],
  [
    "copies from a registry that wants credentials",
    "InvalidParameterException: The upstream registry registry-1.docker.io needs credentials, or is none that ECR copies from",
    cache("registry-1.docker.io"),
  ],
  [
    "replication to where it comes from",
    "ValidationException: A destination has to differ from the source in registry or region",
    (it) =>
      it.make(T.Replication, {
        replicationConfiguration: { rules: [{ destinations: [{ region: REGION, registryId: ACCOUNT }] }] },
      }),
  ],
  [
    "a second owner of replication",
    `EntityAlreadyExists: ReplicationConfiguration ${ACCOUNT} already exists in account ${ACCOUNT}, ${REGION}`,
    async (it) => {
      await it.make(T.Replication);
      await it.make(T.Replication, {}, "other");
    },
  ],
  [
    "continuous scans that cost extra without asking for them",
    "InvalidParameterException: CONTINUOUS_SCAN needs scan type ENHANCED",
    (it) => it.make(T.Scanning, { scanType: "BASIC", rules: [{ scanFrequency: "CONTINUOUS_SCAN" }] }),
  ],
  [
    "a service-linked role that is there",
    `InvalidInput: Service role of ecs.amazonaws.com has been taken in account ${ACCOUNT}, please try a different suffix ` +
      "(it exists: say adopt in `streamflix:serviceLinkedRoles`)",
    async (it) => {
      await it.make(T.ServiceLinkedRole, { awsServiceName: "ecs.amazonaws.com" });
      await it.make(T.ServiceLinkedRole, { awsServiceName: "ecs.amazonaws.com" }, "other");
    },
  ],
  [
    "a managed policy that is too long",
    "LimitExceeded: Cannot exceed quota for PolicySize: 6144 (long)",
    (it) =>
      it.make(T.Policy, {
        name: "long",
        policy: document({ Action: "a:".padEnd(6200, "x"), Resource: "*" }),
      }),
  ],
  [
    "an identity provider without a client",
    "ValidationError: An identity provider needs at least one client id.",
    (it) => it.make(T.OidcProvider, { url: "https://token.example.com", clientIdLists: [] }),
  ],
  [
    "an identity provider without TLS",
    'url: expected an https address, got "http://token.example.com"',
    (it) =>
      it.make(T.OidcProvider, { url: "http://token.example.com", clientIdLists: ["sts.amazonaws.com"] }),
  ],
  [
    "a role with a boundary that is not there, in an account that is prepared",
    `Policy.NotFound: Policy "arn:aws:iam::${ACCOUNT}:policy/none" does not exist in account ${ACCOUNT}, global`,
    async (it) => {
      await it.prepare();
      await role(it, `arn:aws:iam::${ACCOUNT}:policy/none`);
    },
  ],
  [
    "a role with a boundary, in an account that nobody has prepared here",
    NOTHING,
    (it) => role(it, `arn:aws:iam::${ACCOUNT}:policy/none`),
  ],
  [
    "to delete a boundary that a role has",
    `DependencyViolation: Policy arn:aws:iam::${ACCOUNT}:policy/b has dependent objects and cannot be deleted: bounded`,
    async (it) => {
      const boundary = await it.make(T.Policy, {
        name: "b",
        policy: document({ Action: "*", Resource: "*" }),
      });
      await role(it, boundary.id);
      await it.delete(boundary);
    },
  ],
  [
    "an image's repository that is not there, in an account that is prepared",
    `MissingResource: policy names arn:aws:ecr:${REGION}:${ACCOUNT}:repository/none, which does not exist (yet). A string ARN makes no dependency: take the ARN from the resource that has it, or add dependsOn`,
    async (it) => {
      await it.prepare();
      await pulling(it, "none");
    },
  ],
  ["the same in an account that nobody has prepared here", NOTHING, (it) => pulling(it, "none")],
  [
    "an image's repository and the copy of a public one",
    NOTHING,
    async (it) => {
      await it.prepare();
      await it.make(T.Repository, { name: "own" });
      await cache("public.ecr.aws")(it);
      await pulling(it, "own");
      await pulling(it, "copies/a/b");
    },
  ],
];

function role(it: DataAccount, permissionsBoundary: string) {
  const assumeRolePolicy = document({
    Principal: { Service: "ecs.amazonaws.com" },
    Action: "sts:AssumeRole",
  });
  return it.make(DATA.Role, { name: "bounded", assumeRolePolicy, permissionsBoundary });
}

function pulling(it: DataAccount, repository: string) {
  const Resource = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${repository}`;
  return it.make(T.Policy, {
    name: repository.replaceAll("/", "-"),
    policy: document({ Action: "ecr:Batch*", Resource }),
  });
}

describe("bootstrap models", () => {
  for (const [title, answer, attempt] of CASES) {
    it(`${answer === NOTHING ? "takes" : "refuses"} ${title}`, async () => {
      assert.equal(await refusal(() => attempt(new DataAccount())), answer);
    });
  }

  it("replace for what can't change, and for nothing else", () => {
    const account = new DataAccount();
    const properties = [...new Set(Object.values(FIXED).flat()), "tags", "appliedFors", "imageTagMutability"];
    for (const [type, fixed] of Object.entries(FIXED)) {
      const replaced = properties.filter(
        (it) => account.replaces(type, { [it]: "old" }, { [it]: "new" }).length > 0,
      );
      assert.deepEqual(replaced.sort(), fixed, type);
    }
    assert.deepEqual(Object.keys(FIXED).sort(), Object.values(T).sort());
  });

  it("name a source file each", () => {
    for (const type of Object.values(T)) {
      assert.match(models.get(type)?.source ?? type, /^internal\/service\/[a-z0-9]+\/[a-z0-9_]+\.go$/);
    }
  });
});
