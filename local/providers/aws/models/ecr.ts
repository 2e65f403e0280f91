import type { Props } from "../../../account/store";
import { oneOf, shaped } from "../checks";
import { requireKeyUse } from "../key-grants";
import { AwsError, type Model } from "../model";
import { requireTrust } from "../policy-documents";
import { mapOf, mapsOf, strings, stringsAt, text, type World } from "../world";

export const REPOSITORY = "aws:ecr/repository:Repository";
export const CACHE_RULE = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule";

/** Registries that need no credentials, by what follows `https://`. */
const OPEN_UPSTREAMS = ["public.ecr.aws", "registry.k8s.io", "quay.io"];

/** Rules of a repository's lifecycle policy (ECR quota). */
const MOST_LIFECYCLE_RULES = 50;

const repository: Model = {
  type: REPOSITORY,
  source: "internal/service/ecr/repository.go",
  forceNew: ["encryptionConfigurations", "name"],
  autoName: "name",
  seconds: 2,
  taggable: true,
  computed: ["arn", "registryId", "repositoryUrl"],
  defaults: { imageTagMutability: "MUTABLE" },
  check: (inputs) => [
    ...shaped(inputs, "name", NAME, "lower-case path segments"),
    ...oneOf(inputs, "imageTagMutability", MUTABILITIES),
  ],
  verify: requireKey,
  make: (inputs, world) => {
    const name = text(inputs, "name");
    const { account, region } = world.place;
    return {
      id: name,
      computed: {
        arn: world.arn("ecr", `repository/${name}`),
        registryId: account,
        repositoryUrl: `${account}.dkr.ecr.${region}.amazonaws.com/${name}`,
      },
    };
  },
};

const lifecyclePolicy: Model = {
  type: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  source: "internal/service/ecr/lifecycle_policy.go",
  forceNew: ["policy", "repository"],
  seconds: 1,
  taggable: false,
  computed: ["registryId"],
  references: { repository: { types: [REPOSITORY], by: "id" } },
  verify: (inputs) => {
    verifyLifecycle(text(inputs, "policy"));
  },
  make: (inputs, world) => ({
    id: text(inputs, "repository"),
    computed: { registryId: world.place.account },
  }),
};

const template: Model = {
  type: "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate",
  source: "internal/service/ecr/repository_creation_template.go",
  forceNew: ["prefix"],
  seconds: 1,
  taggable: false,
  computed: ["registryId"],
  defaults: { imageTagMutability: "MUTABLE" },
  check: (inputs) => [
    ...oneOf(inputs, "appliedFors", ["PULL_THROUGH_CACHE", "REPLICATION", "CREATE_ON_PUSH"]),
    ...oneOf(inputs, "imageTagMutability", MUTABILITIES),
    ...shaped(inputs, "prefix", new RegExp(`ROOT|${NAME.source}`), "lower-case path segments, or ROOT"),
  ],
  verify: (inputs, world) => {
    requireKey(inputs, world);
    const role = inputs["customRoleArn"];
    const encrypted = mapsOf(inputs["encryptionConfigurations"]).some(
      (it) => it["encryptionType"] !== "AES256",
    );
    if (typeof role === "string") {
      requireTrust(world, role, "ecr.amazonaws.com");
    } else if (encrypted || Object.keys(mapOf(inputs["resourceTags"])).length > 0) {
      throw new AwsError(
        "InvalidParameterException",
        "A custom role is required for a template with KMS encryption or resource tags",
      );
    }
    if (typeof inputs["lifecyclePolicy"] === "string") {
      verifyLifecycle(inputs["lifecyclePolicy"]);
    }
  },
  make: (inputs, world) => ({ id: text(inputs, "prefix"), computed: { registryId: world.place.account } }),
};

const cacheRule: Model = {
  type: CACHE_RULE,
  source: "internal/service/ecr/pull_through_cache_rule.go",
  forceNew: ["ecrRepositoryPrefix", "upstreamRegistryUrl", "upstreamRepositoryPrefix"],
  seconds: 1,
  taggable: false,
  computed: ["registryId"],
  check: (inputs) => shaped(inputs, "ecrRepositoryPrefix", PREFIX, "2 to 30 lower-case letters and digits"),
  verify: (inputs) => {
    const upstream = text(inputs, "upstreamRegistryUrl");
    if (!OPEN_UPSTREAMS.includes(upstream) && inputs["credentialArn"] === undefined) {
      throw new AwsError(
        "InvalidParameterException",
        `The upstream registry ${upstream} needs credentials, or is none that ECR copies from`,
      );
    }
  },
  make: (inputs, world) => ({
    id: text(inputs, "ecrRepositoryPrefix"),
    computed: { registryId: world.place.account },
  }),
};

/** One object per account and region, which the provider overwrites without asking: a second owner is refused here. */
const setting = (type: string, file: string, more: Pick<Model, "check" | "verify">): Model => ({
  type,
  source: `internal/service/ecr/${file}.go`,
  forceNew: [],
  seconds: 1,
  taggable: false,
  computed: ["registryId"],
  ...more,
  make: (_inputs, { place }) => ({ id: place.account, computed: { registryId: place.account } }),
});

const replication = setting(
  "aws:ecr/replicationConfiguration:ReplicationConfiguration",
  "replication_configuration",
  {
    verify: (inputs, world) => {
      const destinations = mapsOf(mapOf(inputs["replicationConfiguration"])["rules"]).flatMap((rule) =>
        mapsOf(rule["destinations"]),
      );
      const { account, region } = world.place;
      if (destinations.some((it) => it["region"] === region && it["registryId"] === account)) {
        throw new AwsError(
          "ValidationException",
          "A destination has to differ from the source in registry or region",
        );
      }
    },
  },
);

const scanning = setting(
  "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
  "registry_scanning_configuration",
  {
    check: (inputs) => oneOf(inputs, "scanType", ["BASIC", "ENHANCED"]),
    verify: (inputs) => {
      const frequencies = stringsAt(inputs, "rules.scanFrequency");
      if (inputs["scanType"] === "BASIC" && frequencies.includes("CONTINUOUS_SCAN")) {
        throw new AwsError("InvalidParameterException", "CONTINUOUS_SCAN needs scan type ENHANCED");
      }
    },
  },
);

const NAME = /^([a-z0-9]+([._-][a-z0-9]+)*\/)*[a-z0-9]+([._-][a-z0-9]+)*$/;
const PREFIX = /^(?=.{2,30}$)[a-z0-9]+([._/-][a-z0-9]+)*$/;
const MUTABILITIES = ["MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"];

function requireKey(inputs: Props, world: World): void {
  for (const key of stringsAt(inputs, "encryptionConfigurations.kmsKey")) {
    requireKeyUse(world, key, "ecr");
  }
}

/** Refuses what ECR does not take as a lifecycle policy: order, counts, and an "any" rule that is not the last. */
function verifyLifecycle(policy: string): void {
  const rules = mapsOf((JSON.parse(policy) as Props)["rules"]);
  const problem = (reason: string) =>
    new AwsError("InvalidParameterException", `Lifecycle policy: ${reason}`);
  if (rules.length === 0 || rules.length > MOST_LIFECYCLE_RULES) {
    throw problem(`expected 1 to ${MOST_LIFECYCLE_RULES} rules, got ${rules.length}`);
  }
  const priorities = rules.map((rule) => Number(rule["rulePriority"]));
  if (new Set(priorities).size < rules.length) {
    throw problem("two rules have the same rulePriority");
  }
  for (const rule of rules) {
    const { tagStatus, countType, countUnit, countNumber, ...more } = mapOf(rule["selection"]);
    if (!(Number(countNumber) > 0)) {
      throw problem("countNumber has to be greater than 0");
    }
    if ((countType === "imageCountMoreThan") === (countUnit !== undefined)) {
      throw problem("countUnit goes with sinceImagePushed and with nothing else");
    }
    if (tagStatus === "tagged" && strings(more["tagPrefixList"] ?? more["tagPatternList"]).length === 0) {
      throw problem("tagStatus tagged needs a tagPrefixList or a tagPatternList");
    }
    if (tagStatus === "any" && Number(rule["rulePriority"]) < Math.max(...priorities)) {
      throw problem("a rule with tagStatus any must have the highest rulePriority");
    }
  }
}

export const ecrModels: readonly Model[] = [
  repository,
  lifecyclePolicy,
  template,
  cacheRule,
  replication,
  scanning,
];
