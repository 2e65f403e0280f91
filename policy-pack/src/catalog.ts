import type { Rule } from "./engine/rule";
import { reviewedTypes } from "./reviewed-types";
import { noBlindSpot, noLegacyType, providerAllowed } from "./rules/governance";
import { coveredTypes, detectionPresent, suppressionHygiene } from "./rules/governance-stack";
import { keyReferences } from "./rules/key-references";
import { retentionCoherent } from "./rules/retention";
import { noOpenIngress } from "./rules/ingress";
import { kmsPolicyNotPublic } from "./rules/kms-policy";
import { kmsServicesScoped } from "./rules/kms-services";
import { metricFilterAlarmed } from "./rules/metric-filters";
import { eventTargetKept } from "./rules/events";
import { experimentStops } from "./rules/experiments";
import { bucketOwnKey } from "./rules/log-bucket";
import { canaryProtected, objectPrivate } from "./rules/canary";
import { kmsRotation } from "./rules/kms-rotation";
import { logGroupProtected } from "./rules/logs";
import { regionMentions } from "./rules/region-mentions";
import { apiRegional, kmsSingleRegion, noExternalSink, noGlobalService } from "./rules/residency";
import { regionGuardrail, s3ReplicationTarget } from "./rules/residency-stack";
import { statefulProtected } from "./rules/protection";
import { allowedRegion, allowedRegionRead } from "./rules/region";
import { subnetNoPublicIp } from "./rules/subnet";
import { kmsKeyKept } from "./rules/kms-key";
import {
  rdsClusterEncrypted,
  rdsClusterKept,
  rdsClusterAccess,
  rdsClusterLogs,
} from "./rules/aurora-cluster";
import { rdsInstancePrivate, rdsInstanceObserved } from "./rules/aurora-instance";
import {
  cacheEncrypted,
  cacheAccess,
  cacheAvailable,
  cacheUsers,
  cacheDefaultUser,
  cacheTypes,
} from "./rules/cache";
import { filesEncrypted, filesAccessPoint, filesMountTarget } from "./rules/files";
import { streamProtected, deliveryEncrypted, deliveryDestination } from "./rules/streams";
import { serviceGuarded, clusterAudited } from "./rules/service";
import { taskHardened, taskImages, taskSecrets, taskLogs, taskRoles, taskVolumes } from "./rules/task";
import { repositoryProtected, repositoryTemplate } from "./rules/registry";
import {
  functionRuntime,
  functionSecrets,
  functionNetwork,
  functionPermission,
  functionUrl,
} from "./rules/function";
import { apiAccessLog, apiMethodSettings, apiEntry, apiDomainTls } from "./rules/api";
import { apiCallers, apiMethodCallers } from "./rules/api-callers";
import { firewallRules, firewallLog } from "./rules/firewall";
import {
  secretProtected,
  secretPolicyBlocked,
  secretRotationPeriod,
  secretValueSeeded,
} from "./rules/secrets";
import { topicEncrypted, queueEncrypted } from "./rules/messaging";
import { loadBalancerHardened, listenerTls } from "./rules/load-balancer";
import {
  egressNarrow,
  ingressDescribed,
  groupDescribed,
  vpcAccessBlocked,
  endpointGuarded,
} from "./rules/network";
import { alarmActs } from "./rules/alarms";
import { trailComplete, detectorOn, recorderOn, analyzerKind } from "./rules/audit";
import { vaultProtected, backupRetention, vaultLock, restoreTested } from "./rules/backup";
import { bucketLockable, trailBucketLocked } from "./rules/evidence";
import { vaultKept } from "./rules/vault-kept";
import { certificateRenews, healthCheckAtHome, parameterNoSecret } from "./rules/names";
import { bucketNotPublic, accountNotPublic, bucketParts, bucketOwner, bucketAcl } from "./rules/bucket";
import { bucketPolicyNoLockout } from "./rules/bucket-policy";
import { bucketEncrypted, bucketVersioned, bucketForgets, bucketLock } from "./rules/bucket-content";
import { resourcePolicies } from "./rules/resource-policies";
import { completeness } from "./rules/complete";
import { iamRights } from "./rules/iam-rights";
import { roleTrust, roleBounds, roleAttachment, noUsers, noAccessKeys } from "./rules/iam-roles";
import { rdsParameters, rdsParametersUsed, rdsZones } from "./rules/aurora-stack";
import { dataSubnetsIsolated } from "./rules/private-subnets";
import { logGroupsMade } from "./rules/log-groups";
import { alarmReaches, queueWatched } from "./rules/alarm-reach";
import { backupCoverage } from "./rules/backup-coverage";
import { boundaryNotAttached } from "./rules/boundaries";
import { queueDeadLetters } from "./rules/dead-letters";
import { endpointsComplete } from "./rules/endpoints";
import { publishersLetIn } from "./rules/publishers";
import { requiredTags } from "./rules/tags";
import { defaultSecurityGroupEmpty, defaultSecurityGroupManaged, vpcFlowLogs } from "./rules/vpc";

const rules: readonly Rule[] = [
  allowedRegion,
  allowedRegionRead,
  regionMentions,
  kmsSingleRegion,
  apiRegional,
  noGlobalService,
  noExternalSink,
  s3ReplicationTarget,
  regionGuardrail,
  kmsRotation,
  kmsPolicyNotPublic,
  kmsServicesScoped,
  logGroupProtected,
  requiredTags,
  noOpenIngress,
  vpcFlowLogs,
  defaultSecurityGroupManaged,
  defaultSecurityGroupEmpty,
  subnetNoPublicIp,
  statefulProtected,
  kmsKeyKept,
  rdsClusterEncrypted,
  rdsClusterKept,
  rdsClusterAccess,
  rdsClusterLogs,
  rdsInstancePrivate,
  rdsInstanceObserved,
  cacheEncrypted,
  cacheAccess,
  cacheAvailable,
  cacheUsers,
  cacheDefaultUser,
  cacheTypes,
  filesEncrypted,
  filesAccessPoint,
  filesMountTarget,
  streamProtected,
  deliveryEncrypted,
  deliveryDestination,
  serviceGuarded,
  clusterAudited,
  taskHardened,
  taskImages,
  taskSecrets,
  taskLogs,
  taskRoles,
  taskVolumes,
  repositoryProtected,
  repositoryTemplate,
  functionRuntime,
  functionSecrets,
  functionNetwork,
  functionPermission,
  functionUrl,
  apiAccessLog,
  apiMethodSettings,
  apiEntry,
  apiDomainTls,
  apiCallers,
  apiMethodCallers,
  firewallRules,
  firewallLog,
  secretProtected,
  secretPolicyBlocked,
  secretRotationPeriod,
  secretValueSeeded,
  topicEncrypted,
  queueEncrypted,
  loadBalancerHardened,
  listenerTls,
  egressNarrow,
  ingressDescribed,
  groupDescribed,
  vpcAccessBlocked,
  endpointGuarded,
  alarmActs,
  trailComplete,
  detectorOn,
  recorderOn,
  analyzerKind,
  vaultProtected,
  vaultKept,
  backupRetention,
  vaultLock,
  restoreTested,
  certificateRenews,
  healthCheckAtHome,
  parameterNoSecret,
  bucketNotPublic,
  accountNotPublic,
  bucketParts,
  bucketOwner,
  bucketAcl,
  bucketEncrypted,
  bucketOwnKey,
  objectPrivate,
  canaryProtected,
  experimentStops,
  eventTargetKept,
  metricFilterAlarmed,
  bucketVersioned,
  bucketForgets,
  bucketLock,
  bucketLockable,
  trailBucketLocked,
  bucketPolicyNoLockout,
  ...resourcePolicies,
  ...completeness,
  ...iamRights,
  roleTrust,
  roleBounds,
  roleAttachment,
  boundaryNotAttached,
  noUsers,
  noAccessKeys,
  rdsParameters,
  rdsParametersUsed,
  rdsZones,
  dataSubnetsIsolated,
  logGroupsMade,
  alarmReaches,
  publishersLetIn,
  queueWatched,
  queueDeadLetters,
  endpointsComplete,
  backupCoverage,
  noBlindSpot,
  providerAllowed,
  noLegacyType,
  keyReferences,
  retentionCoherent,
  detectionPresent,
];

/** Every rule of the pack, in the order of the generated RULES.md. The last ones look at the others. */
export const catalog: readonly Rule[] = [...rules, coveredTypes(rules, reviewedTypes), suppressionHygiene];
