import { parseArn } from "../engine/arn";
import { type Example, type ExampleProps, type ExampleResource, UNKNOWN } from "../engine/example";
import type { Graph, Reference } from "../engine/graph";
import { fail, notKnownYet } from "../engine/judge";
import { placesAt } from "../engine/path";
import type { Place } from "../engine/place";
import { matchesPattern } from "../engine/policy-document";
import { effectiveRegion } from "../engine/region";
import type { Resource } from "../engine/resource";
import { defineRule } from "../engine/rule";
import { flag, texts } from "../engine/setting";
import { tagsOf } from "../engine/tags";

const SELECTION = "aws:backup/selection:Selection";
const FILES = "aws:efs/fileSystem:FileSystem";
/** Types that hold data, each with the service and the kind in its ARNs. */
const STORES: Readonly<Record<string, readonly [service: string, kind: string]>> = {
  "aws:rds/cluster:Cluster": ["rds", "cluster:"],
  [FILES]: ["elasticfilesystem", "file-system/"],
  "aws:dynamodb/table:Table": ["dynamodb", "table/"],
  "aws:ebs/volume:Volume": ["ec2", "volume/"],
};

interface CoverageConfig {
  readonly needsPlan: boolean;
  readonly elsewhere: readonly string[];
}

const arn = "arn:aws:elasticfilesystem:eu-central-1:111122223333:file-system/fs-0a1b";
const files = (tags: ExampleProps = {}): ExampleResource => ({ type: FILES, props: { arn, tags } });
const selection = (props: ExampleProps, from: readonly string[] = []): ExampleResource => ({
  type: SELECTION,
  name: "selection",
  props,
  dependsOn: { resources: from },
});
const stack = (
  title: string,
  resources: readonly ExampleResource[],
  ...findings: readonly string[]
): Example => ({ title, resources, findings });
const byTag = (value: ExampleProps[string]): ExampleProps => ({
  selectionTags: [{ type: "STRINGEQUALS", key: "retention-class", value }],
});

const condition = (value: string): ExampleProps => ({
  stringEquals: [{ key: "aws:ResourceTag/retention-class", value }],
});

/** Nothing that holds data is forgotten by the backups. */
export const backupCoverage = defineRule<CoverageConfig>({
  id: "backup-coverage",
  title: "Every store of data is selected by a backup plan",
  severity: "high",
  scope: "stack",
  types: {
    [SELECTION]: ["resources", "notResources", "selectionTags", "conditions"],
    ...Object.fromEntries(Object.keys(STORES).map((type) => [type, ["region", "tags"]])),
  },
  refs: {
    checkov: ["CKV2_AWS_8", "CKV2_AWS_18"],
    securityHub: ["EFS.2", "RDS.26"],
    prowler: ["efs_have_backup_enabled", "rds_cluster_protected_by_backup_plan"],
  },
  gdpr: ["32(1)(c)"],
  rationale: "A store that no plan names is found to be missing on the day it is needed.",
  remediation: "name the store's ARN or a tag of it in an aws.backup.Selection",
  configSchema: {
    needsPlan: flag("Whether stores need a plan where the stack has none.", false),
    elsewhere: texts("Types that have backups of their own, under a rule of their own.", [
      "aws:rds/cluster:Cluster",
    ]),
  },
  examples: {
    pass: [
      stack("by its ARN", [files(), selection({ resources: [arn] })]),
      stack("by a pattern", [files(), selection({ resources: ["arn:aws:elasticfilesystem:*"] })]),
      stack("made in the same run", [files(), selection({ resources: [UNKNOWN] }, ["example"])]),
      stack("by a pattern, in the same run", [
        { type: FILES, props: {} },
        selection({ resources: ["arn:aws:elasticfilesystem:eu-central-1:111122223333:file-system/*"] }),
      ]),
      stack("by a condition on a tag", [
        files({ "retention-class": "viewer-data" }),
        selection({ resources: ["*"], conditions: [condition("viewer-data")] }),
      ]),
      stack("by a tag", [files({ "retention-class": "viewer-data" }), selection(byTag("viewer-data"))]),
      stack("a type with backups of its own", [
        { type: "aws:rds/cluster:Cluster", props: {} },
        selection({ resources: [arn] }),
      ]),
    ],
    fail: [
      stack("another one", [files(), selection({ resources: [`${arn}2`] })], "no-backup"),
      stack("another tag", [files({ "retention-class": "x" }), selection(byTag("viewer-data"))], "no-backup"),
      stack(
        "a condition that does not hold",
        [files(), selection({ resources: [arn], conditions: [condition("viewer-data")] })],
        "no-backup",
      ),
      stack("no tag", [files(), selection(byTag("viewer-data"))], "no-backup"),
      stack(
        "left out again",
        [files(), selection({ resources: ["*"], notResources: ["arn:aws:elasticfilesystem:*"] })],
        "no-backup",
      ),
      { ...stack("no plan", [files()], "no-backup"), config: { needsPlan: true } },
      {
        ...stack("a database by configuration", [
          { type: "aws:rds/cluster:Cluster", props: {} },
          selection({ resources: [arn] }),
        ]),
        findings: ["no-backup"],
        config: { elsewhere: [] },
      },
    ],
    unknown: [
      stack("a selection that can't be followed", [files(), selection({ resources: [UNKNOWN] })], "unknown"),
      stack("a tag that is not known", [files(), selection(byTag(UNKNOWN))], "unknown"),
    ],
    notApplicable: [
      stack("no store", [selection({ resources: [arn] })]),
      stack("no plan asked for", [files()]),
    ],
  },
  check: ({ graph, config, notApplicable }) => {
    const selections = graph.ofTypes([SELECTION]);
    const all = graph.ofTypes(Object.keys(STORES));
    const stores = all.filter(({ type }) => !config.elsewhere.includes(type));
    if (all.length === 0 || (selections.length === 0 && !config.needsPlan)) {
      return notApplicable("the stack holds no data, or has no backup plan");
    }
    return stores.flatMap((store) => {
      const answers = selections.map((entry) => selects(graph, entry, store));
      if (answers.includes("yes")) {
        return [];
      }
      return answers.includes("unknown")
        ? [notKnownYet("whether a backup plan selects the store", store.urn)]
        : [fail("no-backup", "no backup plan selects the store", "Required: one", { urn: store.urn })];
    });
  },
});

// A selection takes what its resources or its tags name, less what is left out, and all its conditions hold for.
function selects(graph: Graph, selection: Resource, store: Resource): Reference {
  const { props } = selection;
  if (
    matches(selection, "notResources", store) ||
    graph.refersTo(selection, "notResources", store) === "yes"
  ) {
    return "no";
  }
  const named = matches(selection, "resources", store)
    ? "yes"
    : graph.refersTo(selection, "resources", store);
  const tagged = placesAt(props, "selectionTags[]").map((place) => hasTag(store, place));
  const wanted = placesAt(props, "conditions[].stringEquals[]").map((place) => hasTag(store, place));
  const taken = [named, ...tagged].includes("yes")
    ? "yes"
    : [named, ...tagged].includes("unknown")
      ? "unknown"
      : "no";
  const answers = [taken, ...wanted];
  return answers.includes("no") ? "no" : answers.includes("unknown") ? "unknown" : "yes";
}

function hasTag(store: Resource, place: Place): Reference {
  const [name, wanted] = [place.at("key").string(), place.at("value").string()];
  if (name.kind !== "known" || wanted.kind !== "known") {
    return "unknown";
  }
  const tag = tagsOf(store).get(name.value.replace("aws:ResourceTag/", ""));
  return tag.kind === "unknown"
    ? "unknown"
    : tag.kind === "known" && tag.value === wanted.value
      ? "yes"
      : "no";
}

function matches({ props }: Resource, property: string, store: Resource): boolean {
  const arn = arnOf(store);
  return placesAt(props, `${property}[]`).some((place) => {
    const pattern = place.string();
    return pattern.kind === "known" && matchesPattern(withoutAccount(pattern.value), arn);
  });
}

// That accounts are the stack's own is the business of `region-mentions`.
function withoutAccount(pattern: string): string {
  const arn = parseArn(pattern);
  return arn === undefined
    ? pattern
    : ["arn", arn.partition, arn.service, arn.region, "", arn.resource].join(":");
}

// The ARN as far as it is known before creation; a whole one is followed by the graph.
function arnOf(store: Resource): string {
  const { region } = effectiveRegion(store);
  const [service, kind] = STORES[store.type] ?? ["", ""];
  return `arn:aws:${service}:${region.kind === "known" ? region.value : ""}::${kind}`;
}
