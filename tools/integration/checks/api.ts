import { callerOf, NO_RIGHTS, type Request, statusOf } from "../caller";
import { Broken, type Check, NotRun } from "../check";
import type { Target } from "../target";

/** A profile that nobody has. */
const NOBODY: Request = { method: "GET", path: "/v1/profiles/00000000-0000-4000-8000-000000000000" };
const NO_EVENTS: Request = { method: "POST", path: "/v1/events", body: { events: [] } };

/** Routes of the API: open, refused to who has no rights, and answered to who has. */
export function apiCheck(target: Target): Check {
  return {
    name: "api",
    proves: "routes answer callers who may, and refuse everybody else",
    seconds: 60,
    look: async (signal) => {
      const { apiUrl, eventStreamName } = target.outputs;
      if (apiUrl === undefined) throw new NotRun("the stack has no API");
      const rights = await callerOf(target);
      const steps: readonly (readonly [string, Request, typeof rights, readonly number[]])[] = [
        ["health", { method: "GET", path: "/health" }, NO_RIGHTS, [200]],
        ["profile without credentials", NOBODY, NO_RIGHTS, [401, 403]],
        // Shows that request, rights, service and database are all in order.
        ["profile that nobody has", NOBODY, rights, [404]],
        ...(eventStreamName === undefined
          ? []
          : [
              ["events without credentials", NO_EVENTS, NO_RIGHTS, [401, 403]] as const,
              ["batch of no events", NO_EVENTS, rights, [400]] as const,
            ]),
      ];
      const seen: string[] = [];
      for (const [what, request, who, wanted] of steps) {
        const status = await statusOf(apiUrl, request, who, signal);
        if (!wanted.includes(status))
          throw new Broken(`${what}: status ${status} instead of ${wanted.join(" or ")}`);
        seen.push(`${what} ${status}`);
      }
      return seen.join(", ");
    },
  };
}
