import type * as pulumi from "@pulumi/pulumi";
import type { Metric } from "../metrics";
import type { AlarmRow } from "./alarm";

/** Columns of a dashboard. */
const COLUMNS = 24;

/** A part of a dashboard, before it has its place. */
export interface Widget {
  readonly type: "metric" | "alarm" | "text";
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A line over the whole width. */
export function heading(markdown: string): Widget {
  return { type: "text", width: COLUMNS, height: 1, properties: { markdown, background: "transparent" } };
}

/** The most alarms that CloudWatch shows in one widget. */
const MOST_ALARMS = 100;

/** States of alarms, in as many widgets as they need. */
export function alarmStates(title: string, alarmArns: readonly pulumi.Input<string>[]): Widget[] {
  const parts = Math.max(1, Math.ceil(alarmArns.length / MOST_ALARMS));
  const each = Math.ceil(alarmArns.length / parts);
  return Array.from({ length: parts }, (_, part) => ({
    type: "alarm",
    width: COLUMNS,
    height: 3,
    properties: {
      title: parts === 1 ? title : `${title} (${part + 1} of ${parts})`,
      alarms: alarmArns.slice(part * each, (part + 1) * each),
    },
  }));
}

/** Figures over time, by their labels. */
export function graph(
  region: string,
  title: string,
  metrics: Readonly<Record<string, Metric>>,
  more: Readonly<Record<string, unknown>> = {},
): Widget {
  return {
    type: "metric",
    width: 8,
    height: 6,
    properties: {
      title,
      region,
      view: "timeSeries",
      stacked: false,
      period: 60,
      metrics: Object.entries(metrics).map(([label, metric]) => line(metric, { label })),
      ...more,
    },
  };
}

/** What alarms watch, over time, with a line for each at the height where it goes off. */
export function alarmGraph(region: string, title: string, rows: readonly AlarmRow[]): Widget {
  const thresholds = new Map(rows.map(({ threshold, what }) => [threshold, what]));
  return {
    ...graph(
      region,
      title,
      {},
      {
        metrics: rows.flatMap((row, index) => linesOf(row, index)),
        annotations: {
          horizontal: [...thresholds].map(([value, what]) => ({ value, label: `alarm ${what}` })),
        },
      },
    ),
  };
}

/**
 * Places widgets from left to right, a new row whenever one is full, and gives the dashboard's body. Headings of what the
 * stack has nothing of are left out.
 */
export function placed(widgets: readonly Widget[]): { readonly widgets: readonly object[] } {
  let [x, y, rowHeight] = [0, 0, 0];
  const isEmpty = ({ type }: Widget, next: Widget | undefined) =>
    type === "text" && (next === undefined || next.type === "text");
  return {
    widgets: widgets
      .filter((widget, index) => !isEmpty(widget, widgets[index + 1]))
      .map((widget) => {
        if (x + widget.width > COLUMNS) [x, y, rowHeight] = [0, y + rowHeight, 0];
        const at = { x, y };
        x += widget.width;
        rowHeight = Math.max(rowHeight, widget.height);
        return { ...widget, ...at };
      }),
  };
}

/** One row of a metric widget: namespace, name, dimensions in turn, options. */
function line(
  { namespace, name, dimensions, statistic }: Metric,
  options: Readonly<Record<string, unknown>>,
) {
  return [namespace, name, ...Object.entries(dimensions).flat(), { stat: statistic, ...options }];
}

/** The lines of one alarm; a formula's metrics are there to be computed with, not to be seen. */
function linesOf({ what, signal, periods }: AlarmRow, index: number): unknown[] {
  const options = { label: what, period: periods.seconds };
  if (!("expression" in signal)) return [line(signal, options)];
  const id = (name: string) => `${name}${index}`;
  const expression = Object.keys(signal.metrics).reduce(
    (text, name) => text.replaceAll(new RegExp(`\\b${name}\\b`, "g"), id(name)),
    signal.expression,
  );
  return [
    [{ expression, label: what, id: id("result") }],
    ...Object.entries(signal.metrics).map(([name, metric]) =>
      line(metric, { id: id(name), visible: false, period: periods.seconds }),
    ),
  ];
}
