/** As much as a target answers: clients that send the next request as soon as they have an answer. */
import { saturationOptions } from "./shape";
import { browse, heartbeat, play, settings } from "./viewer";

export { setup } from "./viewer";

export const options = saturationOptions(settings);

/** One of everything; also what a runner calls that brings its own number of clients. */
export default function everything(): void {
  browse();
  play();
  heartbeat();
}
