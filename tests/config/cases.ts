import assert from "node:assert/strict";

import { errorOf, parseJson, set, validConfig } from "./helpers";

/** One change of a valid configuration, and what has to be said about it. */
export interface Case {
  readonly id: string;
  /** Stack the change starts from; dev unless said. */
  readonly stack?: "prod" | "prod-dr";
  /** Paths and the values they get; `undefined` removes. */
  readonly change: Readonly<Record<string, unknown>>;
  /** Each problem as path, given and hint (or allowed where there is no hint), exactly. None: the change is valid. */
  readonly problems: readonly string[];
}

/** A case that changes one value of the dev stack. */
export function one(id: string, path: string, value: unknown, ...problems: string[]): Case {
  return { id, change: { [path]: value }, problems };
}

/** The same on the prod stack. */
export function prod(...args: Parameters<typeof one>): Case {
  return { ...one(...args), stack: "prod" };
}

/** The same on prod's standby. */
export function standby(...args: Parameters<typeof one>): Case {
  return { ...one(...args), stack: "prod-dr" };
}

/** Makes one test of each case. */
export function checkCases(title: string, cases: readonly Case[]): void {
  describe(title, () => {
    for (const { id, stack, change, problems } of cases) {
      it(id, () => {
        const config = validConfig(stack);
        for (const [path, value] of Object.entries(change)) set(config, path, value);
        if (problems.length === 0) {
          assert.deepEqual(parseJson(config).warnings, []);
          return;
        }
        const found = errorOf(() => parseJson(config)).problems;
        const lines = found.map(
          ({ path, given, allowed, hint }) => `${path} | ${given} | ${hint ?? allowed}`,
        );
        assert.deepEqual(lines, problems);
      });
    }

    it("every case has a name of its own", () => {
      assert.equal(new Set(cases.map(({ id }) => id)).size, cases.length);
    });
  });
}
