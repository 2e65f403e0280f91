import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";

import { readStateStatements, writeStateStatements } from "../../bootstrap/pipeline/state-rights";
import { type Cli, findCli } from "../../local/cli";
import { projectFile } from "../../local/workspace";
import { MotoServer } from "../rotation/support/moto";
import { decide, type IamRequest, type Statements } from "../unit/iam-requests";
import { ACCOUNT, BUCKET, HOME, KEY_ALIAS, OPERATOR, PROD } from "../unit/pipeline-place";
import { emptyHome, REPOSITORY } from "./support/engine";
import { RecordingProxy } from "./support/recording-proxy";

const STACK = "prod";
const STATE = `.pulumi/stacks/streamflix-platform/${STACK}.json`;
const SECRETS = `awskms://${KEY_ALIAS}?region=${HOME}&context_stack=${STACK}`;
const BACKEND = `s3://${BUCKET}?region=${HOME}&awssdk=v2&s3ForcePathStyle=true`;
const FIRST = "only for those who may read it";
const SECOND = "and another one";

/** The commands below a heading of docs/state.md. */
function commandsUnder(heading: string): string {
  const section = readFileSync(path.join(REPOSITORY, "docs/state.md"), "utf8").split(`\n## ${heading}\n`)[1];
  const [, commands] = /```sh\n(.*?)```/s.exec(section ?? "") ?? [];
  assert.ok(commands, `docs/state.md has no commands under "${heading}"`);
  return commands;
}

describe("the state's backend, on a simulated S3 and KMS", function () {
  this.timeout(300_000);
  const home = emptyHome();
  let moto: MotoServer;
  let proxy: RecordingProxy;
  let cli: Cli;
  let s3: S3Client;

  /** Runs a shell with the variables that docs/state.md has. */
  async function shell(commands: string): Promise<{ readonly code: number | null; readonly output: string }> {
    const child = spawn("sh", ["-euc", commands], {
      cwd: home,
      env: {
        ...process.env,
        PATH: [path.dirname(cli.command), process.env["PATH"]].join(path.delimiter),
        PULUMI_HOME: path.join(home, "pulumi"),
        PULUMI_CONFIG_PASSPHRASE: "of the first backend",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        AWS_ENDPOINT_URL: proxy.url,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
        AWS_EC2_METADATA_DISABLED: "true",
        OLD: `file://${home}/old`,
        ...{ STACK, BACKEND, SECRETS },
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    }
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, output };
  }

  async function ok(commands: string): Promise<string> {
    const { code, output } = await shell(commands);
    assert.equal(code, 0, `${commands}\n${output}`);
    return output;
  }

  const noted = async () =>
    (await ok("pulumi stack output note --show-secrets --stack $STACK 2>/dev/null")).trim();
  const note = (text: string) => ok(`pulumi config set --secret noting:note '${text}' --stack $STACK`);
  const up = "pulumi up --stack $STACK --yes --skip-preview --non-interactive";

  /** Every request of the CLI since the last look, as far as a role may not do it. */
  async function refused(identity: Statements): Promise<string[]> {
    const asked = proxy.take();
    assert.ok(asked.length > 3, `only ${asked.length} requests`);
    const answers = await Promise.all(
      asked.map(async (it) => [it, await decide(onOurKey(it), rights(identity))] as const),
    );
    return answers
      .filter(([, decision]) => decision !== "Allowed")
      .map(([it]) => `${it.action} on ${it.resource}`);
  }

  before(async function () {
    this.timeout(MotoServer.startTimeoutMs);
    cli = await findCli();
    moto = await MotoServer.start();
    proxy = await RecordingProxy.start(moto.url);
    const client = {
      endpoint: moto.url,
      region: HOME,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    s3 = new S3Client({ ...client, forcePathStyle: true });
    const kms = new KMSClient(client);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateAliasCommand({ AliasName: KEY_ALIAS, TargetKeyId: KeyMetadata?.KeyId }));
    await s3.send(
      new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: HOME } }),
    );
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration }));

    const program = {
      name: "noting",
      directory: path.join(REPOSITORY, "tests/engine/support/noting"),
      project: "streamflix-platform",
    };
    writeFileSync(path.join(home, "Pulumi.yaml"), projectFile(cli.hasLanguageHost, program));
    await ok(`mkdir old && pulumi login "$OLD" && pulumi stack init $STACK`);
    await note(FIRST);
    await ok(up);
  });
  after(async () => {
    await proxy.stop();
    await moto.stop();
  });

  it("takes a stack in as docs/state.md says, with its secrets, and there is nothing to do", async () => {
    await ok(commandsUnder("Moving a stack into the backend"));
    assert.equal(await noted(), FIRST);
    const file = readFileSync(path.join(home, `Pulumi.${STACK}.yaml`), "utf8");
    assert.match(file, /^secretsprovider: awskms:/m);
    assert.doesNotMatch(file, /encryptionsalt/);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: STATE }));
    const state = (await Body?.transformToString()) ?? "";
    assert.match(state, /"note"/);
    assert.ok(!state.includes(FIRST) && !state.includes("of the first backend"));
  });

  it("is only read by previews and drift checks, as far as the role of previews may", async () => {
    proxy.take();
    await ok("pulumi preview --stack $STACK --non-interactive --diff");
    await ok(
      "pulumi refresh --stack $STACK --preview-only --expect-no-changes --run-program --non-interactive",
    );
    assert.deepEqual(await refused(readStateStatements(PROD)), []);
  });

  it("is written by deployments, under a lock that goes, as far as the deploying role may", async () => {
    await note(SECOND);
    proxy.take();
    await ok(up);
    const locks = proxyLocks(proxy.take());
    await ok(up);
    assert.deepEqual(await refused(writeStateStatements(PROD)), []);
    assert.deepEqual(locks, ["s3:DeleteObject", "s3:PutObject"]);
    assert.equal(await noted(), SECOND);
  });

  it("keeps a second deployment out, until somebody frees the stack", async () => {
    const lock = { pid: 1, username: "ci", hostname: "runner", timestamp: "2026-11-26T00:00:00Z" };
    const Key = `.pulumi/locks/organization/streamflix-platform/${STACK}/other.json`;
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: JSON.stringify(lock) }));
    const { code, output } = await shell(up);
    assert.notEqual(code, 0);
    assert.match(output, /the stack is currently locked by 1 lock/);
    proxy.take();
    await ok("pulumi cancel --stack $STACK --yes");
    assert.deepEqual(await refused(writeStateStatements(PROD)), []);
    await ok(up);
  });

  it("goes back to an earlier version", async () => {
    const { Versions = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: STATE }));
    const ofState = Versions.filter((it) => it.Key === STATE);
    const first = ofState.find(({ VersionId }) => VersionId === ofState.at(-1)?.VersionId)?.VersionId;
    assert.ok(ofState.length >= 3 && first !== undefined, `${ofState.length} versions`);
    await ok("pulumi stack export --stack $STACK --file damaged.json");
    // The version that `change-secrets-provider` has written: the first under KMS.
    const moved = await firstUnderKms(ofState.map(({ VersionId }) => VersionId ?? ""));
    const CopySource = `${BUCKET}/${STATE}?versionId=${moved}`;
    await s3.send(new CopyObjectCommand({ Bucket: BUCKET, Key: STATE, CopySource }));
    assert.equal(await noted(), FIRST);
    await ok(up);
    assert.equal(await noted(), SECOND);
  });

  /** The oldest version of the state whose secrets are under KMS. */
  async function firstUnderKms(newestFirst: readonly string[]): Promise<string> {
    for (const VersionId of newestFirst.toReversed()) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key: STATE, VersionId }));
      if ((await Body?.transformToString())?.includes("awskms://") === true) return VersionId;
    }
    throw new Error("no version is under KMS");
  }
});

function rights(identity: Statements) {
  return { accountId: ACCOUNT, identity, boundary: OPERATOR };
}

/** The request as AWS would see it: in the region, and with the alias of the key that the address names. */
function onOurKey({ action, resource, context }: IamRequest): IamRequest {
  const at = { "aws:RequestedRegion": HOME };
  return action.startsWith("kms:")
    ? {
        action,
        resource: `arn:aws:kms:${HOME}:${ACCOUNT}:key/1`,
        context: { ...at, ...context, "kms:ResourceAliases": [KEY_ALIAS] },
      }
    : { action, resource, context: at };
}

/** What was done with locks. */
function proxyLocks(requests: readonly IamRequest[]): string[] {
  const changes = requests.filter(
    ({ action, resource }) => resource.includes("/.pulumi/locks/") && /Put|Delete/.test(action),
  );
  return [...new Set(changes.map(({ action }) => action))].sort();
}
