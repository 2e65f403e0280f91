import {
  CreateAccessPointCommand,
  CreateMountTargetCommand,
  DeleteAccessPointCommand,
  DeleteFileSystemCommand,
  DeleteMountTargetCommand,
  DescribeAccessPointsCommand,
  DescribeFileSystemsCommand,
  DescribeMountTargetsCommand,
  type AccessPointDescription,
  type EFSClient,
  type MountTargetDescription,
} from "@aws-sdk/client-efs";
import {
  GetFunctionConfigurationCommand,
  UpdateFunctionConfigurationCommand,
  type LambdaClient,
} from "@aws-sdk/client-lambda";

import { OperatorError } from "../shared/errors";
import { unless } from "./aws";
import { TEST_TAG } from "./event";
import type { Mounting } from "./settings";

/** Folder that the function which looks has restored files at. */
export const MOUNT = "/mnt/restored";

/** A file system that a restore test has made. */
export interface RestoredFileSystem {
  /** Undefined once it is gone. */
  state(): Promise<string | undefined>;
  /** AWS Backup restores files that nobody can reach: makes what they are mounted by. What is there stays. */
  addWays(): Promise<void>;
  /** Whether the function that looks has them; asks for it as soon as that can be. */
  isMounted(): Promise<boolean>;
  /** Takes them from that function, and asks for the end of the ways and of the file system. */
  remove(): Promise<void>;
}

/** The user that looks: one that may read everything. Whose a file is, is looked at all the same. */
const ROOT = { Uid: 0, Gid: 0 } as const;

/** The file system, by the API of EFS; and the function that looks into it, by Lambda's. */
export class EfsFileSystem implements RestoredFileSystem {
  readonly #efs: Pick<EFSClient, "send">;
  readonly #lambda: Pick<LambdaClient, "send">;
  readonly #mounting: () => Mounting;
  readonly #of: { readonly FileSystemId: string };

  /** @param mounting asked for when it is needed: the function that looks makes no ways */
  constructor(
    efs: Pick<EFSClient, "send">,
    lambda: Pick<LambdaClient, "send">,
    mounting: () => Mounting,
    fileSystemId: string,
  ) {
    this.#efs = efs;
    this.#lambda = lambda;
    this.#mounting = mounting;
    this.#of = { FileSystemId: fileSystemId };
  }

  async state(): Promise<string | undefined> {
    const { FileSystems: [found] = [] } = await this.#efs
      .send(new DescribeFileSystemsCommand(this.#of))
      .catch(unless("FileSystemNotFound", { FileSystems: [] }));
    return found?.LifeCycleState;
  }

  async addWays(): Promise<void> {
    if ((await this.#accessPoints()).length === 0) {
      await this.#efs
        .send(
          new CreateAccessPointCommand({
            ...this.#of,
            ClientToken: this.#of.FileSystemId,
            PosixUser: ROOT,
            // AWS Backup restores into a folder off the root, whose name has the time in it.
            RootDirectory: { Path: "/" },
            Tags: [{ Key: TEST_TAG, Value: this.#of.FileSystemId }],
          }),
        )
        .catch(unless("AccessPointAlreadyExists", undefined));
    }
    const there = (await this.#mountTargets()).map(({ SubnetId }) => SubnetId);
    const { subnetIds, securityGroupId } = this.#mounting();
    for (const SubnetId of subnetIds.filter((it) => !there.includes(it))) {
      await this.#efs
        .send(new CreateMountTargetCommand({ ...this.#of, SubnetId, SecurityGroups: [securityGroupId] }))
        .catch(unless("MountTargetConflict", undefined));
    }
  }

  async isMounted(): Promise<boolean> {
    const [targets, [point]] = await Promise.all([this.#mountTargets(), this.#accessPoints()]);
    const ways = [...targets, ...(point ? [point] : [])];
    if (ways.some(({ LifeCycleState }) => LifeCycleState === "error"))
      throw filesUnavailable("has a way to it that failed");
    // Lambda wants one in each zone of the function.
    if (targets.length < this.#mounting().subnetIds.length || point?.AccessPointArn === undefined)
      return false;
    if (ways.some(({ LifeCycleState }) => LifeCycleState !== "available")) return false;

    const { FileSystemConfigs, LastUpdateStatus, LastUpdateStatusReason, RevisionId } =
      await this.#configuration();
    const mounted = FileSystemConfigs?.[0]?.Arn;
    if (mounted === point.AccessPointArn) {
      if (LastUpdateStatus === "Failed")
        throw filesUnavailable(`can't be mounted (${LastUpdateStatusReason ?? "Lambda does not say why"})`);
      return LastUpdateStatus === "Successful";
    }
    // Another verification is under way: its turn ends first.
    if (mounted !== undefined && (await this.#isThere(mounted))) return false;
    await this.#mount([{ Arn: point.AccessPointArn, LocalMountPath: MOUNT }], RevisionId);
    return false;
  }

  async remove(): Promise<void> {
    const points = await this.#accessPoints();
    try {
      await this.#unmount(points);
    } finally {
      // Whatever Lambda says: they are personal data, and paid for.
      await this.#delete(points);
    }
  }

  /** The function can't be deployed again with a file system that is gone. */
  async #unmount(points: readonly AccessPointDescription[]): Promise<void> {
    const { FileSystemConfigs, RevisionId } = await this.#configuration();
    const mounted = FileSystemConfigs?.[0]?.Arn;
    if (mounted === undefined) return;
    const isOurs = points.some(({ AccessPointArn }) => AccessPointArn === mounted);
    if (isOurs || !(await this.#isThere(mounted))) await this.#mount([], RevisionId);
  }

  async #delete(points: readonly AccessPointDescription[]): Promise<void> {
    const targets = await this.#mountTargets();
    for (const { MountTargetId } of targets.filter(isNotGoing)) {
      await this.#efs
        .send(new DeleteMountTargetCommand({ MountTargetId }))
        .catch(unless("MountTargetNotFound", undefined));
    }
    for (const { AccessPointId } of points.filter(isNotGoing)) {
      await this.#efs
        .send(new DeleteAccessPointCommand({ AccessPointId }))
        .catch(unless("AccessPointNotFound", undefined));
    }
    const state = await this.state();
    // With a way that is still going, the file system waits for the next round.
    if (targets.length > 0 || state === undefined || state === "deleting" || state === "deleted") return;
    await this.#efs
      .send(new DeleteFileSystemCommand(this.#of))
      .catch(unless("FileSystemNotFound", undefined))
      .catch(unless("FileSystemInUse", undefined));
  }

  async #accessPoints(): Promise<AccessPointDescription[]> {
    const { AccessPoints = [] } = await this.#efs
      .send(new DescribeAccessPointsCommand(this.#of))
      .catch(unless("FileSystemNotFound", { AccessPoints: [] }));
    return AccessPoints;
  }

  async #mountTargets(): Promise<MountTargetDescription[]> {
    const { MountTargets = [] } = await this.#efs
      .send(new DescribeMountTargetsCommand(this.#of))
      .catch(unless("FileSystemNotFound", { MountTargets: [] }));
    return MountTargets;
  }

  async #isThere(accessPointArn: string): Promise<boolean> {
    const AccessPointId = accessPointArn.split("/").at(-1);
    const { AccessPoints = [] } = await this.#efs
      .send(new DescribeAccessPointsCommand({ AccessPointId }))
      .catch(unless("AccessPointNotFound", { AccessPoints: [] }));
    return AccessPoints.length > 0;
  }

  async #configuration() {
    const { functionName } = this.#mounting();
    return await this.#lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
  }

  /** Only if nobody has changed the function since it was looked at. */
  async #mount(
    FileSystemConfigs: { readonly Arn: string; readonly LocalMountPath: string }[],
    RevisionId: string | undefined,
  ): Promise<void> {
    const FunctionName = this.#mounting().functionName;
    await this.#lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName, FileSystemConfigs, RevisionId }),
    );
  }
}

function isNotGoing({ LifeCycleState }: AccessPointDescription | MountTargetDescription): boolean {
  return LifeCycleState !== "deleting" && LifeCycleState !== "deleted";
}

/** A file system that could not be judged, which says nothing about the backup. */
export function filesUnavailable(how: string): OperatorError {
  return new OperatorError(
    "FilesUnavailable",
    `The restored file system ${how}.`,
    "see the file system in EFS and the function that mounts it; the next restore test makes another.",
  );
}
