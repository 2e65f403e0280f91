import { type Provider, type Resource } from "./resource";
import { type Bag, isBag, readBag, readString, RuleError, type Tri, known, absent } from "./tri";

/** Tags of a resource merged over its provider's default tags. */
export interface EffectiveTags {
  /** One tag; `unknown` also when a map that could hold it is not known yet. Empty text counts as absent. */
  readonly get: (key: string) => Tri<string>;
}

/** Merges resource tags over the provider's `defaultTags`. */
export function effectiveTags(own: Tri<Bag>, provider: Provider | undefined): EffectiveTags {
  const layers = [own, provider === undefined ? absent : defaultTags(provider)];
  return {
    get: (key) => {
      for (const layer of layers) {
        const found = layer.kind === "known" ? readString(layer.value[key], `tags.${key}`) : layer;
        if (found.kind === "unknown" || (found.kind === "known" && found.value.trim() !== "")) {
          return found;
        }
      }
      return absent;
    },
  };
}

/** Effective tags of a resource whose type takes tags. */
export function tagsOf(resource: Resource): EffectiveTags {
  return effectiveTags(resource.props.bag("tags"), resource.provider);
}

// The engine hands a provider's non-string arguments over as JSON text: '{"tags":{…}}'.
function defaultTags(provider: Provider): Tri<Bag> {
  const path = "provider defaultTags";
  const source = provider.props["defaultTags"];
  const block = isBag(source) ? known(source) : readString(source, path);
  if (block.kind !== "known") {
    return block;
  }
  const parsed = typeof block.value === "string" ? parse(block.value, path) : block.value;
  return readBag(parsed["tags"], `${path}.tags`);
}

function parse(text: string, path: string): Bag {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isBag(parsed)) {
      return parsed;
    }
  } catch {
    // A parser's own message quotes the text: the error below says the same without the value.
  }
  throw new RuleError(`${path} is not a JSON object`);
}
