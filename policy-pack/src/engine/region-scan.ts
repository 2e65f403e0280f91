import { isRegionName } from "./region";
import { isBag, readAny, unwrap } from "./tri";

/** A place that names a region or an account, whatever the property is called. */
export interface Mention {
  readonly path: string;
  /** How it is named there: in an ARN, in a host's or service's name, as the value of a region's property. */
  readonly by: "arn" | "endpoint" | "property";
  /** AWS's partition; ARNs only. */
  readonly partition?: string;
  /** As written, wildcards included; empty where an ARN has none. */
  readonly region: string;
  /** Twelve digits, when one is named. */
  readonly account?: string;
}

const REGION =
  "(?:us|eu|ap|sa|ca|me|af|il|mx|cn|eusc)(?:-(?:gov|iso[a-z]?|de))?-(?:north|south|east|west|central)(?:east|west)?-\\d{1,2}";
const ARN = /arn:(aws[a-z-]*):[a-z0-9-]*:([a-z0-9*?-]*):(\d{12})?/g;
const HOST = new RegExp(
  `(?<![a-z0-9])(${REGION})(?=\\.(?:[a-z0-9-]+\\.)*(?:amazonaws\\.com|api\\.aws|on\\.aws))`,
  "g",
);
const SERVICE = new RegExp(`com\\.amazonaws\\.(${REGION})\\.`, "g");
const REGISTRY = /(\d{12})\.dkr[.-]ecr\./g;
const ZONE = new RegExp(`^(${REGION})[a-z]$`);

// Members of a region's property that switch something on or off, and free text that people write.
const NO_REGIONS = new Set(["isMultiRegionTrail", "skipRegionValidation", "tags", "tagsAll", "description"]);

/** Finds every region and account that a value names, at any depth and inside JSON text. What is unknown names none. */
export function mentionsIn(value: unknown, path: string): readonly Mention[] {
  const found = readAny(value);
  if (found.kind !== "known") {
    return [];
  }
  if (typeof found.value === "string") {
    return mentionsInText(found.value, path);
  }
  if (Array.isArray(found.value)) {
    return (found.value as readonly unknown[]).flatMap((entry, index) =>
      mentionsIn(entry, `${path}[${index}]`),
    );
  }
  return isBag(found.value) ? mentionsInBag(found.value, path) : [];
}

function mentionsInText(text: string, path: string): readonly Mention[] {
  if (/^\s*[[{]/.test(text)) {
    const parsed = parse(text);
    if (parsed !== undefined) {
      return mentionsIn(parsed, path);
    }
  }
  return [
    ...[...text.matchAll(ARN)].map(([, partition = "", region = "", account]): Mention => ({
      path,
      by: "arn",
      partition,
      region,
      ...(account === undefined ? {} : { account }),
    })),
    ...[...text.matchAll(HOST), ...text.matchAll(SERVICE)].map(([, region = ""]): Mention => ({
      path,
      by: "endpoint",
      region,
    })),
    ...[...text.matchAll(REGISTRY)].map(([, account = ""]): Mention => ({
      path,
      by: "endpoint",
      region: "",
      account,
    })),
  ];
}

function mentionsInBag(bag: Readonly<Record<string, unknown>>, path: string): readonly Mention[] {
  const isRegionVariable = /^AWS_(DEFAULT_)?REGION$/.test(textOf(bag["name"]));
  return Object.entries(bag).flatMap(([key, member]) => {
    const place = path === "" ? key : `${path}.${key}`;
    if (NO_REGIONS.has(key)) {
      return [];
    }
    if (/region/i.test(key) || (isRegionVariable && key === "value")) {
      return regionValues(key, member, place);
    }
    if (/availabilityZone|Azs$/i.test(key)) {
      return zoneRegions(member, place);
    }
    if (key === "AWS") {
      return [...mentionsIn(member, place), ...plainAccounts(member, place)];
    }
    return mentionsIn(member, place);
  });
}

// A member that is called a region: its text, or the texts of its list.
function regionValues(key: string, member: unknown, path: string): readonly Mention[] {
  const value = unwrap(member);
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  const named = texts.flatMap((entry): readonly Mention[] =>
    typeof entry === "string" && isRegionName(entry) ? [{ path, by: "property", region: entry }] : [],
  );
  const isEveryRegion = (/^allRegions$/i.test(key) && value === true) || texts.includes("ALL_REGIONS");
  const deeper = typeof value === "object" && value !== null ? mentionsIn(value, path) : [];
  return [...named, ...deeper, ...(isEveryRegion ? [{ path, by: "property", region: "*" } as const] : [])];
}

function zoneRegions(member: unknown, path: string): readonly Mention[] {
  const value = unwrap(member);
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts.flatMap((entry): readonly Mention[] => {
    const region = typeof entry === "string" ? ZONE.exec(entry)?.[1] : undefined;
    return region === undefined ? [] : [{ path, by: "property", region }];
  });
}

// A policy's principal may be an account without an ARN around it.
function plainAccounts(member: unknown, path: string): readonly Mention[] {
  const value = unwrap(member);
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts.flatMap((entry): readonly Mention[] =>
    typeof entry === "string" && /^\d{12}$/.test(entry)
      ? [{ path, by: "property", region: "", account: entry }]
      : [],
  );
}

function textOf(value: unknown): string {
  const text = unwrap(value);
  return typeof text === "string" ? text : "";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
