import { contains, overlap, toCidr } from "./cidr";
import { PLATFORM_ENDPOINTS, REGION_OF_ENVIRONMENT, REGIONS, STRICT_ENVIRONMENTS } from "./facts";
import { type Path, showPath } from "./problem";
import type { ParsedConfig } from "./schema";

/** What may be missing of a faulty configuration: anything. */
export type DraftOf<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: DraftOf<NonNullable<T[K]>> }
    : T;

/** The valid parts of a configuration: rules also run on what is sound in a faulty one, to report all at once. */
export type Draft = DraftOf<ParsedConfig>;

/** What a rule objects to; texts left out are those of the field's note. */
export interface Fault {
  readonly path: Path;
  readonly allowed?: string;
  readonly why?: string;
  readonly hint?: string;
}

/** A rule about several fields at once. It says nothing where a field it needs is missing or faulty itself. */
export interface Rule {
  readonly id: string;
  readonly check: (draft: Draft) => readonly Fault[];
}

const TIERS = ["public", "private", "isolated"] as const;

interface Subnet {
  readonly path: Path;
  readonly text: string;
}

function subnetsOf(draft: Draft): Subnet[] {
  return TIERS.flatMap((tier) =>
    (draft.network?.subnets?.[tier] ?? []).map((text, index) => ({
      path: ["network", "subnets", tier, index],
      text,
    })),
  );
}

/** Whether an environment stands by for another: what it has is a copy, or waits. */
export function standsBy({ environment }: Draft): boolean {
  return (
    environment?.name !== undefined && REGIONS[REGION_OF_ENVIRONMENT[environment.name]].role === "standby"
  );
}

/** Faults of a check that only makes sense for some drafts. */
export function faultIf(objects: boolean, fault: Fault): Fault[] {
  return objects ? [fault] : [];
}

/** A rule for prod and its standby only: the fault, unless `holds`; it has to hold where what it looks at is missing. */
export function prodOnly(
  id: string,
  fault: Required<Omit<Fault, "hint">>,
  holds: (draft: Draft) => boolean,
): Rule {
  return {
    id,
    check: (draft) => {
      const name = draft.environment?.name;
      return faultIf(name !== undefined && STRICT_ENVIRONMENTS.includes(name) && !holds(draft), fault);
    },
  };
}

/** The cross-field rules about the platform as a whole, its network and alerts, in the order of the schema. */
export const RULES: readonly Rule[] = [
  prodOnly(
    "prod-is-protected",
    {
      path: ["environment", "protection"],
      allowed: "true in prod",
      why: "prod's data may not be deletable by mistake",
    },
    ({ environment }) => environment?.protection !== false,
  ),
  {
    id: "region-of-environment",
    check({ environment, aws }) {
      if (environment?.name === undefined || aws?.region === undefined) return [];
      const region = REGION_OF_ENVIRONMENT[environment.name];
      if (aws.region === region) return [];
      return [
        {
          path: ["aws", "region"],
          allowed: `${region} for ${environment.name}`,
          why: "a stack elsewhere would be neither where its data may be nor where its standby looks for it",
        },
      ];
    },
  },
  {
    id: "zones-of-region",
    check({ aws }) {
      if (aws?.region === undefined) return [];
      const zones = REGIONS[aws.region].zones.map((letter) => `${aws.region ?? ""}${letter}`);
      return (aws.availabilityZones ?? []).flatMap((zone, index) =>
        zones.includes(zone)
          ? []
          : [
              {
                path: ["aws", "availabilityZones", index],
                allowed: zones.join(", "),
                why: "a zone has to be in streamflix:aws.region",
              },
            ],
      );
    },
  },
  prodOnly(
    "prod-has-three-zones",
    {
      path: ["aws", "availabilityZones"],
      allowed: "3 zones in prod",
      why: "prod has to serve while a zone is down",
    },
    ({ aws }) => aws?.availabilityZones === undefined || aws.availabilityZones.length === 3,
  ),
  prodOnly(
    "prod-keys-wait-longest",
    {
      path: ["keys", "deletionWindowDays"],
      allowed: "30 in prod",
      why: "a deleted key takes all its data with it",
    },
    ({ keys }) => keys?.deletionWindowDays === undefined || keys.deletionWindowDays === 30,
  ),
  {
    id: "subnet-per-zone",
    check({ aws, network }) {
      const zones = aws?.availabilityZones?.length;
      if (zones === undefined) return [];
      return TIERS.flatMap((tier) => {
        const count = network?.subnets?.[tier]?.length ?? zones;
        if (count === zones) return [];
        return [
          {
            path: ["network", "subnets", tier],
            allowed: `${zones} networks, one per zone`,
            hint: `it has ${count}`,
          },
        ];
      });
    },
  },
  {
    id: "subnet-inside-vpc",
    check(draft) {
      if (draft.network?.cidr === undefined) return [];
      const vpc = toCidr(draft.network.cidr);
      return subnetsOf(draft)
        .filter(({ text }) => !contains(vpc, toCidr(text)))
        .map(({ path }) => ({ path, allowed: `a network inside streamflix:network.cidr, ${vpc.text}` }));
    },
  },
  {
    id: "subnets-apart",
    check(draft) {
      const subnets = subnetsOf(draft);
      return subnets.flatMap(({ path, text }, index) => {
        const other = subnets.slice(0, index).find((earlier) => overlap(toCidr(earlier.text), toCidr(text)));
        if (other === undefined) return [];
        return [
          { path, hint: `it overlaps ${other.text} at ${showPath(other.path, false)}; move one of them` },
        ];
      });
    },
  },
  prodOnly(
    "prod-nat-per-zone",
    {
      path: ["network", "nat"],
      allowed: "onePerAz in prod",
      why: "a single NAT gateway fails with its zone",
    },
    // A standby waits: one gateway will do until it takes over.
    ({ environment, network }) =>
      environment?.name !== "prod" || network?.nat === undefined || network.nat === "onePerAz",
  ),
  {
    id: "no-nat-needs-endpoints",
    check({ network }) {
      if (network?.nat !== "none" || network.endpoints === undefined) return [];
      const missing = PLATFORM_ENDPOINTS.filter((name) => !network.endpoints?.includes(name));
      if (missing.length === 0) return [];
      return [
        {
          path: ["network", "nat"],
          allowed: "single or onePerAz, or none with every endpoint the platform needs",
          why: "without NAT an endpoint is the only way to a service",
          hint: `add to streamflix:network.endpoints: ${missing.join(", ")}`,
        },
      ];
    },
  },
  {
    id: "protected-has-flow-logs",
    check({ environment, network }) {
      if (environment?.protection !== true || network === undefined || network.flowLogs !== undefined)
        return [];
      return [
        {
          path: ["network", "flowLogs"],
          allowed: "{}, since streamflix:environment.protection is true",
        },
      ];
    },
  },
  prodOnly(
    "prod-blocks-public-access",
    {
      path: ["network", "blockPublicAccess"],
      allowed: "create or adopt in prod",
      why: "the block is what keeps a wrong route or gateway from opening the VPC to the internet",
    },
    ({ network }) => network?.blockPublicAccess !== "off",
  ),
  {
    id: "alerts-name-contacts",
    check({ alerts, contacts }) {
      if (contacts === undefined) return [];
      return channelsOf(alerts).flatMap(({ path, contact, channel }) => {
        if (Object.hasOwn(contacts, contact) && contacts[contact]?.[channel] !== undefined) return [];
        return [
          {
            path,
            allowed: `a contact with ${channel === "email" ? "an email" : "a phone"} under streamflix:contacts`,
            why: "the alarm would reach nobody",
            hint: `set streamflix:contacts.${contact}.${channel} with --secret, or remove ${contact} from the list`,
          },
        ];
      });
    },
  },
];

/** Which contact has to have which channel, and where the configuration says so. */
export function channelsOf(alerts: Draft["alerts"]) {
  const channels = (list: "email" | "sms", channel: "email" | "phone") =>
    (alerts?.[list] ?? []).map((contact, index) => ({
      path: ["alerts", list, index] as Path,
      contact,
      channel,
    }));
  return [...channels("email", "email"), ...channels("sms", "phone")];
}
