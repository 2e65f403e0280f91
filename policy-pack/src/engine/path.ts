import { Place } from "./place";
import type { Props } from "./resource";
import { RuleError } from "./tri";

/** The top-level property that a path starts at. */
export function topOf(path: string): string {
  return /^\w+/.exec(path)?.[0] ?? path;
}

/**
 * Every place that a path leads to:
 * - `a.b` goes into an object; one that is left out makes `b` absent.
 * - `a?.b` leads nowhere when `a` is left out.
 * - `a[].b` goes into every element of a list.
 * - `a{}.b` goes into JSON text, or into what is already parsed.
 * - `a#` leads to the names of an object's members.
 *
 * What is not known yet on the way stands for all that is below it.
 */
export function placesAt(props: Props, path: string): readonly Place[] {
  const [top = "", ...steps] = path.split(/\.|(?=\[\]|\{\}|\?|#)/);
  return steps.reduce<readonly Place[]>(
    (places, step) => places.flatMap((place) => next(place, step)),
    [props.at(top)],
  );
}

function next(place: Place, step: string): readonly Place[] {
  if (place.kind === "unknown") {
    return [place];
  }
  switch (step) {
    case "?":
      return place.kind === "absent" ? [] : [place];
    case "[]":
      return place.items();
    case "{}":
      return [new Place(place.path, parsed(place))];
    case "#":
      return names(place);
    default:
      return [place.at(step)];
  }
}

function names(place: Place): readonly Place[] {
  const bag = place.bag();
  return bag.kind === "known" ? Object.keys(bag.value).map((name) => new Place(place.path, name)) : [];
}

function parsed({ path, raw }: Place): unknown {
  if (typeof raw !== "string") {
    return raw;
  }
  try {
    return JSON.parse(raw);
  } catch {
    // A parser's own message quotes the text: the error below says the same without the value.
    throw new RuleError(`${path} is not JSON`);
  }
}
