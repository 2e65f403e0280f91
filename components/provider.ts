import * as aws from "@pulumi/aws";
import { platformTags, type TagsConfig } from "../config";

interface ProviderConfig extends TagsConfig {
  readonly aws: { readonly accountId: string; readonly region: string };
}

/**
 * The AWS provider of a stack. Default providers are disabled in the stack files, so every resource has to be given
 * this one: another account is refused, and every taggable resource gets the platform's tags.
 */
export function homeProvider(config: ProviderConfig): aws.Provider {
  return provider("home", config, config.aws.region);
}

/** The same for what a stack has in its standby region. */
export function standbyProvider(config: ProviderConfig, region: string): aws.Provider {
  return provider("standby", config, region);
}

function provider(name: string, config: ProviderConfig, region: string): aws.Provider {
  return new aws.Provider(name, {
    region,
    allowedAccountIds: [config.aws.accountId],
    defaultTags: { tags: { ...platformTags(config) } },
  });
}
