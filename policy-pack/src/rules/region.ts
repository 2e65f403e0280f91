import { type Example, one, UNKNOWN } from "../engine/example";
import { effectiveRegion, isRegional, isRegionName } from "../engine/region";
import { isAllowed, type RegionConfig, regionSettings } from "../engine/region-settings";
import type { Resource } from "../engine/resource";
import { defineRule, type Finding } from "../engine/rule";

const PROVIDER = "pulumi:providers:aws";
const VPC = "aws:ec2/vpc:Vpc";
const VAULT = "aws:backup/vault:Vault";
const standby = { standbyRegions: ["eu-west-1"], standbyTypes: [VAULT] };
const types = { [PROVIDER]: ["region"], "aws:*": ["region"] };

const shared = {
  severity: "critical",
  gdpr: ["5(1)(f)", "28", "44"],
  rationale:
    "Personal data stays in the regions that the transfer assessment covers; a resource elsewhere is a transfer that nobody assessed.",
  configSchema: regionSettings,
  isSuppressible: false,
} as const;

/** Every resource and provider, before it is made. */
export const allowedRegion = defineRule<RegionConfig>({
  ...shared,
  id: "allowed-region",
  title: "Every AWS provider and resource is in an allowed region",
  scope: "resource",
  types,
  refs: { prowler: ["organizations_scp_check_deny_regions"], aws: ["CT.MULTISERVICE.PV.1"] },
  remediation:
    "set the region of the `aws` provider in the stack's configuration to an allowed one, and leave `region` off the resources",
  examples: {
    pass: [
      one("provider in the allowed region", PROVIDER, { region: "eu-central-1" }),
      one("region from the provider", VPC, {}),
      one("own region", VPC, { region: "eu-central-1" }, { provider: null }),
      one("another allow-list", VPC, { region: "eu-west-1" }, { config: { allowedRegions: ["eu-west-1"] } }),
      one("a type that may be in the standby region", VAULT, { region: "eu-west-1" }, { config: standby }),
    ],
    fail: [
      one("provider elsewhere", PROVIDER, { region: "us-east-1" }, { findings: ["provider"] }),
      one("provider without a region", PROVIDER, { profile: "x" }, { findings: ["provider-unset"] }),
      one("null is no region", PROVIDER, { region: null }, { findings: ["provider-unset"] }),
      one("London is not in the EU", VPC, { region: "eu-west-2" }, { findings: ["resource"] }),
      one(
        "resource of a bad provider",
        VPC,
        {},
        { provider: { region: "us-east-1" }, findings: ["by-provider"] },
      ),
      one(
        "provider's region copied into the resource, as the AWS provider does",
        VPC,
        { region: "us-east-1" },
        { provider: { region: "us-east-1" }, findings: ["by-provider"] },
      ),
      one(
        "another type in the standby region",
        VPC,
        { region: "eu-west-1" },
        { findings: ["resource"], config: standby },
      ),
      one(
        "standby region without a setting for it",
        VAULT,
        { region: "eu-west-1" },
        { findings: ["resource"] },
      ),
      one("neither region known to the pack", VPC, {}, { provider: null, findings: ["unset"] }),
      one("a type newer than the table", "aws:new/thing:Thing", {}, { provider: {}, findings: ["unset"] }),
    ],
    unknown: [
      one("provider's region unknown", PROVIDER, { region: UNKNOWN }, { findings: ["provider-unknown"] }),
      one("resource's region unknown", VPC, { region: UNKNOWN }, { findings: ["unknown"] }),
      one("inherited unknown region", VPC, {}, { provider: { region: UNKNOWN }, findings: ["unknown"] }),
    ],
    notApplicable: [
      one("global type", "aws:iam/role:Role", {}, { provider: { region: "us-east-1" } }),
      one("another provider", "random:index/randomPassword:RandomPassword", {}),
    ],
  },
  check: ({ resource, config, notApplicable }) => {
    if (resource.type === PROVIDER) {
      return judgeProvider(resource, config);
    }
    if (!isRegional(resource.type)) {
      return notApplicable("the type has no region");
    }
    return judgeResource(resource, config);
  },
});

const stackOf = (title: string, region: string, findings?: readonly string[]): Example =>
  one(title, VPC, { region }, findings === undefined ? {} : { findings });

/** Resources that are only read: no resource rule ever sees them. */
export const allowedRegionRead = defineRule<RegionConfig>({
  ...shared,
  id: "allowed-region-read",
  title: "Every AWS resource that the program reads is in an allowed region",
  scope: "stack",
  types,
  refs: {},
  remediation: "read a resource of an allowed region, through a provider of that region",
  examples: {
    pass: [stackOf("read in the allowed region", "eu-central-1")],
    fail: [
      stackOf("read from elsewhere", "us-east-1", ["resource"]),
      one(
        "read through a bad provider",
        VPC,
        {},
        { provider: { region: "us-east-1" }, findings: ["by-provider"] },
      ),
    ],
    unknown: [one("region unknown", VPC, { region: UNKNOWN }, { findings: ["unknown"] })],
    notApplicable: [one("nothing regional is read", "aws:iam/role:Role", {})],
  },
  check: ({ graph, config, analysed, notApplicable }) => {
    const read = graph.resources.filter(
      ({ type, urn }) => type.startsWith("aws:") && isRegional(type) && !analysed.has(urn),
    );
    if (read.length === 0) {
      return notApplicable("the program reads no regional resource");
    }
    return read.flatMap((resource) =>
      judgeResource(resource, config).map((finding) => ({ ...finding, urn: resource.urn })),
    );
  },
});

function judgeProvider(resource: Resource, config: RegionConfig): readonly Finding[] {
  const region = resource.props.string("region");
  if (region.kind === "unknown") {
    return [
      { id: "provider-unknown", status: "indeterminate", problem: "region of the provider is not known yet" },
    ];
  }
  if (region.kind === "absent") {
    const problem = "region is not set on the provider, so the machine's environment would choose it";
    return [{ id: "provider-unset", status: "fail", problem, allowed: allowedText(config) }];
  }
  // A provider of the standby region is needed to make what may be there; each of its resources is judged by its type.
  if (config.allowedRegions.includes(region.value) || config.standbyRegions.includes(region.value)) {
    return [];
  }
  const problem =
    `region of the provider is ${regionText(region.value)}, and every resource made through it ` +
    `would be there (each is refused with one line that names this provider)`;
  return [{ id: "provider", status: "fail", problem, allowed: allowedText(config) }];
}

function judgeResource(resource: Resource, config: RegionConfig): readonly Finding[] {
  const { region, source } = effectiveRegion(resource);
  if (region.kind === "unknown") {
    return [{ id: "unknown", status: "indeterminate", problem: "region is not known yet" }];
  }
  if (region.kind === "absent") {
    const problem = "region is set neither on the resource nor on its provider";
    return [{ id: "unset", status: "fail", problem, allowed: allowedText(config) }];
  }
  if (isAllowed(region.value, resource.type, config)) {
    return [];
  }
  if (source === "provider" && resource.provider !== undefined) {
    const problem = `region ${regionText(region.value)} comes from the provider "${resource.provider.name}": mend it there`;
    return [{ id: "by-provider", status: "fail", problem, mend: null }];
  }
  const problem = `region is ${regionText(region.value)}`;
  return [{ id: "resource", status: "fail", problem, allowed: allowedText(config) }];
}

function regionText(region: string): string {
  return isRegionName(region) ? region : "not the name of a region";
}

function allowedText(config: RegionConfig): string {
  return `Allowed: ${config.allowedRegions.join(", ")}`;
}
