import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as path from "node:path";

import { SERVICE_LINKED_ROLES } from "../../bootstrap/facts";
import { SOMETIMES } from "../../bootstrap/facts";
import { type Account, FakeAws, type Reply, s3Error, xml } from "./fake-aws";

const CHECKOUT = path.resolve(__dirname, "../..");
const ACCOUNT = "444455556666";
const SECRET = "secret-of-the-test";

const identity = (account: string) => () =>
  xml("GetCallerIdentity", `<Account>${account}</Account><Arn>arn:aws:iam::${account}:user/jane.doe</Arn>`);

const policies = (names: readonly string[]) => (): Reply =>
  xml(
    "ListPolicies",
    `<Policies>${names.map((name) => `<member><PolicyName>${name}</PolicyName></member>`).join("")}</Policies><IsTruncated>false</IsTruncated>`,
  );

/** Roles of services, and those of the pipeline, by the path that is asked for. */
const roles =
  (services: readonly string[], pipeline: readonly string[]) =>
  ({ PathPrefix }: Readonly<Record<string, unknown>>): Reply => {
    const members =
      PathPrefix === "/streamflix-account/"
        ? pipeline.map((it) => `<member><Path>/streamflix-account/</Path><RoleName>${it}</RoleName></member>`)
        : services.map(
            (it) => `<member><Path>/aws-service-role/${it}/</Path><RoleName>x</RoleName></member>`,
          );
    return xml("ListRoles", `<Roles>${members.join("")}</Roles><IsTruncated>false</IsTruncated>`);
  };

const PIPELINE = [
  ...["deploy", "preview", "drift", "integration"].map((it) => `streamflix-${it}-prod`),
  ...["deploy", "preview", "drift"].map((it) => `streamflix-${it}-prod-dr`),
];
/** What prod's account needs: it has no game days. */
const LINKED = Object.values(SERVICE_LINKED_ROLES).filter((it) => it !== SOMETIMES.faultInjection);

const versions = (status: string) => (): Reply => ({
  body: `<VersioningConfiguration>${status}</VersioningConfiguration>`,
});
const copiedTo = (bucket: string) => (): Reply => ({
  body: `<ReplicationConfiguration><Role>r</Role><Rule><ID>1</ID><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::${bucket}</Bucket></Destination></Rule></ReplicationConfiguration>`,
});
const STATE_COPY = `streamflix-state-copy-prod-${ACCOUNT}-eu-west-1`;

const providers = (hosts: readonly string[]) => (): Reply =>
  xml(
    "ListOpenIDConnectProviders",
    `<OpenIDConnectProviderList>${hosts.map((it) => `<member><Arn>arn:aws:iam::${ACCOUNT}:oidc-provider/${it}</Arn></member>`).join("")}</OpenIDConnectProviderList>`,
  );
const GITHUB = "token.actions.githubusercontent.com";

const sms = (isInSandbox: boolean, attributes: string): Account => ({
  GetSMSSandboxAccountStatus: () =>
    xml("GetSMSSandboxAccountStatus", `<IsInSandbox>${isInSandbox}</IsInSandbox>`),
  GetSMSAttributes: () => xml("GetSMSAttributes", `<attributes>${attributes}</attributes>`),
});

const quotas =
  (values: Readonly<Record<string, number>>) => (parameters: Readonly<Record<string, unknown>>) =>
    ({ body: { Quota: { Value: values[String(parameters["QuotaCode"])] } } }) satisfies Reply;

const FIRST_QUOTAS = { "L-3032A538": 6, "L-36FBB829": 6, "L-B99A9384": 10, "L-8A5B8E43": 10_000 };

/** An account that has just been made: AWS's defaults, and a role that a console made in passing. */
const FRESH: Account = {
  GetCallerIdentity: identity(ACCOUNT),
  ListPolicies: policies([]),
  ListRoles: roles(["support.amazonaws.com", SERVICE_LINKED_ROLES.rds], []),
  GetBucketVersioning: () => ({ status: 404, body: s3Error("NoSuchBucket") }),
  GetBucketReplication: () => ({ status: 404, body: s3Error("NoSuchBucket") }),
  // Another pipeline of the company comes in already.
  ListOpenIDConnectProviders: providers(["gitlab.com", GITHUB]),
  // A console set it for somebody's API.
  GetAccount: () => ({ body: { cloudwatchRoleArn: `arn:aws:iam::${ACCOUNT}:role/api-logs` } }),
  DescribeRepositories: () => ({
    status: 400,
    body: { __type: "RepositoryNotFoundException", message: "none" },
  }),
  // Nothing was ever asked for.
  GetServiceQuota: () => ({ status: 400, body: { __type: "NoSuchResourceException", Message: "none" } }),
  GetAWSDefaultServiceQuota: quotas(FIRST_QUOTAS),
  DescribeLimits: () => ({
    body: { ShardLimit: 1, OpenShardCount: 0, OnDemandStreamCount: 0, OnDemandStreamCountLimit: 50 },
  }),
  ...sms(true, ""),
  DescribeRegionSettings: () => ({
    body: { ResourceTypeOptInPreference: { Aurora: false, EFS: true, S3: false } },
  }),
  GetAnomalyMonitors: () => ({
    body: { AnomalyMonitors: [{ MonitorName: "Default-Services-Monitor", MonitorDimension: "SERVICE" }] },
  }),
  ListCostAllocationTags: () => ({ body: { CostAllocationTags: [] } }),
};

/** The same account, bootstrapped, and after AWS has given what was asked for. */
const READY: Account = {
  ...FRESH,
  ListPolicies: policies([
    "streamflix-workload-eu-central-1",
    "streamflix-workload-eu-west-1",
    "streamflix-replication",
    "streamflix-operator",
  ]),
  ListRoles: roles(LINKED, PIPELINE),
  GetBucketVersioning: versions("<Status>Enabled</Status>"),
  GetBucketReplication: copiedTo(STATE_COPY),
  ListOpenIDConnectProviders: providers([GITHUB]),
  DescribeRepositories: () => ({ body: { repositories: [{ repositoryName: "streamflix/service" }] } }),
  GetServiceQuota: quotas({ ...FIRST_QUOTAS, "L-3032A538": 32, "L-36FBB829": 32, "L-B99A9384": 1000 }),
  DescribeLimits: () => ({
    body: { ShardLimit: 1000, OpenShardCount: 2, OnDemandStreamCount: 0, OnDemandStreamCountLimit: 50 },
  }),
  ...sms(false, "<entry><key>MonthlySpendLimit</key><value>50</value></entry>"),
  DescribeRegionSettings: () => ({
    body: { ResourceTypeOptInPreference: { Aurora: true, EFS: true, S3: true } },
  }),
  GetAnomalyMonitors: () => ({ body: { AnomalyMonitors: [] } }),
  ListCostAllocationTags: () => ({
    body: { CostAllocationTags: [{ TagKey: "cost-center" }, { TagKey: "environment" }] },
  }),
};

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function preflight(words: readonly string[], url: string): Promise<Run> {
  const main = path.join(CHECKOUT, "tools/preflight/main.ts");
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ["--no-warnings", "--require", path.join(CHECKOUT, "tools/typescript.cjs"), main, ...words],
      {
        env: {
          PATH: process.env["PATH"],
          AWS_ACCESS_KEY_ID: "test",
          AWS_SECRET_ACCESS_KEY: SECRET,
          AWS_ENDPOINT_URL: url,
          AWS_MAX_ATTEMPTS: "1",
        },
      },
      (_error, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout, stderr });
      },
    );
  });
}

/** Lines of a report that start with a word. */
const lines = ({ stdout }: Run, start: string) => stdout.split("\n").filter((line) => line.startsWith(start));

describe("preflight", function () {
  this.timeout(120_000);
  let aws: FakeAws;
  before(async () => {
    aws = await FakeAws.start();
  });
  after(() => aws.stop());

  async function check(account: Account, ...words: string[]): Promise<Run> {
    aws.account = account;
    aws.asked.length = 0;
    const run = await preflight(words.length > 0 ? words : ["--stack", "prod"], aws.url);
    assert.deepEqual(aws.strange, []);
    // Neither keys nor people's names get out, whatever AWS says.
    assert.doesNotMatch(run.stdout + run.stderr, new RegExp(`${SECRET}|jane\\.doe`));
    return run;
  }

  it("says what a fresh account lacks, and what to ask AWS for", async () => {
    const run = await check(FRESH);
    assert.equal(run.code, 1, run.stdout + run.stderr);
    assert.deepEqual(lines(run, "ready"), [
      "ready    credentials: of this account",
      "ready    API Gateway requests a second (L-8A5B8E43): 10000, needed 5000",
    ]);
    assert.deepEqual(lines(run, "MISSING"), [
      "MISSING  permissions boundaries: without streamflix-workload-eu-central-1, streamflix-workload-eu-west-1, streamflix-replication, streamflix-operator",
      "MISSING  service-linked roles: 1 of 15",
      "MISSING  trust in GitHub's tokens: there",
      `MISSING  roles of the repository's workflows: without ${PIPELINE.join(", ")}`,
      "MISSING  bucket for states in eu-central-1: not there",
      "MISSING  bucket for states in eu-west-1: not there",
      "MISSING  copy of states in eu-west-1: not made",
      "MISSING  API Gateway's role for logs: set",
      "MISSING  repository streamflix/service in eu-central-1: not there",
      "MISSING  repository streamflix/service in eu-west-1: not there",
      "MISSING  Fargate vCPU (L-3032A538): 6, needed 32",
      "MISSING  Fargate Spot vCPU (L-36FBB829): 6, needed 32",
      "MISSING  Lambda concurrent executions (L-B99A9384): 10, needed 100",
      "MISSING  Kinesis shards: 1, needed 2",
      "MISSING  text messages: in the sandbox",
      "MISSING  spend limit of text messages: 1 USD a month",
      "MISSING  AWS Backup: off for Aurora, S3",
      "MISSING  cost-anomaly monitor: another one for services, and an account has one only",
      "MISSING  cost-allocation tags: not active: cost-center, environment",
    ]);
    assert.match(run.stdout, /→ write adopt for rds: the account has them\n/);
    assert.match(run.stdout, /→ write adopt for ci.identityProvider: an account has it once\n/);
    assert.match(run.stdout, /→ write adopt for settings.apiLogs: deploying would take its place\n/);
    assert.match(run.stdout, /→ ask AWS for 32 or more: quota L-3032A538 of fargate\n/);
    assert.match(run.stdout, /\n2 ready, 19 missing, 0 could not be checked\n$/);
  });

  it("finds everything in an account that is ready", async () => {
    const run = await check(READY);
    assert.equal(run.code, 0, run.stdout + run.stderr);
    assert.match(run.stdout, /\n21 ready, 0 missing, 0 could not be checked\n$/);
  });

  it("misses API Gateway's role for logs where bootstrap/ had set it", async () => {
    const run = await check({ ...READY, GetAccount: () => ({ body: {} }) });
    assert.deepEqual(
      [run.code, lines(run, "MISSING")],
      [1, ["MISSING  API Gateway's role for logs: not set"]],
    );
    assert.match(run.stdout, /→ write create for settings.apiLogs, and deploy bootstrap\/\n/);
  });

  it("misses the trust in GitHub's tokens where bootstrap/ had made it", async () => {
    const run = await check({ ...READY, ListOpenIDConnectProviders: providers(["gitlab.com"]) });
    assert.deepEqual(
      [run.code, lines(run, "MISSING")],
      [1, ["MISSING  trust in GitHub's tokens: not there"]],
    );
    assert.match(run.stdout, /→ write create for ci.identityProvider, and deploy bootstrap\/\n/);
  });

  it("misses the role of a service that the stack uses, and asks for no other's", async () => {
    const prod = await check({
      ...READY,
      ListRoles: roles(
        LINKED.filter((it) => it !== SOMETIMES.restoreTesting),
        PIPELINE,
      ),
    });
    assert.deepEqual([prod.code, lines(prod, "MISSING")], [1, ["MISSING  service-linked roles: 14 of 15"]]);
    assert.match(prod.stdout, /→ write create for restoreTesting, and deploy bootstrap\/\n/);
    const dev = await check({ ...READY, GetCallerIdentity: identity("111122223333") }, ...["--stack", "dev"]);
    assert.match(dev.stdout, /→ write create for faultInjection, and deploy bootstrap\/\n/);
    assert.doesNotMatch(dev.stdout, /restoreTesting/);
  });

  it("misses a role of the pipeline, versions of a region's states and a copy that goes elsewhere", async () => {
    const run = await check({
      ...READY,
      ListRoles: roles(
        LINKED,
        PIPELINE.filter((it) => it !== "streamflix-deploy-prod-dr"),
      ),
      GetBucketVersioning: ({ bucket }) =>
        versions(String(bucket).endsWith("-eu-west-1") ? "" : "<Status>Enabled</Status>")(),
      GetBucketReplication: copiedTo("streamflix-state-copy-other"),
    });
    assert.deepEqual(
      [run.code, lines(run, "MISSING")],
      [
        1,
        [
          "MISSING  roles of the repository's workflows: without streamflix-deploy-prod-dr",
          "MISSING  bucket for states in eu-west-1: there, but keeps no versions",
          "MISSING  copy of states in eu-west-1: not made",
        ],
      ],
    );
  });

  it("asks nothing of an account that the stack has no use for", async () => {
    const run = await check({ ...READY, GetCallerIdentity: identity("111122223333") }, "--stack", "dev");
    assert.doesNotMatch(aws.asked.join(), /SMS/);
    assert.doesNotMatch(run.stdout, /replication/);
  });

  for (const operation of Object.keys(READY).filter((it) => !/^Get(CallerIdentity|AWSDefault)/.test(it))) {
    it(`never takes ${operation} without permission for fine`, async () => {
      const run = await check({ ...READY, [operation]: READY["none"] } as unknown as Account);
      assert.equal(run.code, 3, run.stdout);
      assert.ok(lines(run, "?").length > 0);
      assert.match(lines(run, "?")[0] ?? "", /could not check \(AccessDenied(Exception)?\)$/);
      assert.match(run.stdout, / 0 missing, [1-9] could not be checked\n$/);
    });
  }

  it("asks nothing more of another account", async () => {
    const run = await check({ ...READY, GetCallerIdentity: identity("999900001111") });
    assert.equal(run.code, 1);
    assert.deepEqual(aws.asked, ["GetCallerIdentity"]);
    assert.match(run.stdout, /MISSING {2}credentials: of another account\n/);
  });

  const STACK = "  --stack <name>: a stack of this program, such as dev or prod";
  const badLines: readonly (readonly [words: string[], problems: string])[] = [
    [["--stack"], `  --stack needs a value\n${STACK}`],
    [["--stak", "prod"], `  --stak is no option\n  "prod" is no option\n${STACK}`],
    [["prod"], `  "prod" is no option\n${STACK}`],
    [["--stack", "../prod"], STACK],
    [["--stack", "nowhere"], "  there is no bootstrap/Pulumi.nowhere.yaml"],
  ];
  for (const [words, problems] of badLines) {
    it(`refuses ${words.join(" ")} with one error`, async () => {
      const run = await check(READY, ...words);
      assert.deepEqual([run.code, run.stdout, aws.asked], [2, "", []]);
      assert.ok(
        run.stderr.startsWith(`error:\n${problems}\n\nnpm run preflight -- --stack <name>\n`),
        run.stderr,
      );
    });
  }
});
