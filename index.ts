import * as pulumi from "@pulumi/pulumi";
import { Alerts } from "./components/alerts";
import { Api } from "./components/api";
import { Audit } from "./components/audit";
import { Backup } from "./components/backup";
import { Bucket } from "./components/bucket";
import { BucketCopies, takenCopies } from "./components/bucket-copies";
import { Cache } from "./components/cache";
import { CopyCheck } from "./components/copy-check";
import { DataRetention } from "./components/data-retention";
import { Database } from "./components/database";
import { PrimaryMoves } from "./components/database/primary-moves";
import { DatabaseReplica } from "./components/database/replica";
import { Dns } from "./components/dns";
import { Certificate } from "./components/dns/certificate";
import { Files } from "./components/files";
import { GameDays } from "./components/game-days";
import { Inspection } from "./components/inspection";
import { Keys } from "./components/keys";
import { Monitoring } from "./components/monitoring";
import { LogSweeper } from "./components/log-sweeper";
import { Canary } from "./components/monitoring/canary";
import { Network } from "./components/network";
import { Parameters } from "./components/parameters";
import { homeProvider } from "./components/provider";
import { Remediation } from "./components/remediation";
import { boundRoles } from "./components/role-boundary";
import { Rotation } from "./components/rotation";
import { Service } from "./components/service";
import { clusterName } from "./components/service/cluster-name";
import { Streaming } from "./components/streaming";
import { eventArchive } from "./components/streaming/archive";
import { boundaryArn, counterpart, HOME_REGION, loadConfig, Names, platformTags, REGIONS } from "./config";

const config = loadConfig();
const { accountId, region, availabilityZones } = config.aws;
const { role } = REGIONS[region];
const { protection: protect } = config.environment;
const names = new Names(config);
const place = { names, accountId, region, retention: config.retention };
// The stack that stands by for this one and gets copies: its names are agreed, and nothing of it is looked up.
const standby = config.recovery && counterpart(config.aws, config.recovery);
// The stack that this one stands by for, and takes copies of.
const home = config.standby && counterpart(config.aws, config.standby);
const opts = {
  providers: [homeProvider(config)],
  // No role may do more than the account's bootstrap allows to workloads.
  transforms: [boundRoles(boundaryArn("workload", config.aws))],
};

// Encryption: one key per class of data.
const keys = new Keys(
  "keys",
  { ...place, deletionWindowDays: config.keys.deletionWindowDays, protect },
  opts,
);

// Access logs of buckets and load balancers.
const accessLogs = new Bucket(
  "access-logs",
  { ...place, kind: "access-log", what: "access-logs", protect },
  opts,
);

// Network: tiers, ways out, private ways to AWS, flow logs.
const network = new Network(
  "network",
  { ...place, availabilityZones, network: config.network, logsKeyArn: keys.arns.logs, protect },
  opts,
);

// Alerting: the topic that reaches people.
const alerts =
  config.alerts &&
  new Alerts(
    "alerts",
    { ...place, alerts: config.alerts, contacts: config.contacts, keyArn: keys.arns.messaging },
    opts,
  );

// Audit: who does what in the account from here on, and what is wrong in it.
const audit =
  config.audit &&
  new Audit(
    "audit",
    { ...place, role, audit: config.audit, keyArns: keys.arns, accessLogs, alerts, protect },
    opts,
  );

// Data: database with its secrets and roles, or another region's copy of it; cache, shared files. All in the isolated tier.
const secondaryOf = config.database?.global?.secondaryOf;
const written = secondaryOf === undefined ? config.database : undefined;
const database =
  written &&
  new Database(
    "database",
    {
      ...place,
      availabilityZones,
      database: written,
      vpcId: network.vpcId,
      isolatedSubnetIds: network.isolatedSubnetIds,
      privateSubnetIds: network.privateSubnetIds,
      securityGroupId: network.securityGroupIds.data,
      endpointsSecurityGroupId: network.endpoints.securityGroupId,
      keyArns: keys.arns,
      alertTopics: alerts?.topics,
      ...(config.service && { ecsClusterName: clusterName(names) }),
      backupsAreContinuous: config.backup?.continuous !== undefined,
      standby,
      protect,
    },
    opts,
  );
const replica =
  config.database && secondaryOf !== undefined
    ? new DatabaseReplica(
        "database",
        {
          ...place,
          availabilityZones,
          database: config.database,
          primary: counterpart(config.aws, { region: HOME_REGION, suffix: secondaryOf }),
          isolatedSubnetIds: network.isolatedSubnetIds,
          securityGroupId: network.securityGroupIds.data,
          keyArns: keys.arns,
          protect,
        },
        opts,
      )
    : undefined;
const anyDatabase = database ?? replica;
const primaryMoves =
  config.database?.global &&
  alerts &&
  new PrimaryMoves(
    "database-primary-moves",
    {
      ...place,
      availabilityZones,
      database: config.database,
      topic: alerts.topics.critical,
      keyArn: keys.arns.messaging,
    },
    opts,
  );
const rotation =
  config.rotation &&
  database &&
  new Rotation(
    "rotation",
    {
      ...place,
      rotation: config.rotation,
      vpcId: network.vpcId,
      subnetIds: network.privateSubnetIds,
      databaseSecurityGroupId: database.securityGroupId,
      endpointsSecurityGroupId: network.endpoints.securityGroupId,
      secretArns: database.secretArns,
      roles: database.roles.done,
      keyArns: keys.arns,
    },
    opts,
  );
const erasures =
  (config.dataRetention ?? config.standby) &&
  new Bucket(
    "erasures",
    {
      ...place,
      kind: "evidence",
      what: "erasures",
      ...(protect && { lock: "GOVERNANCE" }),
      keyArn: keys.arns.audit,
      accessLogs,
      protect,
    },
    opts,
  );
const dataRetention =
  config.dataRetention &&
  database &&
  new DataRetention(
    "data-retention",
    {
      ...place,
      dataRetention: config.dataRetention,
      vpcId: network.vpcId,
      subnetIds: network.privateSubnetIds,
      endpointsSecurityGroupId: network.endpoints.securityGroupId,
      database,
      keyArns: keys.arns,
      standby,
      ...(erasures && {
        erasureLog: {
          bucketName: erasures.bucketName,
          arn: erasures.arn,
          s3PrefixListId: network.endpoints.s3PrefixListId,
        },
      }),
      protect,
    },
    opts,
  );
const logSweeper =
  config.dataRetention &&
  new LogSweeper(
    "log-sweeper",
    {
      ...place,
      prefixes: config.dataRetention.sweptLogGroups,
      vpcId: network.vpcId,
      subnetIds: network.privateSubnetIds,
      endpointsSecurityGroupId: network.endpoints.securityGroupId,
      keyArns: keys.arns,
    },
    opts,
  );
const cache =
  config.cache &&
  new Cache(
    "cache",
    {
      ...place,
      availabilityZones,
      cache: config.cache,
      subnetIds: network.isolatedSubnetIds,
      securityGroupId: network.securityGroupIds.data,
      dataKeyArn: keys.arns.viewerData,
      logsKeyArn: keys.arns.logs,
      protect,
    },
    opts,
  );
const files =
  config.files &&
  new Files(
    "files",
    {
      ...place,
      availabilityZones,
      files: config.files,
      subnetIds: network.isolatedSubnetIds,
      securityGroupId: network.securityGroupIds.data,
      keyArn: keys.arns.viewerData,
      protect,
    },
    opts,
  );

const backup =
  config.backup &&
  new Backup(
    "backup",
    {
      ...place,
      backup: config.backup,
      databaseDays: config.database?.backupRetentionDays,
      tagged: [database, files].filter((it) => it !== undefined).length,
      keyArns: keys.arns,
      restoreTargets: {
        ...(database && {
          database: {
            subnetGroupName: database.subnetGroupName,
            securityGroupId: database.securityGroupId,
            isContinuous: config.backup.continuous !== undefined,
            network: {
              vpcId: network.vpcId,
              subnetIds: network.privateSubnetIds,
              endpointsSecurityGroupId: network.endpoints.securityGroupId,
            },
          },
        }),
        ...(files && {
          files: { network: { vpcId: network.vpcId, subnetIds: network.isolatedSubnetIds } },
        }),
      },
      standby,
      alertTopics: alerts?.topics,
      protect,
    },
    opts,
  );

// Events: what viewers do, as a stream and as its archive.
const archive =
  (config.streaming ?? config.standby) &&
  eventArchive(
    "streaming-archive",
    { ...place, keyArn: keys.arns.viewerData, accessLogs, protect },
    // It was the stream's own once.
    { ...opts, aliases: [{ parent: pulumi.createUrn("streaming", "streamflix:streaming:Streaming") }] },
  );
const streaming =
  config.streaming &&
  archive &&
  new Streaming(
    "streaming",
    { ...place, streaming: config.streaming, keyArns: keys.arns, archive, protect },
    opts,
  );

// Copies for the stack that stands by, of what nobody can make again.
const copies =
  standby && new BucketCopies("copies", { ...place, standby, buckets: { events: archive, erasures } }, opts);

// What copies from the stack that this one stands by for are worth, before they are needed.
const copyCheck =
  home &&
  archive &&
  erasures &&
  new CopyCheck(
    "copy-check",
    {
      ...place,
      buckets: { events: archive, erasures },
      vpcId: network.vpcId,
      subnetIds: network.privateSubnetIds,
      s3PrefixListId: network.endpoints.s3PrefixListId,
      keyArns: keys.arns,
    },
    opts,
  );

// What others have to know to use all that; tasks read some of it when they start.
const parameters = new Parameters(
  "parameters",
  {
    names,
    values: {
      "network/vpc-id": network.vpcId,
      "network/app-security-group-id": network.securityGroupIds.app,
      ...(alerts && { "alerts/topic-arn": alerts.topics.critical }),
      ...anyDatabase?.parameters,
      ...(rotation && { "rotation/function-name": rotation.functionName }),
      ...(dataRetention && { "data-retention/function-name": dataRetention.functionName }),
      ...cache?.parameters,
      ...files?.parameters,
      ...streaming?.parameters,
    },
  },
  opts,
);

// Service: tasks on Fargate behind an internal load balancer, with the domain's certificate if there is one.
const domain = config.api?.domain && { domain: config.api.domain, role };
const certificate = domain && new Certificate("certificate", { region, ...domain }, opts);
const service =
  config.service &&
  new Service(
    "service",
    {
      ...place,
      service: config.service,
      capacityIsShifted: config.remediation?.cases.capacity?.mode === "act",
      vpcId: network.vpcId,
      privateSubnetIds: network.privateSubnetIds,
      securityGroupId: network.securityGroupIds.app,
      keyArns: keys.arns,
      database: anyDatabase,
      cache,
      files,
      stream: streaming?.stream,
      parameters,
      ...(certificate && { certificateArn: certificate.arn }),
      accessLogsBucket: accessLogs.bucketName,
      alertTopics: alerts?.topics,
      protect,
    },
    opts,
  );

// The way in: API with its firewall, and the names it is called by.
const api =
  config.api &&
  new Api(
    "api",
    {
      ...place,
      api: config.api,
      logsKeyArn: keys.arns.logs,
      stream: streaming?.stream,
      service: service && {
        loadBalancer: {
          ...service.loadBalancer,
          ...(certificate && { tlsServerName: certificate.regionalName }),
        },
        vpcId: network.vpcId,
        subnetIds: network.privateSubnetIds,
      },
    },
    opts,
  );
const dns =
  api &&
  certificate &&
  new Dns("dns", { names, region, ...domain, certificate, api, alertTopics: alerts?.topics }, opts);

// Watching from outside.
const canary =
  api &&
  config.monitoring?.canary &&
  new Canary(
    "canary",
    {
      ...place,
      canary: config.monitoring.canary,
      // The domain leads to the home region, whoever asks.
      url: (role === "home" ? dns?.url : dns?.regionalUrl) ?? api.url,
      signs: config.api.auth.iam !== undefined,
      keyArn: keys.arns.logs,
      accessLogs,
      protect,
    },
    opts,
  );

// Figures that AWS has none of: ages of passwords, unusable keys, tasks that fail.
const { project, environment } = platformTags(config);
const inspection =
  config.monitoring &&
  new Inspection(
    "inspection",
    {
      ...place,
      tags: { project, environment },
      keyArns: keys.arns,
      rotation,
      watchesService: service !== undefined,
      dependsOn: rotation ? [keys, rotation] : [keys],
    },
    opts,
  );

// What mends itself. It comes after, and goes before, everything it looks after.
const looksAfter = [keys, alerts, database, rotation, service];
const remediation =
  config.remediation &&
  new Remediation(
    "remediation",
    {
      ...place,
      tags: { project, environment },
      remediation: config.remediation,
      capacity: config.service?.capacity,
      topicNames: alerts?.topicNames,
      dependsOn: looksAfter.filter((it) => it !== undefined),
      keyArns: keys.arns,
    },
    opts,
  );

// Watching: alarms on all of it, dashboards, saved queries, costs.
const monitoring =
  config.monitoring &&
  new Monitoring(
    "monitoring",
    {
      names,
      region,
      monitoring: config.monitoring,
      watched: {
        network,
        alerts,
        database: anyDatabase,
        primaryMoves,
        rotation,
        dataRetention,
        logSweeper,
        remediation,
        audit,
        inspection,
        cache,
        files,
        backup,
        streaming,
        copies: { sent: copies?.metrics ?? [], taken: home ? takenCopies(home, names) : [] },
        copyCheck,
        service,
        api,
        canary,
      },
    },
    opts,
  );

// What is broken on purpose, to see it recover.
const gameDays =
  config.gameDays &&
  monitoring &&
  new GameDays(
    "game-days",
    {
      ...place,
      availabilityZones,
      zone: config.gameDays.zone,
      network,
      database,
      cache,
      service,
      usesSpot: (config.service?.capacity.spotWeight ?? 0) > 0,
      tags: { project, environment },
      stopAlarmArns: monitoring.fastBurnAlarmArns,
      logsKeyArn: keys.arns.logs,
    },
    opts,
  );

// Where others find service and API.
new Parameters(
  "service-parameters",
  { names, values: { ...service?.parameters, ...(api && { "api/url": dns?.url ?? api.url }) } },
  opts,
);

export const vpcId = network.vpcId;
export const privateSubnetIds = network.privateSubnetIds;
export const isolatedSubnetIds = network.isolatedSubnetIds;
export const securityGroupIds = network.securityGroupIds;
export const keyArns = keys.arns;
export const alertsTopicArn = alerts?.topics.critical;
export const databaseEndpoints = anyDatabase && {
  writer: anyDatabase.writerEndpoint,
  reader: anyDatabase.readerEndpoint,
};
export const databaseSecretArns = database?.secretArns;
export const breakGlassRoleArn = database?.breakGlassRoleArn;
export const cacheEndpoints = cache && { primary: cache.primaryEndpoint, reader: cache.readerEndpoint };
export const fileSystemId = files?.fileSystemId;
export const backupVaultName = backup?.vaultName;
export const eventStreamName = streaming?.stream.name;
export const archiveBucketName = streaming?.archiveBucketName;
export const serviceNames = service && { cluster: service.clusterName, service: service.serviceName };
export const loadBalancer = service?.loadBalancer;
export const taskRoleArn = service?.taskRoleArn;
export const dashboardNames = monitoring?.dashboardNames;
export const remediationNames = remediation && {
  function: remediation.functionName,
  failures: remediation.failureQueueName,
};
export const gameDayTemplateIds = gameDays?.templateIds;
export const auditTrailName = audit?.trailName;
export const detectorId = audit?.detectorId;
export const apiUrl = dns?.url ?? api?.url;
