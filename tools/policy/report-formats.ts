import type { Row, Status } from "./evaluate";

/** What a report is about. */
export interface ReportFacts {
  readonly stack: string;
  /** Where the resources were read from. */
  readonly source: string;
  readonly resources: number;
}

const STATUSES: readonly Status[] = ["fail", "indeterminate", "suppressed", "pass", "not applicable"];
const DISCLAIMER =
  "Each line is a technical control that supports the article beside it. Whether the processing as a whole meets the " +
  "GDPR is a legal question that no check of resources answers.";

/** One line per article, rule, resource and status, as data. */
export function toJson(facts: ReportFacts, rows: readonly Row[]): string {
  const lines = rows.flatMap(({ rule, urn, status, finding, message }) =>
    rule.gdpr.map((article) => ({
      article: `Art. ${article}`,
      rule: rule.id,
      resource: urn ?? "stack",
      status,
      ...(finding === undefined ? {} : { finding }),
      ...(message === undefined ? {} : { message }),
    })),
  );
  return `${JSON.stringify({ ...facts, note: DISCLAIMER, rows: lines }, undefined, 2)}\n`;
}

/** For people: counts per article and per rule, and every line that is not a plain pass. */
export function toMarkdown({ stack, source, resources }: ReportFacts, rows: readonly Row[]): string {
  const articles = [...new Set(rows.flatMap(({ rule }) => rule.gdpr))].sort((a, b) =>
    a.localeCompare(b, "en", { numeric: true }),
  );
  const rules = [...new Set(rows.map(({ rule }) => rule))];
  const remarkable = rows.filter(({ status }) => status !== "pass" && status !== "not applicable");
  return [
    `# Policy report of stack ${stack}`,
    "",
    `${resources} resources from ${source}, ${rules.length} rules. ${DISCLAIMER}`,
    "",
    "## By article of the GDPR",
    "",
    ...table(
      ["Controls that support", ...STATUSES],
      articles.map((article) => [
        `Art. ${article}`,
        ...counts(rows.filter(({ rule }) => rule.gdpr.includes(article))),
      ]),
    ),
    "",
    "## By rule",
    "",
    ...table(
      ["Rule", "supports", ...STATUSES],
      rules.map((rule) => [
        rule.id,
        rule.gdpr.map((article) => `Art. ${article}`).join(", "),
        ...counts(rows.filter((row) => row.rule === rule)),
      ]),
    ),
    "",
    "## Lines that are not a pass",
    "",
    ...(remarkable.length === 0
      ? ["None."]
      : table(
          ["Status", "supports", "Rule", "Resource", "What"],
          remarkable.map(({ status, rule, urn, message = "" }) => [
            status,
            rule.gdpr.map((article) => `Art. ${article}`).join(", "),
            rule.id,
            shortName(urn),
            message,
          ]),
        )),
    "",
  ].join("\n");
}

/** SARIF 2.1.0, as code scanning services read it: failures, open questions and suppressed findings. */
export function toSarif({ source }: ReportFacts, rows: readonly Row[]): string {
  const rules = [...new Set(rows.map(({ rule }) => rule))];
  const found = rows.filter(({ status }) => ["fail", "indeterminate", "suppressed"].includes(status));
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "streamflix-policy-pack",
            rules: rules.map((rule) => ({
              id: rule.id,
              shortDescription: { text: `${rule.title}.` },
              fullDescription: { text: rule.rationale },
              help: { text: `${rule.remediation}.` },
              defaultConfiguration: { level: rule.level === "advisory" ? "warning" : "error" },
              properties: { tags: rule.gdpr.map((article) => `supports GDPR Art. ${article}`) },
            })),
          },
        },
        results: found.map(({ rule, urn, status, message = "" }) => ({
          ruleId: rule.id,
          ruleIndex: rules.indexOf(rule),
          level: status === "indeterminate" ? "note" : rule.level === "advisory" ? "warning" : "error",
          message: { text: message },
          locations: [
            {
              physicalLocation: { artifactLocation: { uri: source } },
              logicalLocations: [{ fullyQualifiedName: urn ?? "stack", kind: "resource" }],
            },
          ],
          ...(status === "suppressed" ? { suppressions: [{ kind: "external" }] } : {}),
        })),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function counts(rows: readonly Row[]): readonly string[] {
  return STATUSES.map((status) => String(rows.filter((row) => row.status === status).length));
}

function table(head: readonly string[], body: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...body.map(line)];
}

/** `…$aws:kms/key:Key::keys-logs` → `aws:kms/key:Key keys-logs`. */
function shortName(urn: string | undefined): string {
  const [types = "", ...name] = (urn ?? "").split("::").slice(2);
  return urn === undefined ? "the stack" : `${types.split("$").at(-1) ?? types} ${name.join("::")}`;
}
