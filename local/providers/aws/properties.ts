import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { specialArchiveSig, specialAssetSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc";
import type { Props } from "../../account/store";
import { UNKNOWN, type Difference } from "../frame";

/** Differences between two values, as property paths; maps are compared key by key, lists as a whole. */
export function compare(path: string, old: unknown, now: unknown): Difference["changed"][number][] {
  if (isDeepStrictEqual(old, now)) {
    return [];
  }
  if (isMap(old) && isMap(now) && !isAsset(old) && !isAsset(now)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
    return keys.flatMap((key) =>
      compare(/^\w+$/.test(key) ? `${path}.${key}` : `${path}["${key}"]`, old[key], now[key]),
    );
  }
  return [{ path, kind: old === undefined ? "add" : now === undefined ? "delete" : "update" }];
}

/**
 * Properties with every asset and archive reduced to its signature and hash. The engine sends their contents along with
 * the hash; accounts keep none, and the hash alone says whether something changed.
 */
export function hashed(properties: Props): Props {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, hashedValue(value)]));
}

/** The SHA-256 that the engine gave an asset or archive, in hex; undefined for any other value. */
export function assetHash(value: unknown): string | undefined {
  return isMap(value) && isAsset(value) && typeof value["hash"] === "string" ? value["hash"] : undefined;
}

/** The provider turns a document into text; a single unknown in it makes the whole text unknown. */
export function documentText(document: Props): string {
  const rendered = JSON.stringify(document);
  return rendered.includes(UNKNOWN) ? UNKNOWN : rendered;
}

export function isMap(value: unknown): value is Props {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Provider arguments that are not strings arrive as JSON text. */
export function decoded(value: unknown): unknown {
  return typeof value === "string" && /^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value;
}

export function withoutNulls(properties: Props): Props {
  return Object.fromEntries(
    Object.entries(properties).filter(
      ([key, value]) => value !== null && value !== undefined && key !== "__defaults",
    ),
  );
}

/** The provider's tail for a name prefix: 26 characters that sort by time. */
export function uniqueName(prefix: string): string {
  const time = new Date().toISOString().replaceAll(/\D/g, "");
  return `${prefix}${time}${randomBytes(5)
    .toString("hex")
    .slice(0, 26 - time.length)}`;
}

function hashedValue(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(hashedValue);
  }
  if (!isMap(value)) {
    return value;
  }
  const hash = assetHash(value);
  return hash === undefined ? hashed(value) : { [specialSigKey]: value[specialSigKey], hash };
}

function isAsset(value: Props): boolean {
  return value[specialSigKey] === specialAssetSig || value[specialSigKey] === specialArchiveSig;
}
