import { type Example, type ExampleProps, type ExampleResource, UNKNOWN } from "../engine/example";
import type { Graph } from "../engine/graph";
import { fail, notKnownYet } from "../engine/judge";
import { placesAt } from "../engine/path";
import { matchesPattern } from "../engine/policy-document";
import type { Resource } from "../engine/resource";
import { defineRule } from "../engine/rule";
import { flag, texts } from "../engine/setting";
import { tagsOf } from "../engine/tags";
import { readList, readString } from "../engine/tri";

const SELECTION = "aws:backup/selection:Selection";
const FILES = "aws:efs/fileSystem:FileSystem";
const STORES = [
  "aws:rds/cluster:Cluster",
  FILES,
  "aws:dynamodb/table:Table",
  "aws:ebs/volume:Volume",
  "aws:fsx/ontapFileSystem:OntapFileSystem",
];

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
const byTag = (value: ExampleProps[string]) => ({
  selectionTags: [{ type: "STRINGEQUALS", key: "retention-class", value }],
});

/** Nothing that holds data is forgotten by the backups. */
export const backupCoverage = defineRule<CoverageConfig>({
  id: "backup-coverage",
  title: "Every store of data is selected by a backup plan",
  severity: "high",
  scope: "stack",
  types: {
    [SELECTION]: ["resources", "notResources", "selectionTags"],
    ...Object.fromEntries(STORES.map((type) => [type, ["arn", "tags"]])),
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
      stack("by a tag", [files({ "retention-class": "viewer-data" }), selection(byTag("viewer-data"))]),
      stack("a type with backups of its own", [
        { type: "aws:rds/cluster:Cluster", props: {} },
        selection({ resources: [arn] }),
      ]),
    ],
    fail: [
      stack("another one", [files(), selection({ resources: [`${arn}2`] })], "no-backup"),
      stack("another tag", [files({ "retention-class": "x" }), selection(byTag("viewer-data"))], "no-backup"),
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
    const stores = graph.ofTypes(STORES.filter((type) => !config.elsewhere.includes(type)));
    const hasOthers = graph.ofTypes(STORES).length > stores.length;
    if ((stores.length === 0 && !hasOthers) || (selections.length === 0 && !config.needsPlan)) {
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

function selects(graph: Graph, selection: Resource, store: Resource): "yes" | "no" | "unknown" {
  if (matches(selection, "notResources", store)) {
    return "no";
  }
  const byName = graph.refersTo(selection, "resources", store);
  if (byName === "yes" || matches(selection, "resources", store)) {
    return "yes";
  }
  const conditions = placesAt(selection.props, "selectionTags[]").map((place) => {
    const [name, wanted] = [place.at("key").string(), place.at("value").string()];
    if (name.kind !== "known" || wanted.kind !== "known") {
      return "unknown";
    }
    const tag = tagsOf(store).get(name.value);
    return tag.kind === "known"
      ? tag.value === wanted.value
        ? "yes"
        : "no"
      : tag.kind === "unknown"
        ? "unknown"
        : "no";
  });
  const answers = [byName, ...conditions];
  return answers.includes("yes") ? "yes" : answers.includes("unknown") ? "unknown" : "no";
}

function matches(selection: Resource, property: string, store: Resource): boolean {
  const patterns = readList(selection.props.raw(property), property);
  const name = readString(store.props.raw("arn"), "arn");
  // A pattern that names the kind alone is enough while the ARN is not known: no store has another service in it.
  const text = name.kind === "known" ? name.value : `arn:aws:${serviceOf(store)}:`;
  return (
    patterns.kind === "known" &&
    patterns.value.some((entry) => {
      const pattern = readString(entry, property);
      return pattern.kind === "known" && matchesPattern(pattern.value, text);
    })
  );
}

function serviceOf({ type }: Resource): string {
  const module = /^aws:(\w+)\//.exec(type)?.[1] ?? "";
  return module === "efs" ? "elasticfilesystem" : module;
}
