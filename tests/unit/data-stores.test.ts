import assert from "node:assert/strict";

import { Parameters } from "../../components/parameters";
import { countByType, ofType, only, registered, type Registered, stack, statementsOf } from "./data-mocks";
import { cache, files } from "./data-stack";

const TAGS = { "data-classification": "personal", "retention-class": "viewer-data" };

describe("Cache", () => {
  let all: readonly Registered[];
  before(async () => {
    all = await cache("dev");
  });

  it("registers exactly these resources", () => {
    assert.deepEqual(countByType(all), {
      "aws:cloudwatch/logGroup:LogGroup": 2,
      "aws:elasticache/parameterGroup:ParameterGroup": 1,
      "aws:elasticache/replicationGroup:ReplicationGroup": 1,
      "aws:elasticache/subnetGroup:SubnetGroup": 1,
      "aws:elasticache/user:User": 2,
      "aws:elasticache/userGroup:UserGroup": 1,
      "random:index/randomPassword:RandomPassword": 1,
    });
  });

  it("is encrypted on disk and on the way, over several zones, with snapshots and logs", () => {
    const { inputs, protect } = only(all, "ReplicationGroup");
    const log = (logType: string) => ({
      logType,
      logFormat: "json",
      destinationType: "cloudwatch-logs",
      destination: `/streamflix/dev/cache/${logType}`,
    });
    assert.equal(protect, false);
    assert.deepEqual(inputs, {
      replicationGroupId: "streamflix-cache-dev",
      description: "StreamFlix: cache of viewers' sessions and catalogue",
      engine: "valkey",
      engineVersion: "8.0",
      nodeType: "cache.t4g.medium",
      numCacheClusters: 2,
      clusterMode: "disabled",
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      preferredCacheClusterAzs: ["eu-central-1a", "eu-central-1b"],
      port: 6379,
      parameterGroupName: "streamflix-cache-valkey8-dev",
      subnetGroupName: "streamflix-cache-dev",
      securityGroupIds: ["group-data"],
      userGroupIds: ["streamflix-users-dev"],
      atRestEncryptionEnabled: true,
      kmsKeyId: "key-viewer-data",
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      snapshotRetentionLimit: 7,
      snapshotWindow: "01:00-02:00",
      maintenanceWindow: "sun:05:00-sun:06:00",
      autoMinorVersionUpgrade: false,
      applyImmediately: true,
      logDeliveryConfigurations: [log("slow-log"), log("engine-log")],
      tags: TAGS,
    });
  });

  it("lets the service in with IAM and shuts the default user", () => {
    const [shut, service] = ofType(all, "User").map((it) => it.inputs);
    assert.deepEqual(shut, {
      userId: "streamflix-default-dev",
      userName: "default",
      engine: "valkey",
      accessString: "off -@all",
      authenticationMode: { type: "password", passwords: ["RandomPassword/cache-default#result"] },
    });
    assert.deepEqual(service, {
      userId: "streamflix-service-dev",
      userName: "streamflix-service-dev",
      engine: "valkey",
      accessString: "on ~* +@all -@admin -@dangerous +info",
      authenticationMode: { type: "iam" },
    });
    assert.deepEqual(only(all, "UserGroup").inputs, {
      userGroupId: "streamflix-users-dev",
      engine: "valkey",
      userIds: ["streamflix-default-dev", "streamflix-service-dev"],
    });
  });

  it("encrypts its logs and lets them expire", () => {
    assert.deepEqual(
      ofType(all, "LogGroup").map(({ inputs }) => [inputs["retentionInDays"], inputs["kmsKeyId"]]),
      [
        [7, "key-logs"],
        [7, "key-logs"],
      ],
    );
  });

  it("is protected in prod, and leaves a snapshot behind", async () => {
    const { inputs, protect } = only(await cache("prod"), "ReplicationGroup");
    assert.equal(protect, true);
    assert.deepEqual(
      [inputs["nodeType"], inputs["finalSnapshotIdentifier"], inputs["applyImmediately"]],
      ["cache.r7g.large", "streamflix-cache-final-prod", false],
    );
  });

  it("names the parameter group after the family of its engine", async () => {
    const redis = await cache("dev", {
      "streamflix:cache.engine": "redis",
      "streamflix:cache.engineVersion": "7.1",
      "streamflix:cache.nodes": 3,
    });
    const { name, family } = only(redis, "ParameterGroup").inputs;
    assert.deepEqual([name, family], ["streamflix-cache-redis7-dev", "redis7"]);
    assert.deepEqual(
      ofType(redis, "User").map(({ inputs }) => inputs["engine"]),
      ["redis", "redis"],
    );
    assert.deepEqual(only(redis, "ReplicationGroup").inputs["preferredCacheClusterAzs"], [
      "eu-central-1a",
      "eu-central-1b",
      "eu-central-1a",
    ]);
  });
});

describe("Files", () => {
  it("are encrypted, age into cheaper classes and are not backed up by EFS itself", async () => {
    const all = await files("dev");
    assert.deepEqual(countByType(all), {
      "aws:efs/accessPoint:AccessPoint": 1,
      "aws:efs/backupPolicy:BackupPolicy": 1,
      "aws:efs/fileSystem:FileSystem": 1,
      "aws:efs/fileSystemPolicy:FileSystemPolicy": 1,
      "aws:efs/mountTarget:MountTarget": 2,
    });
    const { inputs, protect } = only(all, "FileSystem");
    assert.equal(protect, false);
    assert.deepEqual(inputs, {
      creationToken: "streamflix-files-dev",
      encrypted: true,
      kmsKeyId: "key-viewer-data",
      performanceMode: "generalPurpose",
      throughputMode: "elastic",
      lifecyclePolicies: [
        { transitionToIa: "AFTER_30_DAYS" },
        { transitionToArchive: "AFTER_90_DAYS" },
        { transitionToPrimaryStorageClass: "AFTER_1_ACCESS" },
      ],
      protection: { replicationOverwrite: "ENABLED" },
      tags: { ...TAGS, Name: "streamflix-files-dev", "backup-plan": "streamflix-backup-dev" },
    });
    assert.deepEqual(only(all, "BackupPolicy").inputs["backupPolicy"], { status: "DISABLED" });
  });

  it("have a way in from every zone, and one entry point without root rights", async () => {
    const all = await files("prod");
    assert.deepEqual(
      ofType(all, "MountTarget").map(({ name, inputs }) => [
        name,
        inputs["subnetId"],
        inputs["securityGroups"],
      ]),
      [
        ["files-eu-central-1a", "isolated-1", ["group-data"]],
        ["files-eu-central-1b", "isolated-2", ["group-data"]],
        ["files-eu-central-1c", "isolated-3", ["group-data"]],
      ],
    );
    const { posixUser, rootDirectory } = only(all, "AccessPoint").inputs;
    assert.deepEqual(posixUser, { uid: 1000, gid: 1000 });
    assert.deepEqual(rootDirectory, {
      path: "/streamflix",
      creationInfo: { ownerUid: 1000, ownerGid: 1000, permissions: "0750" },
    });
    assert.deepEqual(
      all.filter((it) => it.protect).map((it) => it.type),
      ["aws:efs/fileSystem:FileSystem"],
    );
  });

  it("are mounted over TLS, through an access point, by the own account", async () => {
    const { policy } = only(await files("dev"), "FileSystemPolicy").inputs;
    assert.deepEqual(statementsOf(policy), {
      MountThroughAccessPoint: {
        Sid: "MountThroughAccessPoint",
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111122223333:root" },
        Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        Condition: {
          Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" },
          ArnLike: {
            "elasticfilesystem:AccessPointArn":
              "arn:aws:elasticfilesystem:eu-central-1:111122223333:access-point/*",
          },
        },
      },
      NobodyIsRoot: {
        Sid: "NobodyIsRoot",
        Effect: "Deny",
        Principal: "*",
        Action: "elasticfilesystem:ClientRootAccess",
      },
      TlsOnly: {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "*",
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    });
  });
});

describe("Parameters", () => {
  it("show what is no secret, and encrypt the rest under a key of the platform", async () => {
    const { names } = stack("dev");
    const all = await registered(
      () =>
        new Parameters("parameters", {
          names,
          values: { "database/port": "5432" },
          secure: { keyArn: "key-secrets", values: { "partner/token": "hush" } },
        }),
    );
    assert.deepEqual(
      ofType(all, "Parameter").map(({ name, inputs, secret }) => ({ name, inputs, secret })),
      [
        {
          name: "parameters-database-port",
          inputs: { name: "/streamflix/dev/database/port", type: "String", insecureValue: "5432" },
          secret: [],
        },
        {
          name: "parameters-partner-token",
          inputs: {
            name: "/streamflix/dev/partner/token",
            type: "SecureString",
            value: "hush",
            keyId: "key-secrets",
          },
          secret: ["value"],
        },
      ],
    );
  });
});
