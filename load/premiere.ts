/** A premiere: viewers who watch, and half a million more a minute who join. */
import { optionsOf, premiereScenarios } from "./shape";
import { settings } from "./viewer";

export { browse, heartbeat, join, play, setup } from "./viewer";

export const options = optionsOf(premiereScenarios(settings), settings);
