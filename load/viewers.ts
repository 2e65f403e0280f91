/** Viewers who watch: the average load of concurrent viewers, which keeps coming whether answers do or not. */
import { optionsOf, steadyScenarios } from "./shape";
import { settings } from "./viewer";

export { browse, heartbeat, play, setup } from "./viewer";

export const options = optionsOf(steadyScenarios(settings), settings);
