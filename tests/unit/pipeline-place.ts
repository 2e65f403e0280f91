import { operatorBoundary } from "../../bootstrap/boundaries/documents";
import type { StackPlace } from "../../bootstrap/pipeline/stack-place";
import { boundaryArn, Names } from "../../config";

export const ACCOUNT = "444455556666";
export const HOME = "eu-central-1";
export const STANDBY = "eu-west-1";
export const BUCKET = `streamflix-state-prod-${ACCOUNT}-${HOME}`;
export const KEY_ALIAS = "alias/streamflix-state-prod";

const named = (suffix: string, region: string) =>
  new Names({ environment: { suffix }, aws: { accountId: ACCOUNT, region } });

/** Stack prod, in an account that has a standby region. */
export const PROD: StackPlace = {
  stack: "prod",
  accountId: ACCOUNT,
  region: HOME,
  names: named("prod", HOME),
  roleNames: named("prod", HOME),
  roleBoundaries: (["workload", "replication"] as const).map((kind) =>
    boundaryArn(kind, { accountId: ACCOUNT, region: HOME }),
  ),
  mayBeTakenDown: false,
};

/** The boundary of the roles of that account. */
export const OPERATOR = operatorBoundary({
  accountId: ACCOUNT,
  region: HOME,
  standbyRegion: STANDBY,
  state: { bucketNames: [BUCKET], keyAlias: KEY_ALIAS },
});
