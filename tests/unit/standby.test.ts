import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { contains, overlap, toCidr } from "../../config/cidr";
import { committedPlan } from "../../tools/plan/main";
import { CONTACTS, parseJson, validConfig } from "../config/helpers";
import type { Inputs, Recording } from "./mocks";
import { runProgram } from "./program";
import { countByType, ofType, only } from "./registrations";

const STANDBY = "eu-west-1";

describe("the standby of prod", () => {
  let recording: Recording<unknown>;
  before(async function () {
    this.timeout(180_000);
    recording = await runProgram("prod-dr", CONTACTS);
  });

  it("has the same program's base, a copy of the database, and what serves it to callers", () => {
    const counts = countByType(recording.registrations);
    const components = Object.entries(counts).filter(([type]) => type.startsWith("streamflix:"));
    assert.deepEqual(Object.fromEntries(components), {
      "streamflix:alerts:Alerts": 1,
      "streamflix:api:Api": 1,
      "streamflix:api:Firewall": 1,
      "streamflix:api:ServiceLink": 1,
      "streamflix:audit:Audit": 1,
      "streamflix:audit:ConfigurationHistory": 1,
      "streamflix:audit:Detection": 1,
      "streamflix:audit:Findings": 1,
      "streamflix:backup:Backup": 1,
      "streamflix:bucket:Bucket": 5,
      "streamflix:copies:CopyCheck": 1,
      "streamflix:database:Cluster": 1,
      "streamflix:database:DatabaseLogs": 1,
      "streamflix:database:DatabaseReplica": 1,
      "streamflix:database:Instances": 1,
      "streamflix:database:ParameterGroups": 1,
      "streamflix:database:PrimaryMoves": 1,
      "streamflix:dns:Certificate": 1,
      "streamflix:dns:Dns": 1,
      "streamflix:function:EventRule": 2,
      "streamflix:function:FailureQueue": 5,
      "streamflix:function:LambdaFunction": 1,
      "streamflix:function:Schedule": 2,
      "streamflix:function:VpcFunction": 1,
      "streamflix:keys:Keys": 1,
      "streamflix:monitoring:Canary": 1,
      "streamflix:monitoring:Inspection": 1,
      "streamflix:monitoring:Monitoring": 1,
      "streamflix:network:Endpoints": 1,
      "streamflix:network:FlowLogs": 1,
      "streamflix:network:NatGateways": 1,
      "streamflix:network:Network": 1,
      "streamflix:network:TierSecurityGroups": 1,
      "streamflix:parameters:Parameters": 2,
      "streamflix:service:DeploymentAlarms": 1,
      "streamflix:service:FargateService": 1,
      "streamflix:service:LoadBalancer": 1,
      "streamflix:service:Service": 1,
      "streamflix:service:ServiceAutoscaling": 1,
      "streamflix:service:ServiceCluster": 1,
      "streamflix:service:ServiceRoles": 1,
      "streamflix:service:TaskDefinition": 1,
    });
    assert.equal(counts["aws:cloudwatch/metricAlarm:MetricAlarm"], 54);
    assert.equal(counts["aws:cloudtrail/trail:Trail"], undefined);
  });

  it("protects exactly its keys, buckets, vault and copy of the database", () => {
    assert.deepEqual(countByType(recording.registrations.filter((it) => it.protect)), {
      "aws:backup/vault:Vault": 1,
      "aws:kms/key:Key": 6,
      "aws:rds/cluster:Cluster": 1,
      "aws:rds/clusterInstance:ClusterInstance": 2,
      "aws:s3/bucket:Bucket": 5,
    });
  });

  it("shows no view of data that it doesn't have, and no heading of nothing", () => {
    const views = ofType(recording.registrations, "Dashboard").map(({ inputs }) => {
      const { widgets } = JSON.parse(String(inputs["dashboardBody"])) as {
        widgets: { type: string; properties: { markdown?: string; region?: string } }[];
      };
      assert.notEqual(widgets.at(-1)?.type, "text");
      const regions = new Set(widgets.flatMap(({ properties: { region } }) => region ?? []));
      assert.deepEqual([...regions], [STANDBY]);
      return [inputs["dashboardName"], ...widgets.flatMap(({ properties: { markdown } }) => markdown ?? [])];
    });
    assert.deepEqual(views, [
      ["streamflix-data-prod-dr", "## Database", "## Files, passwords, keys, erasures"],
      [
        "streamflix-operations-prod-dr",
        "## Traffic, errors, latency",
        "## Saturation",
        "## Scaling and what drives costs",
      ],
    ]);
  });

  it("runs prod's image beside the copy: by its endpoints, the copied secret, and without what is at home", () => {
    const { containerDefinitions } = only(
      recording.registrations,
      "ecs/taskDefinition:TaskDefinition",
    ).inputs;
    const [application] = JSON.parse(String(containerDefinitions)) as {
      environment: { name: string; value: string }[];
      secrets: { name: string; valueFrom: string }[];
    }[];
    assert.deepEqual(
      Object.fromEntries((application?.environment ?? []).map(({ name, value }) => [name, value])),
      {
        AWS_REGION: STANDBY,
        PORT: "8080",
        STOP_TIMEOUT_SECONDS: "120",
        WITHOUT: "cache,stream,files",
      },
    );
    const parameter = (what: string) =>
      `arn:aws:ssm:${STANDBY}:444455556666:parameter/streamflix/prod-dr/database/${what}`;
    assert.deepEqual(
      Object.fromEntries((application?.secrets ?? []).map(({ name, valueFrom }) => [name, valueFrom])),
      {
        DATABASE_READER_HOST: parameter("reader-endpoint"),
        DATABASE_SECRET_ARN: parameter("service-secret-arn"),
        DATABASE_WRITER_HOST: parameter("writer-endpoint"),
      },
    );
    const { policy } = only(recording.registrations, "RolePolicy", "service-task-database").inputs;
    const [read, decrypt] = (policy as { Statement: Inputs[] }).Statement;
    assert.equal(
      String(read?.["Resource"]),
      `arn:aws:secretsmanager:${STANDBY}:444455556666:secret:streamflix/prod/database/service-*`,
    );
    assert.match(JSON.stringify(decrypt), /alias\/streamflix-secrets-prod-dr/);
  });

  it("answers prod's domain when prod does not, and is watched under a name of its own", () => {
    const records = ofType(recording.registrations, "route53/record:Record").map(({ inputs }) => [
      inputs["name"],
      inputs["setIdentifier"],
      inputs["failoverRoutingPolicies"],
      inputs["healthCheckId"],
    ]);
    assert.deepEqual(records.filter(([name]) => !String(name).startsWith("_")).sort(), [
      ["api.streamflix.example", STANDBY, [{ type: "SECONDARY" }], undefined],
      ["eu-west-1.api.streamflix.example", undefined, undefined, undefined],
    ]);
    const { runConfig } = only(recording.registrations, "synthetics/canary:Canary").inputs;
    assert.deepEqual((runConfig as { environmentVariables: Inputs }).environmentVariables, {
      API_URL: "https://eu-west-1.api.streamflix.example",
      SIGNS: "true",
    });
  });

  it("has a bucket for each that prod copies: of its kind, with versions, an end and a lock as at home", async () => {
    const home = await runProgram("prod", CONTACTS);
    const copied = ofType(home.registrations, "BucketReplicationConfig").map(
      ({ inputs }) => (inputs["rules"] as { destination: { bucket: string } }[])[0]?.destination.bucket,
    );
    const there = ofType(recording.registrations, "s3/bucket:Bucket").map(({ inputs }) => inputs["bucket"]);
    assert.equal(copied.length, 2);
    for (const bucket of copied) assert.ok(there.includes(bucket?.replace("arn:aws:s3:::", "")), bucket);
    const settings = ["Versioning", "LifecycleConfiguration", "ObjectLockConfiguration", "OwnershipControls"];
    for (const name of ["streaming-archive", "erasures"]) {
      const of = ({ registrations }: Recording<unknown>) =>
        registrations
          .filter((it) => it.name === name && settings.some((part) => it.type.endsWith(`:Bucket${part}`)))
          .map(({ type, inputs: { bucket, ...rest } }) => [type, typeof bucket, rest]);
      assert.ok(of(home).length >= 3, name);
      assert.deepEqual(of(recording), of(home), name);
    }
  });

  it("leaves what all regions share to prod", () => {
    const { recordingGroup } = only(recording.registrations, "Recorder").inputs;
    assert.deepEqual(recordingGroup, { allSupported: true, includeGlobalResourceTypes: false });
    const rules = ofType(recording.registrations, "cfg/rule:Rule").map(
      ({ inputs }) => (inputs["source"] as Inputs)["sourceIdentifier"],
    );
    assert.equal(rules.length, 32);
    assert.ok(!rules.includes("ROOT_ACCOUNT_MFA_ENABLED"));
  });

  it("is in prod's account, keeps data as long, and has addresses of its own", () => {
    const [home, standby] = (["prod", "prod-dr"] as const).map(
      (stack) => parseJson(validConfig(stack)).config,
    );
    assert.ok(home && standby);
    assert.equal(standby.aws.accountId, home.aws.accountId);
    assert.notEqual(standby.environment.suffix, home.environment.suffix);
    const days = ({ retention }: typeof home) =>
      Object.entries(retention).map(([name, { minimumDays, maximumDays }]) => [
        name,
        minimumDays,
        maximumDays,
      ]);
    assert.deepEqual(days(standby), days(home));
    assert.ok(!overlap(toCidr(home.network.cidr), toCidr(standby.network.cidr)));
    assert.ok(contains(toCidr("10.0.0.0/8"), toCidr(standby.network.cidr)));
    assert.deepEqual(standby.network.endpoints, home.network.endpoints);
    assert.deepEqual(standby.api?.domain, home.api?.domain);
    assert.deepEqual(standby.api?.auth, home.api?.auth);
    for (const image of ["image", "collectorImage"] as const) {
      assert.equal(standby.service?.[image], home.service?.[image]?.replace("eu-central-1", STANDBY));
    }
    assert.ok((standby.service?.tasks.min ?? 0) < (home.service?.tasks.min ?? 0));
  });
});

describe("residency of the standby", () => {
  const settings = (stack: string) =>
    JSON.parse(
      readFileSync(join(__dirname, "../../policy-pack/config", `${stack}.json`), "utf8"),
    ) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;

  it("lets exactly the types of its plan into its region", () => {
    const types = Object.keys(committedPlan("prod-dr")).map(
      (urn) => urn.split("::")[0]?.split("$").at(-1) ?? "",
    );
    const placed = types.filter((type) => /^(aws|pulumi:providers):/.test(type));
    assert.ok(placed.length > 150, `only ${placed.length} in the plan`);
    for (const rule of ["allowed-region", "allowed-region-read", "region-mentions"]) {
      const { standbyRegions, standbyTypes, allowedRegions } = settings("prod-dr")[rule] ?? {};
      assert.deepEqual(standbyRegions, [STANDBY], rule);
      assert.deepEqual(standbyTypes, [...new Set(placed)].sort(), rule);
      assert.equal(allowedRegions, undefined, rule);
    }
  });

  it("is where prod's copies may go, by type and name, and no other region is", () => {
    const home = settings("prod");
    for (const rule of ["region-mentions", "s3-replication-target"]) {
      assert.deepEqual(home[rule]?.["standbyRegions"], [STANDBY], rule);
    }
    const planned = Object.entries(committedPlan("prod")) as [string, { inputs?: Inputs }][];
    const naming = planned.filter(([, { inputs }]) => JSON.stringify(inputs ?? {}).includes(`:${STANDBY}:`));
    const types = naming.map(([urn]) => urn.split("::")[0]?.split("$").at(-1) ?? "");
    assert.deepEqual([...new Set(types)].sort(), [
      "aws:backup/plan:Plan",
      "aws:iam/rolePolicy:RolePolicy",
      "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
      "aws:secretsmanager/secret:Secret",
    ]);
    const allowed = home["region-mentions"]?.["standbyTypes"] as string[];
    for (const type of types) assert.ok(allowed.includes(type), type);
    const targets = planned.flatMap(([, { inputs }]) => [
      ...(JSON.stringify(inputs ?? {}).match(/(?<="arn:aws:s3:::)streamflix-\w+-prod-dr-[\w-]+(?=")/g) ?? []),
    ]);
    assert.deepEqual([...new Set(targets)].sort(), home["s3-replication-target"]?.["knownTargets"]);
  });

  it("makes and names nothing in another region, and nothing outside the EU", () => {
    // How far copies are behind is known by the names of both buckets.
    const sources = /streamflix-(events|erasures)-prod-444455556666-eu-central-1/g;
    const text = JSON.stringify(committedPlan("prod-dr")).replaceAll(sources, "");
    // Where the database is copied from, said once.
    const elsewhere = text.replace('"sourceRegion":"eu-central-1"', "");
    assert.notEqual(elsewhere, text);
    const named = new Set(elsewhere.match(/\b(?:us|ap|ca|sa|me|af|il|eu)-[a-z]+-\d\b/g));
    assert.deepEqual([...named], [STANDBY]);
  });
});
