import { chmodSync, mkdirSync, mkdtempSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { EfsFileSystem } from "../../../functions/restore-verification/efs";
import { TEST_TAG } from "../../../functions/restore-verification/event";
import type { Dependencies } from "../../../functions/restore-verification/run";
import type { FileExpectations } from "../../../functions/restore-verification/settings";
import { wholePicture } from "../../support/pictures";
import { type LocalJobs } from "./restored-cluster";

export const FILE_SYSTEM = "fs-0123456789abcdef0";
export const MOUNTING = {
  subnetIds: ["subnet-1", "subnet-2"],
  securityGroupId: "group-targets",
  functionName: "restore-file-checks",
};
export const PICTURES = 30;
const DAY_MS = 86_400_000;

/** Files as AWS Backup restores them: in a folder off the root, a picture of each kind in turn, one a day. */
export function restoredFolder(now = Date.now()): { readonly root: string; readonly artwork: string } {
  const root = mkdtempSync(path.join(tmpdir(), "restored-"));
  chmodSync(root, 0o755);
  const artwork = path.join(root, "aws-backup-restore_2026-11-23T09-00-00", "streamflix", "artwork");
  mkdirSync(artwork, { recursive: true });
  for (let number = 0; number < PICTURES; number += 1) {
    const ending = (["jpg", "png", "webp"] as const)[number % 3] ?? "jpg";
    const file = path.join(artwork, `tt-${number}.${ending}`);
    writeFileSync(file, wholePicture(ending, 2_000 + number * 3_000));
    const at = new Date(now - number * DAY_MS);
    utimesSync(file, at, at);
  }
  // What the service was writing when the backup was made.
  const unfinished = path.join(artwork, ".2f0a4f6e-unfinished");
  writeFileSync(unfinished, "half a pict");
  utimesSync(unfinished, new Date(now), new Date(now));
  return { root, artwork };
}

interface Way {
  readonly id: string;
  readonly subnet?: string;
  state: "creating" | "available" | "deleting" | "error";
}

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Readonly<Record<string, unknown>>;
}

/**
 * EFS and Lambda, with one restored file system and the function that looks into it. What is asked for is there, or
 * gone, when it is looked at for the second time; and what AWS refuses is refused.
 */
export class FilesInAws {
  readonly calls: string[] = [];
  fileSystem: "available" | "deleting" | undefined = "available";
  targets: Way[] = [];
  points: Way[] = [];
  mounted: string | undefined;
  update: "Successful" | "InProgress" | "Failed" = "Successful";
  revision = 1;
  /** Names of failures by the name of the request that meets them, every time. */
  readonly refuses = new Map<string, string>();

  readonly client = { send: (command: Command) => this.#answer(command) } as never;

  get api(): EfsFileSystem {
    return new EfsFileSystem(this.client, this.client, () => MOUNTING, FILE_SYSTEM);
  }

  /** Whether a run of the function would find the restored files. */
  get hasFiles(): boolean {
    return (
      this.update === "Successful" &&
      this.points.some(({ id, state }) => arnOf(id) === this.mounted && state === "available") &&
      this.targets.filter(({ state }) => state === "available").length === MOUNTING.subnetIds.length
    );
  }

  /** Nothing of it is left, and the function has no files. */
  get isClean(): boolean {
    return (
      this.fileSystem === undefined &&
      this.mounted === undefined &&
      this.targets.length + this.points.length === 0
    );
  }

  // oxlint-disable-next-line typescript/require-await -- what it throws has to be a rejection
  async #answer({ constructor: { name }, input }: Command): Promise<object> {
    const request = name.replace(/Command$/, "");
    if (!/^(Describe|Get)/.test(request)) this.calls.push(request);
    const refusal = this.refuses.get(request);
    if (refusal !== undefined) throw failure(refusal);
    if (request.startsWith("Create") && this.fileSystem === undefined) throw failure("FileSystemNotFound");
    switch (request) {
      case "DescribeFileSystems": {
        if (this.fileSystem === undefined) throw failure("FileSystemNotFound");
        const LifeCycleState = this.fileSystem;
        if (LifeCycleState === "deleting") this.fileSystem = undefined;
        return { FileSystems: [{ LifeCycleState }] };
      }
      case "DescribeMountTargets":
        if (this.fileSystem === undefined) throw failure("FileSystemNotFound");
        return {
          MountTargets: looked(this.targets, (left) => (this.targets = left)).map(
            ({ id, subnet, state }) => ({
              MountTargetId: id,
              SubnetId: subnet,
              LifeCycleState: state,
            }),
          ),
        };
      case "DescribeAccessPoints": {
        const wanted = input["AccessPointId"];
        if (wanted !== undefined && !this.points.some(({ id }) => id === wanted))
          throw failure("AccessPointNotFound");
        if (wanted === undefined && this.fileSystem === undefined) throw failure("FileSystemNotFound");
        return {
          AccessPoints: looked(this.points, (left) => (this.points = left)).map(({ id, state }) => ({
            AccessPointId: id,
            AccessPointArn: arnOf(id),
            LifeCycleState: state,
          })),
        };
      }
      case "CreateAccessPoint": {
        if (this.points.length > 0) throw failure("AccessPointAlreadyExists");
        const tags = input["Tags"] as readonly { readonly Key: string }[];
        // The rights of the function hold for what carries it.
        if (tags[0]?.Key !== TEST_TAG) throw failure("AccessDenied");
        this.points.push({ id: "fsap-0123456789abcdef0", state: "creating" });
        return {};
      }
      case "CreateMountTarget":
        if (this.targets.some(({ subnet }) => subnet === input["SubnetId"]))
          throw failure("MountTargetConflict");
        this.targets.push({
          id: `fsmt-${this.targets.length}`,
          subnet: String(input["SubnetId"]),
          state: "creating",
        });
        return {};
      case "DeleteMountTarget":
        return going(this.targets, input["MountTargetId"], "MountTargetNotFound");
      case "DeleteAccessPoint":
        return going(this.points, input["AccessPointId"], "AccessPointNotFound");
      case "DeleteFileSystem":
        if (this.targets.length > 0) throw failure("FileSystemInUse");
        this.fileSystem = "deleting";
        this.points = [];
        return {};
      case "GetFunctionConfiguration": {
        const LastUpdateStatus = this.update;
        if (this.update === "InProgress") this.update = "Successful";
        return {
          LastUpdateStatus,
          RevisionId: String(this.revision),
          ...(this.mounted !== undefined && { FileSystemConfigs: [{ Arn: this.mounted }] }),
        };
      }
      case "UpdateFunctionConfiguration":
        return this.#updated(input);
      default:
        throw new Error(`${request} is not simulated`);
    }
  }

  #updated(input: Command["input"]): object {
    if (this.update === "InProgress") throw failure("ResourceConflictException");
    if (input["RevisionId"] !== String(this.revision)) throw failure("PreconditionFailedException");
    const [config] = input["FileSystemConfigs"] as readonly { readonly Arn: string }[];
    const available = this.targets.filter(({ state }) => state === "available");
    // Lambda wants a mount target in each zone of the function.
    if (config && available.length < MOUNTING.subnetIds.length)
      throw failure("InvalidParameterValueException");
    this.mounted = config?.Arn;
    this.update = "InProgress";
    this.revision += 1;
    return {};
  }
}

function failure(name: string): Error {
  return Object.assign(new Error(`${name}: as AWS says it`), { name });
}

function arnOf(accessPointId: string): string {
  return `arn:aws:elasticfilesystem:eu-central-1:111122223333:access-point/${accessPointId}`;
}

/** What is shown of some ways; by the next time what was asked of them is done. */
function looked(ways: readonly Way[], keep: (left: Way[]) => void): Way[] {
  const shown = ways.map((way) => ({ ...way }));
  keep(ways.filter(({ state }) => state !== "deleting"));
  for (const way of ways) if (way.state === "creating") way.state = "available";
  return shown;
}

function going(ways: readonly Way[], id: unknown, otherwise: string): object {
  const way = ways.find((it) => it.id === id);
  if (way === undefined) throw failure(otherwise);
  way.state = "deleting";
  return {};
}

/** What the steps work with on this machine: the folder is mounted once AWS would have done so. */
export function filesDependencies(
  aws: FilesInAws,
  root: string,
  jobs: LocalJobs,
  changes: Partial<FileExpectations> = {},
): Dependencies & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    cluster: () => {
      throw new Error("files are in no cluster");
    },
    fileSystem: () => aws.api,
    get mount() {
      return aws.hasFiles ? root : path.join(root, "not-mounted");
    },
    jobs,
    ca: "",
    log: (text) => lines.push(text),
    measure: (text) => lines.push(text),
    functionName: "restore-verification",
    deadline: Number.POSITIVE_INFINITY,
    expectations: {
      plans: [{ name: "nightly_prod", isContinuous: false }],
      files: {
        minimumFiles: PICTURES,
        newestMaximumDays: 14,
        ownerId: process.getuid?.() ?? 0,
        objectiveSeconds: 3600,
        ...changes,
      },
    },
  };
}
