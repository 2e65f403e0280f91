import type { ProviderResource } from "@pulumi/pulumi";

import { homeProvider, standbyProvider } from "../components/provider";
import { Names } from "../config";
import type { BootstrapConfig } from "./config";

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
