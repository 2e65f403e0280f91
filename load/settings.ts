/** What a load test is told. Plain data and checks: read by k6 and by the command that starts it. */

/** What the stack promises of its API, from `streamflix:monitoring.objectives`. */
export interface Objectives {
  readonly availabilityPercent: number;
  readonly latencyPercent: number;
  readonly latencyMilliseconds: number;
}

/** How callers show who they are: not at all to the service itself, as the stack says to the API. */
export type Caller = "none" | "iam" | "cognito";

/** Everything that shapes a run but credentials. */
export interface Settings {
  /** Base URLs of the service's tasks, or of its load balancer, or of the API; requests take turns. */
  readonly targets: readonly string[];
  readonly caller: Caller;
  /** Region that signatures are made for. */
  readonly region: string;
  /** Concurrent viewers that the whole test stands for. */
  readonly viewers: number;
  /** Share of them that this run sends. */
  readonly scale: number;
  /** How long the run offers load. */
  readonly seconds: number;
  /** Clients of the saturation test, each of which sends the next request when it has its answer. */
  readonly hands: number;
  readonly objectives: Objectives;
}

/** The settings that an environment variable can change in a run. */
export const CHANGEABLE = {
  SCALE: "scale",
  SECONDS: "seconds",
  VIEWERS: "viewers",
  HANDS: "hands",
} as const satisfies Record<string, keyof Settings>;

/** What the numbers may be. */
const LIMITS = {
  scale: { from: 0.000_001, to: 10, whole: false },
  seconds: { from: 1, to: 86_400, whole: true },
  viewers: { from: 1, to: 100_000_000, whole: true },
  hands: { from: 1, to: 10_000, whole: true },
} as const;

/** Settings that can't be used; the message lists all that is wrong. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/**
 * Settings with the changes of the environment.
 *
 * @throws SettingsError that lists every problem
 */
export function settingsWith(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const changes: Partial<Record<(typeof CHANGEABLE)[keyof typeof CHANGEABLE], number>> = {};
  for (const [variable, name] of Object.entries(CHANGEABLE)) {
    const text = environment[variable];
    if (text !== undefined && text !== "") changes[name] = Number(text);
  }
  const changed = { ...settings, ...changes };
  const problems = problemsOf(changed);
  if (problems.length > 0)
    throw new SettingsError(`The load test can't start:\n${problems.map((it) => `  ${it}`).join("\n")}`);
  return changed;
}

/** Everything that is wrong with settings. */
export function problemsOf(settings: Settings): string[] {
  return [...targetProblems(settings), ...numberProblems(settings)];
}

/** What is wrong with the targets. */
export function targetProblems({ targets, caller }: Pick<Settings, "targets" | "caller">): string[] {
  if (targets.length === 0) return ["there is no URL to send to"];
  return targets.flatMap((target) => {
    if (!/^https?:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[A-Za-z0-9._-]+)*$/.test(target))
      return [`${target}: a base URL such as https://api.example.com, without a slash at its end`];
    // A credential in clear could be read on the way; only inside this machine there is no way.
    const isInClear = target.startsWith("http://") && !target.startsWith("http://127.0.0.1:");
    return isInClear && caller !== "none" ? [`${target}: callers of the API need https`] : [];
  });
}

/** What is wrong with the numbers. */
export function numberProblems(settings: Pick<Settings, keyof typeof LIMITS>): string[] {
  return Object.entries(LIMITS).flatMap(([name, { from, to, whole }]) => {
    const value = settings[name as keyof typeof LIMITS];
    const isRight = value >= from && value <= to && (!whole || Number.isInteger(value));
    return isRight ? [] : [`${name}: a ${whole ? "whole " : ""}number from ${from} to ${to}, not ${value}`];
  });
}

/** The variables that hold a caller's credentials. */
export function credentialVariables(caller: Caller): readonly string[] {
  return { none: [], iam: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"], cognito: ["TOKEN"] }[caller];
}
