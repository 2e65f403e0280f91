/** What AWS does to a global database when somebody moves its primary: no stack asks for it. */
import type { Accounts, StoredObject } from "../../../account/store";
import { AwsError } from "../model";
import { World } from "../world";
import {
  clusterOf,
  globalMembers,
  isSecondary,
  membersOf,
  needGlobalCluster,
  withMembers,
} from "./rds-members";

/** A move of the primary. */
export interface Move {
  readonly account: string;
  readonly globalCluster: string;
  /** ARN of the member that is to be written to. */
  readonly target: string;
}

/**
 * SwitchoverGlobalCluster, for a planned move: both regions work, nothing is lost, and the members have changed roles
 * when it ends.
 */
export function switchoverGlobalCluster(accounts: Accounts, move: Move): void {
  const { world, old, target } = membersIn(accounts, move);
  if (old.computed["engineVersionActual"] !== target.computed["engineVersionActual"]) {
    throw new AwsError("InvalidGlobalClusterStateFault", "The members run different engine versions.");
  }
  failoverGlobalCluster(accounts, move);
  becomeSecondary(world, old, move.target);
}

/**
 * FailoverGlobalCluster with data loss allowed, for a region that is lost: the target is written to, and nothing happens
 * to what is in the lost region. {@link rejoinGlobalCluster} is what AWS does once it is back.
 */
export function failoverGlobalCluster(accounts: Accounts, move: Move): void {
  const { world, globalCluster, target } = membersIn(accounts, move);
  const members = globalMembers(globalCluster);
  accounts.replace(
    withMembers(
      globalCluster,
      members.map(({ dbClusterArn }) => ({ dbClusterArn, isWriter: dbClusterArn === move.target })),
    ),
  );
  const computed = Object.fromEntries(
    Object.entries(target.computed).filter(([property]) => property !== "replicationSourceIdentifier"),
  );
  accounts.replace({ ...target, computed });
  const there = world.in(target.region);
  const [first] = membersOf(target.id, there).sort((a, b) => tierOf(a) - tierOf(b));
  setWriter(there, target, first?.id);
}

/** Makes every member that still takes itself for the primary a copy of the one that is. */
export function rejoinGlobalCluster(
  accounts: Accounts,
  { account, globalCluster }: Omit<Move, "target">,
): void {
  const world = new World(accounts, { account, region: "" });
  const members = globalMembers(needGlobalCluster(world, globalCluster));
  const primary = members.find(({ isWriter }) => isWriter)?.dbClusterArn ?? "";
  for (const { dbClusterArn } of members.filter(({ isWriter }) => !isWriter)) {
    becomeSecondary(world, clusterOf(world, dbClusterArn), primary);
  }
}

function membersIn(accounts: Accounts, { account, globalCluster: identifier, target: arn }: Move) {
  const world = new World(accounts, { account, region: "" });
  const globalCluster = needGlobalCluster(world, identifier);
  const members = globalMembers(globalCluster);
  const target = clusterOf(world, arn);
  if (!isSecondary(target) || !members.some(({ dbClusterArn }) => dbClusterArn === arn)) {
    throw new AwsError("InvalidDBClusterStateFault", `${target.id} is no secondary cluster of ${identifier}`);
  }
  const old = clusterOf(world, members.find(({ isWriter }) => isWriter)?.dbClusterArn ?? "");
  return { world, globalCluster, target, old };
}

function becomeSecondary(world: World, cluster: StoredObject, replicationSourceIdentifier: string): void {
  world.accounts.replace({ ...cluster, computed: { ...cluster.computed, replicationSourceIdentifier } });
  setWriter(world.in(cluster.region), cluster, undefined);
}

function setWriter(there: World, cluster: StoredObject, writer: string | undefined): void {
  for (const instance of membersOf(cluster.id, there)) {
    there.accounts.replace({
      ...instance,
      computed: { ...instance.computed, writer: instance.id === writer },
    });
  }
}

/** Tier of the instances that Application Auto Scaling makes. */
const LAST_TIER = 15;

/** The lower, the sooner an instance takes over. */
function tierOf({ inputs }: StoredObject): number {
  return Number(inputs["promotionTier"] ?? LAST_TIER);
}
