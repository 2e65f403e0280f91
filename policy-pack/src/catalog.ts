import type { Rule } from "./engine/rule";
import { noOpenIngress } from "./rules/ingress";
import { kmsPolicyNotPublic } from "./rules/kms-policy";
import { kmsRotation } from "./rules/kms-rotation";
import { logGroupProtected } from "./rules/logs";
import { statefulProtected } from "./rules/protection";
import { allowedRegion, allowedRegionRead } from "./rules/region";
import { subnetNoPublicIp } from "./rules/subnet";
import { requiredTags } from "./rules/tags";
import { defaultSecurityGroupEmpty, defaultSecurityGroupManaged, vpcFlowLogs } from "./rules/vpc";

/** Every rule of the pack, in the order of the generated RULES.md. */
export const catalog: readonly Rule[] = [
  allowedRegion,
  allowedRegionRead,
  kmsRotation,
  kmsPolicyNotPublic,
  logGroupProtected,
  requiredTags,
  noOpenIngress,
  vpcFlowLogs,
  defaultSecurityGroupManaged,
  defaultSecurityGroupEmpty,
  subnetNoPublicIp,
  statefulProtected,
];
