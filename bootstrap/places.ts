import type { ProviderResource } from "@pulumi/pulumi";

import { homeProvider, standbyProvider } from "../components/provider";
import { boundaryArn, Names, REGION_OF_ENVIRONMENT } from "../config";
import type { BootstrapConfig, CiConfig } from "./config";
import type { StackPlace } from "./pipeline/stack-place";

/** A region of the account, with what resources there need. */
export interface Place {
  readonly role: "home" | "standby";
  readonly names: Names;
  readonly accountId: string;
  readonly region: string;
  /** Region that takes over from this one. @default none */
  readonly takenOverBy?: string;
  readonly opts: { readonly providers: ProviderResource[] };
}

/** The account's home region, and after it its standby region if it has one. */
export function placesOf(config: BootstrapConfig): readonly [Place, ...Place[]] {
  const { environment, aws, standby } = config;
  const { accountId } = aws;
  const place = (role: Place["role"], region: string, provider: ProviderResource): Place => ({
    role,
    names: new Names({ environment, aws: { accountId, region } }),
    accountId,
    region,
    opts: { providers: [provider] },
  });
  const home = place("home", aws.region, homeProvider(config));
  if (standby === undefined) return [home];
  return [
    { ...home, takenOverBy: standby.region },
    place("standby", standby.region, standbyProvider(config, standby.region)),
  ];
}

/** The platform's stacks in an account, each with the region that it is in. */
export function stackPlacesOf(config: BootstrapConfig, places: readonly Place[]): StackPlace[] {
  return (Object.keys(config.ci.stacks) as (keyof CiConfig["stacks"])[]).flatMap((stack) =>
    places
      .filter(({ region }) => region === REGION_OF_ENVIRONMENT[stack])
      .map(({ names, accountId, region, takenOverBy }) => ({
        stack,
        accountId,
        region,
        names,
        roleNames: new Names({
          environment: { ...config.environment, suffix: stack },
          aws: { accountId, region },
        }),
        roleBoundaries: [
          boundaryArn("workload", { accountId, region }),
          ...(takenOverBy === undefined ? [] : [boundaryArn("replication", { accountId, region })]),
        ],
        mayBeTakenDown: !config.environment.protection,
      })),
  );
}
