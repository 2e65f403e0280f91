/** What all scripts share: settings, preparation, and one function for each thing that viewers do. */
import { Client, demandCredentials } from "./client";
import { type Settings, settingsWith } from "./settings";
import type { Act } from "./shape";
import { preparations, stepsOf } from "./steps";

/** Put in its place when the script is bundled; see tools/load/bundle.ts. */
declare const LOAD_SETTINGS: Settings;

/** The settings of this run. */
export const settings = settingsWith(LOAD_SETTINGS, __ENV);

const client = new Client(settings);

const does = (act: Act) => (): void => {
  for (const call of stepsOf(act, settings)) client.send(call);
};

export const browse = does("browse");
export const play = does("play");
export const heartbeat = does("heartbeat");
export const join = does("join");

/** Makes the profiles that viewers read. */
export function setup(): void {
  demandCredentials(settings);
  for (const calls of preparations(settings)) client.prepare(calls);
}
