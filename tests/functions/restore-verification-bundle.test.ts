import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import {
  CreateFileSystemCommand,
  DescribeAccessPointsCommand,
  DescribeMountTargetsCommand,
  EFSClient,
} from "@aws-sdk/client-efs";

import type { StepResult } from "../../functions/restore-verification/run";
import { MotoServer } from "../rotation/support/moto";
import { LambdaProcess } from "../support/lambda-process";

const EXPECTATIONS = JSON.stringify({
  plans: [{ name: "nightly_prod", isContinuous: false }],
  files: { minimumFiles: 1, ownerId: 1000, objectiveSeconds: 3600 },
});

/** Lambda as far as it keeps what a function has mounted, which moto's does not. */
class Functions {
  configs: readonly { readonly Arn: string; readonly LocalMountPath: string }[] = [];
  url = "";
  #revision = 1;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      void text(request).then((body) => {
        const route = "/2015-03-31/functions/restore-file-checks/configuration";
        if (request.url !== route) return response.writeHead(404).end("{}");
        if (request.method === "PUT") {
          const asked = JSON.parse(body) as { FileSystemConfigs: Functions["configs"]; RevisionId: string };
          if (asked.RevisionId !== String(this.#revision)) return response.writeHead(412).end("{}");
          this.configs = asked.FileSystemConfigs;
          this.#revision += 1;
        }
        return response.end(
          JSON.stringify({
            LastUpdateStatus: "Successful",
            RevisionId: String(this.#revision),
            FileSystemConfigs: this.configs,
          }),
        );
      });
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

describe("restore verification: the bundle as it is deployed, on files in moto", () => {
  let moto: MotoServer;
  let lambda: LambdaProcess<StepResult>;
  let efs: EFSClient;
  const functions = new Functions();
  let fileSystemId: string;
  let mounting: { subnetIds: string[]; securityGroupId: string; functionName: string };
  before(async function () {
    this.timeout(MotoServer.startTimeoutMs);
    moto = await MotoServer.start();
    await functions.start();
    lambda = await LambdaProcess.of("functions/restore-verification/handler.ts");
    // Certificates of databases, which no step here reads.
    lambda.put("database-ca.pem", "");
    const local = {
      endpoint: moto.url,
      region: "eu-central-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    efs = new EFSClient(local);
    const found = async (action: string, id: string) => {
      const answer = await moto.query("ec2", "2016-11-15", action, {});
      return [...answer.matchAll(new RegExp(`<${id}>(.*?)</${id}>`, "g"))].map(([, it = ""]) => it);
    };
    const subnetIds = (await found("DescribeSubnets", "subnetId")).slice(0, 2);
    const [securityGroupId = ""] = await found("DescribeSecurityGroups", "groupId");
    mounting = { subnetIds, securityGroupId, functionName: "restore-file-checks" };
    ({ FileSystemId: fileSystemId = "" } = await efs.send(
      new CreateFileSystemCommand({ CreationToken: "restored", Encrypted: true }),
    ));
  });
  after(async () => {
    lambda.remove();
    await Promise.all([moto.stop(), functions.stop()]);
  });

  async function step(name: "prepare" | "look" | "verify" | "cleanUp") {
    const at = new Date().toISOString();
    const job = { isTest: true, fileSystemId, begunAt: at, restoredTo: at };
    return await lambda.invoke(
      { step: name, jobId: "job-1", job, startedAt: at },
      {
        AWS_ENDPOINT_URL: moto.url,
        AWS_ENDPOINT_URL_LAMBDA: functions.url,
        EXPECTATIONS,
        // The function that looks into files has none.
        ...(name !== "verify" && { MOUNTING: JSON.stringify(mounting) }),
      },
      30_000,
    );
  }
  it("makes the ways, however often it is asked", async () => {
    for (let time = 0; time < 2; time += 1)
      assert.deepEqual((await step("prepare")).report, { step: "prepare" });
    const { MountTargets = [] } = await efs.send(
      new DescribeMountTargetsCommand({ FileSystemId: fileSystemId }),
    );
    assert.deepEqual(MountTargets.map(({ SubnetId }) => SubnetId).sort(), [...mounting.subnetIds].sort());
    const { AccessPoints = [] } = await efs.send(
      new DescribeAccessPointsCommand({ FileSystemId: fileSystemId }),
    );
    assert.deepEqual(
      AccessPoints.map(({ PosixUser, RootDirectory, Tags }) => [PosixUser, RootDirectory?.Path, Tags]),
      [[{ Uid: 0, Gid: 0 }, "/", [{ Key: "awsbackup-restore-test", Value: fileSystemId }]]],
    );
  });

  it("gives the files to the function that looks, and says so once it has them", async () => {
    assert.deepEqual((await step("look")).report, { step: "look", isReady: false });
    const { AccessPoints = [] } = await efs.send(
      new DescribeAccessPointsCommand({ FileSystemId: fileSystemId }),
    );
    assert.deepEqual(functions.configs, [
      { Arn: AccessPoints[0]?.AccessPointArn, LocalMountPath: "/mnt/restored" },
    ]);
    assert.deepEqual((await step("look")).report, { step: "look", isReady: true });
  });

  it("judges nothing where nothing is mounted", async () => {
    const { error } = await step("verify");
    assert.equal(error?.name, "FilesUnavailable");
    assert.match(error.message, /can't be looked into \(ENOENT\)/);
  });

  it("takes all of it away, however often it is asked", async () => {
    const ends = [];
    for (let time = 0; time < 3; time += 1) ends.push((await step("cleanUp")).report);
    // With its mount targets there it could not go.
    assert.deepEqual(
      ends,
      [false, true, true].map((isGone) => ({ step: "cleanUp", isGone })),
    );
    assert.deepEqual(functions.configs, []);
    await assert.rejects(efs.send(new DescribeMountTargetsCommand({ FileSystemId: fileSystemId })), {
      name: "FileSystemNotFound",
    });
  });
});
