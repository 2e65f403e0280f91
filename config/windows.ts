const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const MINUTES_PER_DAY = 24 * 60;
const MINUTES_PER_WEEK = DAYS.length * MINUTES_PER_DAY;

const DAILY = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/;
const WEEKLY =
  /^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):([0-5]\d)-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):([0-5]\d)$/;

/** A time span in UTC. */
export interface Window {
  /** Minutes from midnight, or for a weekly window from Monday 00:00. */
  readonly start: number;
  /** Length in minutes. */
  readonly minutes: number;
}

/** A window of every day, such as `02:00-03:00`, which may cross midnight; undefined where the text is none. */
export function dailyWindow(text: string): Window | undefined {
  const match = DAILY.exec(text);
  if (match === null) return undefined;
  const [start, end] = [minuteOf(match[1], match[2]), minuteOf(match[3], match[4])];
  return { start, minutes: (end - start + MINUTES_PER_DAY) % MINUTES_PER_DAY };
}

/** A window of every week, such as `sun:04:00-sun:05:00`; undefined where the text is none. */
export function weeklyWindow(text: string): Window | undefined {
  const match = WEEKLY.exec(text);
  if (match === null) return undefined;
  const start = dayOf(match[1]) + minuteOf(match[2], match[3]);
  const end = dayOf(match[4]) + minuteOf(match[5], match[6]);
  return { start, minutes: (end - start + MINUTES_PER_WEEK) % MINUTES_PER_WEEK };
}

/** Whether a daily and a weekly window share a minute on any day. */
export function windowsOverlap(daily: Window, weekly: Window): boolean {
  return DAYS.some((_, day) => {
    const dayStart = day * MINUTES_PER_DAY + daily.start;
    const ahead = (weekly.start - dayStart + MINUTES_PER_WEEK) % MINUTES_PER_WEEK;
    const behind = (dayStart - weekly.start + MINUTES_PER_WEEK) % MINUTES_PER_WEEK;
    return ahead < daily.minutes || behind < weekly.minutes;
  });
}

function dayOf(name: string | undefined): number {
  return DAYS.findIndex((day) => day === name) * MINUTES_PER_DAY;
}

function minuteOf(hour: string | undefined, minute: string | undefined): number {
  return Number(hour) * 60 + Number(minute);
}
