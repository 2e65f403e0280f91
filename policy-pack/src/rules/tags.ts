import { type ExampleProps, one, UNKNOWN } from "../engine/example";
import { defineRule, type Finding } from "../engine/rule";
import { type EffectiveTags, tagsOf } from "../engine/tags";
import { taggableTypes } from "../generated/taggable-types";

const TOPIC = "aws:sns/topic:Topic";

interface TagConfig {
  readonly requiredKeys: readonly string[];
  readonly environments: readonly string[];
  readonly dataClassifications: readonly string[];
}

const list = { type: "array", items: { type: "string" }, minItems: 1, uniqueItems: true } as const;

const incomplete = {
  project: "streamflix",
  environment: "dev",
  "cost-center": "cc-1",
  "data-classification": "internal",
  "retention-class": "short",
  "managed-by": "pulumi",
};
const complete = { ...incomplete, owner: "platform" };
const providerWith = (tags: ExampleProps) => ({
  provider: { region: "eu-central-1", defaultTags: JSON.stringify({ tags }) },
});

/** Every taggable resource says whose it is and what data it holds. */
export const requiredTags = defineRule<TagConfig>({
  id: "required-tags",
  title: "Every taggable resource carries the required tags with allowed values",
  severity: "medium",
  scope: "resource",
  types: Object.fromEntries([...taggableTypes].map((token) => [token, ["tags"]])),
  refs: { aws: ["required-tags"] },
  gdpr: ["25", "30"],
  rationale:
    "The record of processing, cost reports, retention and the rules for prod all start from these tags, so an untagged resource escapes them.",
  remediation: "set the tag in the provider's defaultTags, or in `tags` where one resource differs",
  configSchema: {
    requiredKeys: {
      ...list,
      description: "Tag keys that must be there and not empty.",
      default: [
        "project",
        "environment",
        "owner",
        "cost-center",
        "data-classification",
        "retention-class",
        "managed-by",
      ],
    },
    environments: {
      ...list,
      description: "Allowed values of `environment`.",
      default: ["dev", "staging", "prod"],
    },
    dataClassifications: {
      ...list,
      description: "Allowed values of `data-classification`.",
      default: ["public", "internal", "confidential", "personal"],
    },
  },
  examples: {
    pass: [
      one("all on the resource", TOPIC, { tags: complete }),
      one("all from the provider", TOPIC, {}, providerWith(complete)),
      one("merged", TOPIC, { tags: { owner: "platform" } }, providerWith(incomplete)),
      one("resource overrides a bad default", TOPIC, { tags: complete }, providerWith({ environment: "x" })),
      one(
        "fewer keys by configuration",
        TOPIC,
        { tags: { project: "x" } },
        { config: { requiredKeys: ["project"] } },
      ),
    ],
    fail: [
      one("no tags", TOPIC, {}, { findings: ["missing"] }),
      one("one missing", TOPIC, { tags: incomplete }, { findings: ["missing"] }),
      one("null counts as missing", TOPIC, { tags: { ...complete, owner: null } }, { findings: ["missing"] }),
      one("blank counts as missing", TOPIC, { tags: { ...complete, owner: " " } }, { findings: ["missing"] }),
      one("environment", TOPIC, { tags: { ...complete, environment: "qa" } }, { findings: ["environment"] }),
      one(
        "environment of another stack",
        TOPIC,
        { tags: complete },
        { findings: ["environment"], config: { environments: ["prod"] } },
      ),
      one(
        "classification",
        TOPIC,
        { tags: { ...complete, "data-classification": "secret" } },
        { findings: ["data-classification"] },
      ),
      one(
        "provider tags of another shape",
        TOPIC,
        {},
        { provider: { defaultTags: "[]" }, findings: ["rule-error"] },
      ),
    ],
    unknown: [
      one("map unknown", TOPIC, { tags: UNKNOWN }, { findings: ["unknown"] }),
      one(
        "provider's tags unknown",
        TOPIC,
        { tags: incomplete },
        { provider: { defaultTags: UNKNOWN }, findings: ["unknown"] },
      ),
      one("one value unknown", TOPIC, { tags: { ...complete, owner: UNKNOWN } }, { findings: ["unknown"] }),
      one(
        "environment unknown",
        TOPIC,
        { tags: { ...complete, environment: UNKNOWN } },
        { findings: ["unknown"] },
      ),
    ],
    notApplicable: [one("a type without tags", "aws:sns/topicPolicy:TopicPolicy", {})],
  },
  check: ({ resource, config }) => {
    const tags = tagsOf(resource);
    const keysThatAre = (kind: "absent" | "unknown") =>
      config.requiredKeys.filter((key) => tags.get(key).kind === kind);
    const missing = keysThatAre("absent");
    const undecided = keysThatAre("unknown");
    return [
      ...(missing.length === 0 ? [] : [missingTags(missing, config)]),
      ...judgeValue(tags, "environment", config.environments),
      ...judgeValue(tags, "data-classification", config.dataClassifications),
      ...(undecided.length === 0 ? [] : [undecidedTags(undecided)]),
    ];
  },
});

function undecidedTags(keys: readonly string[]): Finding {
  return { id: "unknown", status: "indeterminate", problem: `tags are not known yet (${keys.join(", ")})` };
}

function missingTags(missing: readonly string[], config: TagConfig): Finding {
  return {
    id: "missing",
    status: "fail",
    problem: `tags lack ${missing.join(", ")}`,
    allowed: `Required: ${config.requiredKeys.join(", ")}`,
  };
}

function judgeValue(tags: EffectiveTags, key: string, allowed: readonly string[]): readonly Finding[] {
  const tag = tags.get(key);
  if (tag.kind !== "known" || allowed.includes(tag.value)) {
    return [];
  }
  const problem = `tags.${key} has a value outside the list`;
  return [{ id: key, status: "fail", problem, allowed: `Allowed: ${allowed.join(", ")}` }];
}
