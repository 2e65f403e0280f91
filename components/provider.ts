import * as aws from "@pulumi/aws";
import type { PlatformConfig } from "../config";
import { platformTags } from "../config";

/**
 * The AWS provider of a stack. Default providers are disabled in the stack files, so every resource has to be given
 * this one: another account is refused, and every taggable resource gets the platform's tags.
 */
export function homeProvider(config: PlatformConfig): aws.Provider {
  return new aws.Provider("home", {
    region: config.aws.region,
    allowedAccountIds: [config.aws.accountId],
    defaultTags: { tags: { ...platformTags(config) } },
  });
}
