import assert from "node:assert/strict";

import { evaluate, type Missing, type Point, replay, type State } from "./evaluator";
import { valueOf } from "./expression";

/** The row of one of AWS's tables: points, oldest first, and the state for missing, ignore, breaching, notBreaching. */
type Row = readonly [points: string, ...states: (State | "as before")[]];

const SOURCE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html";

/** Datapoints to Alarm and Evaluation Periods are both 3. */
const THREE_OF_THREE: readonly Row[] = [
  ["0 - X - X", "OK", "OK", "OK", "OK"],
  ["0 - - - -", "OK", "OK", "OK", "OK"],
  ["- - - - -", "INSUFFICIENT_DATA", "as before", "ALARM", "OK"],
  ["0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["- - X - -", "ALARM", "as before", "ALARM", "OK"],
];

/** Datapoints to Alarm is 2, Evaluation Periods 3. */
const TWO_OF_THREE: readonly Row[] = [
  ["0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["0 - X - -", "OK", "OK", "ALARM", "OK"],
  ["- - - - 0", "OK", "OK", "ALARM", "OK"],
  ["- - - X -", "ALARM", "as before", "ALARM", "OK"],
];

const TREATMENTS: readonly Missing[] = ["missing", "ignore", "breaching", "notBreaching"];

const pointsOf = (text: string) => text.split(" ").map((it): Point => (it === "-" ? undefined : it === "X"));

/** The points that count: the most recent three when none of them is missing, else the whole range. */
function looked(points: readonly Point[]): readonly Point[] {
  return points.slice(-3).includes(undefined) ? points : points.slice(-3);
}

describe(`the evaluator of alarms, by the tables of ${SOURCE}`, () => {
  for (const [wrong, rows] of [
    [3, THREE_OF_THREE],
    [2, TWO_OF_THREE],
  ] as const) {
    for (const [text, ...states] of rows) {
      it(`${wrong} of 3, ${text}`, () => {
        for (const before of ["OK", "ALARM", "INSUFFICIENT_DATA"] as const) {
          const found = TREATMENTS.map((missing) =>
            evaluate(looked(pointsOf(text)), { wrong, of: 3, missing }, before),
          );
          assert.deepEqual(
            found,
            states.map((state) => (state === "as before" ? before : state)),
          );
        }
      });
    }
  }

  for (const text of ["- - - - X", "- - - X -"]) {
    it(`is not on too early: 3 of 3, ${text}`, () => {
      assert.equal(evaluate(pointsOf(text), { wrong: 3, of: 3, missing: "missing" }, "OK"), "OK");
    });
  }

  it("goes over a series period by period", () => {
    const alarm = {
      name: "cpu",
      namespace: "AWS/RDS",
      metricName: "CPUUtilization",
      statistic: "Average",
      period: 120,
      comparisonOperator: "GreaterThanThreshold",
      threshold: 90,
      evaluationPeriods: 2,
      treatMissingData: "notBreaching",
    } as const;
    const minutes = [10, 10, 95, 95, 89, 93, 80, 80, undefined, undefined, undefined, undefined];
    assert.deepEqual(
      replay(alarm, () => minutes),
      ["OK", "OK", "ALARM", "OK", "OK", "OK"],
    );
  });
});

describe("metric math of the evaluator", () => {
  const figures: Readonly<Record<string, number | undefined>> = { five: 5, zero: 0, none: undefined };
  const of = (expression: string) => valueOf(expression, (id) => figures[id]);

  for (const [expression, value] of [
    ["2 + 3 * five - 4 / 2", 15],
    ["(2 + 3) * five", 25],
    ["IF(five >= 5, 1, 2)", 1],
    ["IF(zero > 0, 1, 2)", 2],
    ["IF(none > 0, 1, 2)", undefined],
    ["FILL(none, 7) + 1", 8],
    ["none + 1", undefined],
    // CloudWatch drops what division by zero makes.
    ["five / zero", undefined],
  ] as const) {
    it(expression, () => {
      assert.equal(of(expression), value);
    });
  }

  for (const expression of ["five +", "five five", "MEDIAN(five)", "five $ 2"]) {
    it(`refuses ${expression}`, () => {
      assert.throws(() => of(expression));
    });
  }
});
