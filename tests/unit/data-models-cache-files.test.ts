import assert from "node:assert/strict";

import { passMaintenanceWindows } from "../../local/providers/aws/windows";
import {
  ACCOUNT,
  type Case,
  DataAccount,
  document,
  NOTHING,
  refusal,
  REGION,
  T,
} from "./data-models-account";

const user = (changes: object = {}) => ({
  userId: "app",
  userName: "app",
  engine: "valkey",
  accessString: "on ~* +@all",
  authenticationMode: { type: "iam" },
  ...changes,
});

const CACHE: readonly Case[] = [
  [
    "Multi-AZ without automatic failover",
    "multiAzEnabled: automaticFailoverEnabled must be true if multiAzEnabled is true",
    (data) => data.cache({ automaticFailoverEnabled: false }),
  ],
  [
    "automatic failover with one node",
    "numCacheClusters: must be at least 2 if automaticFailoverEnabled is true",
    (data) => data.cache({ numCacheClusters: 1 }),
  ],
  [
    "Multi-AZ in one zone",
    "InvalidParameterCombination: Multi-AZ needs subnets in two Availability Zones at least: one lies in one.",
    async (data) => {
      await data.make(T.CacheSubnetGroup, { name: "one", subnetIds: (await data.network()).oneZone });
      await data.cache({ subnetGroupName: "one" });
    },
  ],
  [
    "a version that the engine never had",
    "InvalidParameterValue: Invalid engine version 7.1 for valkey.",
    (data) => data.cache({ engineVersion: "7.1" }),
  ],
  [
    "a parameter group of another family",
    "InvalidParameterCombination: Expected a parameter group of family valkey8 but found one of family valkey7",
    async (data) => {
      await data.make(T.CacheParameterGroup, { name: "pg", family: "valkey7" });
      await data.cache({ parameterGroupName: "pg" });
    },
  ],
  [
    "a parameter group of no family",
    "InvalidParameterValue: CacheParameterGroupFamily valkey9 is not a valid parameter group family.",
    (data) => data.make(T.CacheParameterGroup, { name: "pg", family: "valkey9" }),
  ],
  [
    "a node type of a database",
    "InvalidParameterValue: Invalid Cache Node Type: db.t4g.small.",
    (data) => data.cache({ nodeType: "db.t4g.small" }),
  ],
  [
    "users without encryption in transit",
    "InvalidParameterCombination: Access control by users or by a token needs encryption in transit: set transitEncryptionEnabled.",
    async (data) => {
      await data.make(T.CacheUserGroup, { userGroupId: "group", engine: "valkey" });
      await data.cache({ userGroupIds: ["group"], transitEncryptionEnabled: false });
    },
  ],
  [
    "users of another engine",
    "InvalidParameterCombination: User group group is for another engine than valkey.",
    async (data) => {
      await data.make(T.CacheUserGroup, { userGroupId: "group", engine: "redis", userIds: ["default"] });
      await data.cache({ userGroupIds: ["group"] });
    },
  ],
  [
    "a key without encryption at rest",
    "InvalidParameterCombination: A KMS key needs encryption at rest: set atRestEncryptionEnabled.",
    async (data) => data.cache({ kmsKeyId: await data.key() }),
  ],
  [
    "a key whose policy leaves ElastiCache out",
    `KMSKeyNotAccessibleFault: The policy of arn:aws:kms:${REGION}:${ACCOUNT}:key/# does not allow kms:CreateGrant to account ${ACCOUNT} through elasticache`,
    async (data) => data.cache({ atRestEncryptionEnabled: true, kmsKeyId: await data.key([]) }),
  ],
  [
    "a security group of another VPC",
    "InvalidVPCNetworkStateFault: Security group sg-# is not in vpc-#.",
    async (data) => data.cache({ securityGroupIds: [(await data.network()).foreignGroupId] }),
  ],
  [
    "logs to a group that is not there",
    `LogGroup.NotFound: LogGroup "/cache" does not exist in account ${ACCOUNT}, ${REGION}`,
    (data) =>
      data.cache({
        logDeliveryConfigurations: [
          {
            destination: "/cache",
            destinationType: "cloudwatch-logs",
            logFormat: "json",
            logType: "slow-log",
          },
        ],
      }),
  ],
  [
    "an IAM user of another name than its id",
    "InvalidParameterValue: For authentication mode iam, userName has to be the same as userId.",
    (data) => data.make(T.CacheUser, user({ userName: "other" })),
  ],
  [
    "a user without a way to sign in",
    "InvalidParameterCombination: No password was provided. If you want to create a user without password, please use the NoPasswordRequired flag.",
    (data) => data.make(T.CacheUser, user({ authenticationMode: undefined })),
  ],
  [
    "a short password",
    "passwords: expected 16 to 128 characters",
    (data) => data.make(T.CacheUser, user({ authenticationMode: undefined, passwords: ["short"] })),
  ],
  [
    "passwords of an IAM user",
    "InvalidParameterCombination: Passwords can't be given to a user of authentication mode iam.",
    (data) => data.make(T.CacheUser, user({ passwords: ["long-enough-for-a-cache"] })),
  ],
  [
    "an access string that says neither on nor off",
    "InvalidParameterValue: The access string has to begin with on or off.",
    (data) => data.make(T.CacheUser, user({ accessString: "~* +@all" })),
  ],
  [
    "a group of Redis OSS without default user",
    "DefaultUserRequired: A user group of Redis OSS needs a user with the name default.",
    async (data) => {
      await data.make(T.CacheUser, user({ engine: "redis" }));
      await data.make(T.CacheUserGroup, { userGroupId: "group", engine: "redis", userIds: ["app"] });
    },
  ],
  [
    "two users of one name in a group",
    "DuplicateUserName: A user group can't have two users with the name default.",
    async (data) => {
      const off = {
        userName: "default",
        accessString: "off",
        authenticationMode: { type: "no-password-required" },
      };
      await data.make(T.CacheUser, user({ ...off, userId: "off-1" }));
      await data.make(T.CacheUser, user({ ...off, userId: "off-2" }));
      await data.make(T.CacheUserGroup, {
        userGroupId: "group",
        engine: "valkey",
        userIds: ["off-1", "off-2"],
      });
    },
  ],
];

const files =
  (changes: object = {}) =>
  (data: DataAccount) =>
    data.make(T.FileSystem, { ...changes });
const mounted = async (data: DataAccount, subnetId: unknown, changes: object = {}) => {
  const fileSystem = await data.make(T.FileSystem, { creationToken: "files" });
  return {
    fileSystem,
    target: await data.make(T.MountTarget, { fileSystemId: fileSystem.id, subnetId, ...changes }),
  };
};

const FILES: readonly Case[] = [
  [
    "a key without encryption",
    "encrypted: must be set to true when kmsKeyId is specified",
    files({ kmsKeyId: "x" }),
  ],
  [
    "Archive without elastic throughput",
    "BadRequest: The Archive storage class needs throughputMode elastic.",
    files({ lifecyclePolicies: [{ transitionToArchive: "AFTER_90_DAYS" }] }),
  ],
  [
    "Archive before Infrequent Access",
    "BadRequest: Files go to Archive later than to Infrequent Access.",
    files({
      throughputMode: "elastic",
      lifecyclePolicies: [{ transitionToIa: "AFTER_90_DAYS" }, { transitionToArchive: "AFTER_30_DAYS" }],
    }),
  ],
  [
    "two transitions in one rule",
    "BadRequest: Each LifecyclePolicy object can have only a single transition.",
    files({
      throughputMode: "elastic",
      lifecyclePolicies: [{ transitionToIa: "AFTER_30_DAYS", transitionToArchive: "AFTER_90_DAYS" }],
    }),
  ],
  [
    "provisioned throughput without a figure",
    "BadRequest: provisionedThroughputInMibps goes with throughputMode provisioned, and with no other",
    files({ throughputMode: "provisioned" }),
  ],
  [
    "a second mount target in a zone",
    "MountTargetConflict: mount target already exists in this AZ",
    async (data) => {
      const [first, second] = (await data.network()).oneZone;
      const { fileSystem } = await mounted(data, first);
      await data.make(T.MountTarget, { fileSystemId: fileSystem.id, subnetId: second });
    },
  ],
  [
    "mount targets in two VPCs",
    "MountTargetConflict: requested subnet for new mount target is not in the same VPC as existing mount targets",
    async (data) => {
      const { subnetIds, foreignSubnetId } = await data.network();
      const { fileSystem } = await mounted(data, subnetIds[0]);
      await data.make(T.MountTarget, { fileSystemId: fileSystem.id, subnetId: foreignSubnetId });
    },
  ],
  [
    "a mount target with a security group of another VPC",
    "InvalidVPCNetworkStateFault: Security group sg-# is not in vpc-#.",
    async (data) => {
      const { subnetIds, foreignGroupId } = await data.network();
      await mounted(data, subnetIds[0], { securityGroups: [foreignGroupId] });
    },
  ],
  [
    "the end of a file system with a mount target",
    "DependencyViolation: FileSystem fs-# has dependent objects and cannot be deleted: fsmt-#",
    async (data) => data.delete((await mounted(data, (await data.network()).subnetIds[0])).fileSystem),
  ],
  [
    "an access point five levels down",
    "BadRequest: Root directory path /a/b/c/d/e has to be absolute with four subdirectories at most",
    async (data) => {
      const fileSystemId = (await data.make(T.FileSystem)).id;
      await data.make(T.AccessPoint, { fileSystemId, rootDirectory: { path: "/a/b/c/d/e" } });
    },
  ],
  [
    "a policy without principal",
    "MalformedPolicyDocument: policy: a statement needs a Principal",
    async (data) => {
      const fileSystemId = (await data.make(T.FileSystem)).id;
      await data.make(T.FileSystemPolicy, { fileSystemId, policy: document({ Action: "*", Resource: "*" }) });
    },
  ],
  [
    "a backup policy of no status",
    "status: expected one of ENABLED, DISABLED, got ON",
    async (data) => {
      const fileSystemId = (await data.make(T.FileSystem)).id;
      await data.make(T.BackupPolicy, { fileSystemId, backupPolicy: { status: "ON" } });
    },
  ],
  [
    "a second file system of a token",
    "FileSystemAlreadyExists: File system with creation token files already exists",
    async (data) => {
      await files({ creationToken: "files" })(data);
      await files({ creationToken: "files" })(data);
    },
  ],
];

for (const [service, cases] of [
  ["ElastiCache", CACHE],
  ["EFS", FILES],
] as const) {
  describe(`data models: what ${service} refuses`, () => {
    for (const [what, answer, attempt] of cases) {
      it(what, async () => {
        assert.equal(await refusal(() => attempt(new DataAccount())), answer);
      });
    }
  });
}

describe("data models: a cache", () => {
  it("has endpoints that say whether it is encrypted in transit", async () => {
    const open = await new DataAccount().cache({ transitEncryptionEnabled: false });
    const secured = await new DataAccount().cache();
    const host = (it: typeof open, endpoint: string) =>
      String(it.outputs[endpoint]).replace(/\.[0-9a-f]{6}\./, ".#.");
    assert.equal(host(secured, "primaryEndpointAddress"), "master.cache.#.euc1.cache.amazonaws.com");
    assert.equal(host(secured, "readerEndpointAddress"), "replica.cache.#.euc1.cache.amazonaws.com");
    assert.equal(host(open, "primaryEndpointAddress"), "cache.#.ng.0001.euc1.cache.amazonaws.com");
    assert.deepEqual(secured.outputs["memberClusters"], ["cache-001", "cache-002"]);
  });

  it("lets users in by IAM, with the default user off, for Valkey also without one", async () => {
    const data = new DataAccount();
    await data.make(T.CacheUser, user());
    await data.make(T.CacheUserGroup, { userGroupId: "group", engine: "valkey", userIds: ["app"] });
    assert.equal(await refusal(() => data.cache({ userGroupIds: ["group"] })), NOTHING);
  });

  it("gets a new version in place or in the window, an older one by replacement", async () => {
    const data = new DataAccount();
    const cache = await data.cache();
    assert.deepEqual(data.replaces(T.ReplicationGroup, { engineVersion: "8.0" }, { engineVersion: "7.2" }), [
      "engineVersion",
    ]);
    assert.deepEqual(
      data.replaces(T.ReplicationGroup, { engineVersion: "8.0" }, { engineVersion: "8.1" }),
      [],
    );
    assert.deepEqual(data.replaces(T.ReplicationGroup, { engine: "redis" }, { engine: "valkey" }), []);
    assert.deepEqual(data.replaces(T.ReplicationGroup, { engine: "valkey" }, { engine: "redis" }), [
      "engine",
    ]);
    const changed = await data.change(cache, { engineVersion: "8.1" });
    assert.equal(changed.outputs["engineVersionActual"], "8.0");
    passMaintenanceWindows(data.accounts, ACCOUNT);
    assert.equal(data.read(changed)?.outputs["engineVersionActual"], "8.1");
  });
});

describe("data models: files", () => {
  it("go to Infrequent Access, Archive and back", async () => {
    const made = await files({
      throughputMode: "elastic",
      lifecyclePolicies: [
        { transitionToIa: "AFTER_30_DAYS" },
        { transitionToArchive: "AFTER_90_DAYS" },
        { transitionToPrimaryStorageClass: "AFTER_1_ACCESS" },
      ],
    })(new DataAccount());
    assert.equal(made.outputs["dnsName"], `${made.id}.efs.${REGION}.amazonaws.com`);
  });

  it("are reached in every zone once", async () => {
    const data = new DataAccount();
    const { subnetIds } = await data.network();
    const { fileSystem, target } = await mounted(data, subnetIds[0]);
    assert.equal(target.outputs["mountTargetDnsName"], `${REGION}a.${String(fileSystem.outputs["dnsName"])}`);
    assert.match(String(target.outputs["ipAddress"]), /^10\.20\.0\.\d+$/);
    const second = data.make(T.MountTarget, { fileSystemId: fileSystem.id, subnetId: subnetIds[1] });
    assert.equal(await refusal(() => second), NOTHING);
  });
});
