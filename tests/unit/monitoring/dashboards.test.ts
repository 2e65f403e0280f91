import assert from "node:assert/strict";
import { z } from "zod";

import { metricProblem } from "../../../local/providers/aws/metrics";
import { CONTACTS } from "../../config/helpers";
import { type Recording, type Registration } from "../mocks";
import { runProgram } from "../program";
import { ofType } from "../registrations";

/**
 * What CloudWatch takes as a dashboard's body, as far as the platform uses it; see
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
const options = z.strictObject({
  label: z.string().optional(),
  stat: z.string().optional(),
  period: z.int().min(1).optional(),
  id: z
    .string()
    .regex(/^[a-z]\w*$/)
    .optional(),
  visible: z.boolean().optional(),
  expression: z.string().optional(),
});
const line = z.array(z.union([z.string(), options])).min(1);
const place = {
  x: z.int().min(0).max(23),
  y: z.int().min(0),
  width: z.int().min(1).max(24),
  height: z.int().min(1),
};
const widget = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("text"),
    ...place,
    properties: z.strictObject({ markdown: z.string(), background: z.enum(["solid", "transparent"]) }),
  }),
  z.strictObject({
    type: z.literal("alarm"),
    ...place,
    properties: z.strictObject({ title: z.string(), alarms: z.array(z.string()).min(1).max(100) }),
  }),
  z.strictObject({
    type: z.literal("metric"),
    ...place,
    properties: z.strictObject({
      title: z.string(),
      region: z.literal("eu-central-1"),
      view: z.literal("timeSeries"),
      stacked: z.boolean(),
      period: z.int(),
      metrics: z.array(line).min(1).max(500),
      annotations: z
        .strictObject({
          horizontal: z.array(z.strictObject({ value: z.number(), label: z.string() })).min(1),
        })
        .optional(),
    }),
  }),
]);
const body = z.strictObject({ widgets: z.array(widget).min(1).max(500) });

type Widget = z.infer<typeof widget>;

/** What shows where it should, and in whose place. */
function bodiesOf(registrations: readonly Registration[]): Map<string, Widget[]> {
  return new Map(
    ofType(registrations, "Dashboard").map(({ inputs }) => [
      String(inputs["dashboardName"]),
      body.parse(JSON.parse(String(inputs["dashboardBody"]))).widgets,
    ]),
  );
}

const overlap = (a: Widget, b: Widget) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

for (const stack of ["dev", "prod"] as const) {
  describe(`dashboards of ${stack}`, () => {
    let recording: Recording<unknown>;
    let bodies: Map<string, Widget[]>;
    before(async function () {
      this.timeout(60_000);
      recording = await runProgram(stack, CONTACTS);
      bodies = bodiesOf(recording.registrations);
    });

    it("are what CloudWatch takes", () => {
      assert.deepEqual([...bodies.keys()], [`streamflix-data-${stack}`, `streamflix-operations-${stack}`]);
    });

    it("show metrics that AWS publishes", () => {
      let count = 0;
      for (const widgets of bodies.values()) {
        for (const { type, properties } of widgets) {
          for (const row of type === "metric" ? properties.metrics : []) {
            const [namespace, name, ...rest] = row.filter((part) => typeof part === "string");
            if (namespace === undefined || name === undefined) continue;
            const dimensions = rest.filter((_, index) => index % 2 === 0);
            assert.equal(metricProblem(namespace, name, dimensions), undefined);
            count += 1;
          }
        }
      }
      assert.ok(count > 60, `${count} metrics`);
    });

    it("name a metric for each id in a formula, each id once", () => {
      for (const { type, properties } of [...bodies.values()].flat()) {
        if (type !== "metric") continue;
        const { title, metrics } = properties;
        const settings = metrics.flatMap((row) => row.filter((part) => typeof part !== "string"));
        const ids = settings.flatMap(({ id }) => id ?? []);
        assert.equal(new Set(ids).size, ids.length, title);
        for (const { expression = "" } of settings) {
          const words = expression.match(/\b[a-z]\w*/g) ?? [];
          assert.deepEqual(
            words.filter((word) => !ids.includes(word)),
            [],
            title,
          );
        }
      }
    });

    it("have no widget on another, and none beyond the edge", () => {
      for (const widgets of bodies.values()) {
        widgets.forEach((one, index) => {
          assert.ok(one.x + one.width <= 24);
          for (const other of widgets.slice(index + 1)) assert.ok(!overlap(one, other));
        });
      }
    });

    it("annotate alarms: states of those that tell people, and the height of each that is shown", () => {
      const [operations = []] = [bodies.get(`streamflix-operations-${stack}`)];
      const states = operations.flatMap((it) => (it.type === "alarm" ? it.properties.alarms : []));
      const told = ["MetricAlarm", "CompositeAlarm"]
        .flatMap((type) => ofType(recording.registrations, type))
        // Others have alarms for themselves, such as those that take a deployment back.
        .filter(({ name }) => name.startsWith("monitoring-"))
        .filter(({ inputs }) => (inputs["alarmActions"] as unknown[] | undefined)?.length);
      assert.equal(new Set(states).size, states.length);
      assert.equal(states.length, told.length);
      const annotated = [...bodies.values()]
        .flat()
        .filter((it) => it.type === "metric" && it.properties.annotations !== undefined);
      assert.ok(annotated.length >= 20, `${annotated.length} annotated graphs`);
    });

    it("show CPU of database, cache and service on the operational view", () => {
      const text = JSON.stringify(bodies.get(`streamflix-operations-${stack}`));
      for (const namespace of ["AWS/RDS", "AWS/ElastiCache", "AWS/ECS"]) {
        assert.match(text, new RegExp(`"${namespace}","(Engine)?CPUUtilization"`));
      }
    });

    it("have queries beside them, on logs of the stack", () => {
      const groups = new Set(
        ofType(recording.registrations, "LogGroup").map(({ inputs }) => String(inputs["name"])),
      );
      const queries = ofType(recording.registrations, "QueryDefinition").map(({ inputs }) => inputs);
      const folder = `streamflix-${stack}`;
      assert.deepEqual(
        queries.map(({ name }) => name),
        [
          `${folder}/api/errors-by-route`,
          `${folder}/api/slowest-routes`,
          `${folder}/audit/access-by-principal`,
          `${folder}/database/sign-ins-by-user`,
          `${folder}/database/slow-statements`,
          ...(stack === "prod" ? [`${folder}/firewall/blocks-by-rule`] : []),
          `${folder}/rotation/history`,
          `${folder}/service/errors`,
          `${folder}/service/spot-interruptions`,
          `${folder}/service/stopped-tasks`,
        ],
      );
      for (const { logGroupNames } of queries) {
        for (const group of logGroupNames as string[]) assert.ok(groups.has(group), group);
      }
    });
  });
}
