import type { MonitoringConfig } from "../../config";
import type { AlarmRow } from "./alarm";

/** What alarms compare with, by name. */
export type Thresholds = MonitoringConfig["thresholds"];

/** All of the last so many periods have to be wrong. */
export function inARow(seconds: number, count: number): AlarmRow["periods"] {
  return { seconds, wrong: count, of: count };
}

/** Name of the composite that the data tier's alarms tell people through. */
export const DATA_TIER = "data-tier";
