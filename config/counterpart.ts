import { Names } from "./naming";

/** Another stack of the account, by what is agreed: its place and its names. Nothing of it is looked up. */
export interface Counterpart {
  readonly region: string;
  readonly names: Names;
}

/** The stack that a configuration names: the one that stands by, or the one that this one stands by for. */
export function counterpart(
  { accountId }: { readonly accountId: string },
  { region, suffix }: { readonly region: string; readonly suffix: string },
): Counterpart {
  return { region, names: new Names({ environment: { suffix }, aws: { accountId, region } }) };
}
