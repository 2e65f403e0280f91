import { runbookSections } from "../checklist/runbooks";
import type { Alarm } from "../checklist/alarms";
import { byComponent, type Estimate } from "../cost/estimate";
import { dollars } from "../cost/money";
import { componentOf } from "../cost/stack";
import type { Row, Status } from "../policy/evaluate";
import type { StackResource } from "../policy/stack-resources";
import { type Facts, regionOf } from "./facts";
import { type Html, html, type Part } from "./html";
import { table } from "./table";
import { TIERS, tierOf } from "./tiers";

const STATUSES: readonly Status[] = ["fail", "indeterminate", "suppressed", "pass", "not applicable"];
/** Statuses that somebody has to look at. */
const REMARKABLE: readonly Status[] = ["fail", "indeterminate", "suppressed"];

/** Title, and the figures that somebody wants first. */
export function head(facts: Facts): Html {
  const {
    stack,
    regions,
    accountId,
    exportedAt,
    resources: all,
    cost: month,
    policies: rows,
    alarms: list,
  } = facts;
  const failures = rows.filter(({ status }) => status === "fail").length;
  const when = exportedAt === undefined ? "" : `, exported ${exportedAt.slice(0, 16).replace("T", " ")}`;
  return html`<h1>Architecture of ${stack}</h1>
    <p class="quiet">
      ${regions.join(", ")}${accountId === undefined ? "" : ` · account ${accountId}`}${when}
    </p>
    <dl class="tiles">
      ${tile("Resources of AWS", all.length, `${new Set(all.map(({ type }) => type)).size} types`)}
      ${tile("Expected USD a month", dollars(month.usd.expected), `${dollars(month.usd.low)} to ${dollars(month.usd.high)}`)}
      ${tile("Policy failures", failures, `of ${rows.length} checks`)}
      ${tile("Alarms", list.length, `${list.filter(({ runbook }) => runbook !== undefined).length} with a runbook`)}
    </dl>`;
}

function tile(title: string, figure: string | number, more: string): Html {
  return html`<div class="tile">
    <dt>${title}</dt>
    <dd>${figure}<small>${more}</small></dd>
  </div> `;
}

/** What a month costs, by component. */
export function cost({ cost: month }: Facts): Html {
  const components = byComponent(month.lines);
  const most = Math.max(...components.map(([, usd]) => usd.expected), 0.01);
  return html`<p>
      USD a month, on demand, without free tiers and tax. ${dollars(month.fixedUsd)} of it come without any
      use; ${(month.coverage * 100).toFixed(1)} % of the expected sum rests on prices of high or medium
      confidence.
    </p>
    ${table(
      "By component, dearest first",
      [
        {
          title: "Component",
          cell: ([name, usd]) =>
            html`${name}<span class="bar" style="width:${((usd.expected / most) * 100).toFixed(1)}%"></span>`,
        },
        { title: "Quiet month", isNumber: true, cell: ([, usd]) => dollars(usd.low) },
        { title: "Expected", isNumber: true, cell: ([, usd]) => dollars(usd.expected) },
        { title: "Busy month", isNumber: true, cell: ([, usd]) => dollars(usd.high) },
      ],
      components,
    )}
    ${unknownPrices(month)}`;
}

function unknownPrices({ unknown }: Estimate): Html {
  if (unknown.length === 0) return html`<p>Every resource has a price, or is known to be free.</p>`;
  return table(
    "Without a known price, and in no sum",
    [
      { title: "Resource", cell: ({ name }) => name },
      { title: "Type", cell: ({ type }) => html`<code>${type}</code>` },
      { title: "What", cell: ({ what }) => what },
    ],
    unknown,
  );
}

/** What the policy pack says: all that needs a look, and counts by article. */
export function policies({ policies: rows }: Facts): Html {
  const remarkable = rows.filter(({ status }) => REMARKABLE.includes(status));
  const articles = [...new Set(rows.flatMap(({ rule }) => rule.gdpr))].sort((a, b) =>
    a.localeCompare(b, "en", { numeric: true }),
  );
  const counted = (article: string, status: Status) =>
    rows.filter((row) => row.status === status && row.rule.gdpr.includes(article)).length;
  return html`<p>
      ${new Set(rows.map(({ rule }) => rule.id)).size} rules looked at every resource. Each is a technical
      control that supports an article of the GDPR; whether the processing as a whole meets it is a legal
      question.
    </p>
    <h3>What needs a look</h3>
    ${table<Row>(
      "Failures, what is not known before deployment, and what is suppressed",
      [
        { title: "Rule", cell: ({ rule }) => rule.id },
        { title: "State", cell: ({ status }) => state(status) },
        { title: "Resource", cell: ({ urn }) => shortName(urn) },
        { title: "What", cell: ({ message }) => message },
      ],
      remarkable,
    )}
    <h3>By article of the GDPR</h3>
    ${table<string>(
      "Checks that support each article",
      [
        { title: "Article", cell: (article) => `Art. ${article}` },
        ...STATUSES.map((status) => ({
          title: status,
          isNumber: true as const,
          cell: (article: string) => counted(article, status),
        })),
      ],
      articles,
    )}`;
}

function state(status: Status): Html {
  return html`<span class="state ${status}">${status}</span>`;
}

/** Every alarm, whom it tells, and the text of its runbook. */
export function alarms({ alarms: list }: Facts): Html {
  const named = list.flatMap(({ runbook }) =>
    runbook === undefined ? [] : [`${runbook.page}#${runbook.section}`],
  );
  return html`${table<Alarm>(
      "Alarms by name; one that tells no topic is part of another",
      [
        { title: "Alarm", cell: ({ name }) => name },
        { title: "Means", cell: ({ means }) => means },
        { title: "Tells", cell: ({ topics }) => topics.join(", ") || "another alarm" },
        { title: "Runbook", cell: ({ runbook }) => (runbook === undefined ? "none" : linkTo(runbook)) },
      ],
      list,
    )}
    <h3>Runbooks</h3>
    ${[...new Set(named)].sort().map(runbookDetails)}`;
}

function linkTo({ page, section }: NonNullable<Alarm["runbook"]>): Html {
  return html`<a href="#${anchor(`${page}#${section}`)}"
    >${page.split("/").at(-1)?.replace(".md", "")}: ${section.replaceAll("-", " ")}</a
  >`;
}

function runbookDetails(name: string): Html {
  const [page = "", section = ""] = name.split("#");
  const text = runbookSections(page).get(section) ?? "This section isn't there.";
  return html`<details>
    <summary>${page.split("/").at(-1)?.replace(".md", "")}: ${section.replaceAll("-", " ")}</summary>
    <pre id="${anchor(name)}" tabindex="0">${text}</pre>
  </details> `;
}

function anchor(runbook: string): string {
  return `runbook-${runbook.replace(/^.*\//, "").replaceAll(/[^a-z0-9]+/g, "-")}`;
}

/** How long everything is kept, as deployed. */
export function retention({ kept }: Facts): Html {
  return html`<p>
      As deployed, by the class that each resource is tagged with. A bucket's days count until the last
      version of an object is gone.
    </p>
    ${table(
      "By class",
      [
        { title: "Name", cell: ({ name }) => name },
        { title: "Class", cell: (it) => it.class },
        { title: "What", cell: ({ what }) => what },
        { title: "Days", isNumber: true, cell: ({ days }) => days },
      ],
      kept,
    )}`;
}

/** What a loss of the region leaves. */
export function copies({ copies: all }: Facts): Html {
  return html`<p>
      What this stack sends to another region, as deployed. How far a copy really is behind, and whether it
      can be read, alarms tell.
    </p>
    ${table(
      "By kind",
      [
        { title: "Of", cell: ({ name }) => name },
        { title: "What", cell: ({ what }) => what },
        { title: "To", cell: ({ to }) => to },
        { title: "Behind", cell: ({ behind }) => behind },
        { title: "Days", isNumber: true, cell: ({ days }) => days ?? "as the original" },
      ],
      all,
    )}`;
}

/** Every resource, by component. */
export function resources({ resources: all }: Facts): Html {
  const groups = new Map<string, StackResource[]>();
  for (const resource of all) {
    const component = componentOf(resource.urn.split("::")[2] ?? "");
    groups.set(component, [...(groups.get(component) ?? []), resource]);
  }
  return html`${[...groups]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(
      ([component, members]) =>
        html`<details>
          <summary>${component} <span class="quiet">${members.length} resources</span></summary>
          ${resourceTable(component, members)}
        </details> `,
    )}`;
}

function resourceTable(component: string, members: readonly StackResource[]): Html {
  const sorted = [...members].sort((a, b) => a.type.localeCompare(b.type) || a.name.localeCompare(b.name));
  return table<StackResource>(
    `Resources of ${component}`,
    [
      { title: "Name", cell: ({ name }) => name },
      { title: "Type", cell: ({ type }) => html`<code>${type.replace(/^aws:/, "")}</code>` },
      { title: "Tier", cell: tierTitle },
      { title: "Region", cell: (resource) => regionOf(resource) ?? "global" },
      { title: "Protected", cell: ({ protect }) => (protect ? "yes" : "no") },
    ],
    sorted,
  );
}

function tierTitle(resource: StackResource): Part {
  const tier = tierOf(resource);
  return TIERS.find(({ id }) => id === tier)?.title ?? "Network";
}

function shortName(urn: string | undefined): string {
  const [types = "", ...name] = (urn ?? "").split("::").slice(2);
  return urn === undefined
    ? "the stack"
    : `${types.split("$").at(-1)?.split(":").at(-1) ?? types} ${name.join("::")}`;
}
